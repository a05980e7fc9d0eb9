#include "job/cli/completion.h"
#include "job/cli/completion_words.h"
#include "job/model/joined.h"

namespace job {
namespace {

constexpr std::string_view kHead = R"(#compdef noobaa-db-backup
# zsh completion for noobaa-db-backup: source <(noobaa-db-backup completion zsh), or this text as
# the file _noobaa-db-backup in a directory of fpath.

_noobaa-db-backup() {
  local curcontext=$curcontext state line word command=""
  local -A opt_args
  local -a commands specs
  local -i i
  commands=(
)";

constexpr std::string_view kBeforeFlagsWithValue = R"(  )
  for ((i = 2; i < CURRENT; i++)); do
    word=${words[i]}
    case $word in
)";

constexpr std::string_view kBeforeSpecs = R"( ((i++)) ;;
      (--) if ((i + 1 < CURRENT)); then command=${words[i+1]}; fi; break ;;
      (-*) ;;
      (*) command=$word; break ;;
    esac
  done
  case ${command:-run} in
)";

constexpr std::string_view kTail = R"(  esac
  _arguments -C -S : $specs '--help[Explain the command]' '1:command:->command' && return 0
  if [[ $state == command ]]; then
    _describe -t commands command commands
    return
  fi
  return 1
}

# Not while it is only being read.
if [[ ${funcstack[1]} == _noobaa-db-backup ]]; then
  _noobaa-db-backup "$@"
else
  compdef _noobaa-db-backup noobaa-db-backup
fi
)";

/// With what ends a part of a spec taken literally.
std::string escapedFor(std::string_view special, std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || special.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string action(const std::vector<std::string_view>& offers) {
  if (offers.empty()) return " ";
  std::string words;
  for (const auto word : offers) words += (words.empty() ? "" : " ") + std::string(word);
  return "(" + words + ")";
}

/// One a form: '(-n --namespace)-n+[what it is]:NAME: '. What is accepted without effect is known
/// (!), so that its value is taken for no argument, but not offered.
std::string specsOf(const Flag& flag, const CommandInfo& info) {
  const auto forms = formsOf(flag);
  std::string specs;
  for (const std::string& form : forms) {
    std::string spec = flag.isUsedBy(info.command) ? "" : "!";
    spec += "(" + joined(forms, " ") + ")" + form;
    if (!flag.isBoolean()) spec += form.starts_with("--") ? "=" : "+";
    spec += "[" + escapedFor("[]", gistOf(flag)) + "]";
    if (!flag.isBoolean()) {
      spec += ":" + escapedFor(":", flag.value) + ":" +
              (flag.value_rule.is_file ? "_files" : action(offersOf(flag, info)));
    }
    specs += "      " + shellQuoted(spec) + "\n";
  }
  return specs;
}

std::string specsOf(const CommandInfo& info) {
  std::string specs = "    (" + std::string(info.name) + ") specs=(\n";
  for (const Flag& flag : allFlags()) {
    if (flag.isAcceptedBy(info.command)) specs += specsOf(flag, info);
  }
  if (!info.arguments.empty()) {
    const std::string spec = std::string(info.needsArgument() ? "2:" : "2::") +
                             escapedFor(":", info.arguments) + ":" + action(offersOf(info));
    specs += "      " + shellQuoted(spec) + "\n";
  }
  return specs + "    ) ;;\n";
}

}  // namespace

std::string zshCompletion() {
  std::string script(kHead);
  for (const CommandInfo& info : allCommands()) {
    script +=
        "    " + shellQuoted(std::string(info.name) + ":" + escapedFor(":", info.summary)) + "\n";
  }
  script += std::string(kBeforeFlagsWithValue) + "      (" + joined(formsWithValue(), "|") + ")" +
            std::string(kBeforeSpecs);
  for (const CommandInfo& info : allCommands()) script += specsOf(info);
  return script + std::string(kTail);
}

}  // namespace job
