# Read by the zsh that offers.zsh starts: its completion prints what it offers, and ends the shell.
autoload -Uz compinit && compinit -u -D
source $1
bindkey '^I' complete-word
end_it() { exit }
comppostfuncs=(end_it)
compadd() {
  # With -O, -A or -D it only sorts out what is to be offered.
  if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
    builtin compadd "$@"
    return
  fi
  local -a matches
  builtin compadd -A matches "$@"
  print -rl -- "offered "${^matches}
  builtin compadd "$@"
}
