# What zsh offers at the end of a command line, one a line: offers.zsh COMPLETION_SCRIPT LINE
# A zsh in a pseudo-terminal is sent the line and a tab. If anything is wrong it ends by TMOUT.
zmodload zsh/zpty
zpty offers zsh -f -i
zpty -w offers "TMOUT=20 PROMPT=; source ${(q)0:h}/offering_shell.zsh ${(q)1}; print -r -- 'it is' ready"
zpty -r offers text '*it is ready*' || exit 1
zpty -n -w offers "$2"$'\t'
while zpty -r offers text; do
  [[ $text == *'offered '* ]] || continue
  text=${text##*offered }
  print -r -- ${text%%$'\r'*}
done
exit 0
