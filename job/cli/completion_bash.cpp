#include "job/cli/completion.h"
#include "job/cli/completion_words.h"
#include "job/model/joined.h"

namespace job {
namespace {

constexpr std::string_view kHead =
    R"(# bash completion for noobaa-db-backup: source <(noobaa-db-backup completion bash)

_noobaa_db_backup_offer() {
  local word
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen "$@")
}

_noobaa_db_backup() {
  local cur=${COMP_WORDS[COMP_CWORD]} flag="" command="" word i ended="" has_argument=""
  COMPREPLY=()
  # Where = ends a word, --flag=value is three of them.
  if [[ $cur == "=" ]]; then
    flag=${COMP_WORDS[COMP_CWORD-1]} cur=""
  elif [[ ${COMP_WORDS[COMP_CWORD-1]} == "=" ]]; then
    flag=${COMP_WORDS[COMP_CWORD-2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if [[ $ended ]]; then
      :
    elif [[ $word == -- ]]; then
      ended=1
      continue
    elif [[ $word == -* ]]; then
      if [[ ${COMP_WORDS[i+1]} == "=" ]]; then
        ((i += 2))
        continue
      fi
      case $word in
)";

constexpr std::string_view kAfterFlagsWithValue = R"(
          ((i++))
          if ((i == COMP_CWORD)); then flag=$word; fi
          ;;
      esac
      continue
    fi
    if [[ $command ]]; then has_argument=1; else command=$word; fi
  done
  # Where = does not.
  local joint=""
  if [[ ! $ended && ! $flag && $cur == --*=* ]]; then
    flag=${cur%%=*} joint=$flag= cur=${cur#*=}
  fi

  if [[ $flag ]]; then
    case $flag:${command:-run} in
)";

constexpr std::string_view kAfterValues = R"(    esac
    return
  fi
  if [[ $cur == -* && ! $ended ]]; then
    case ${command:-run} in
)";

constexpr std::string_view kAfterFlags = R"(    esac
    return
  fi
  if [[ $has_argument ]]; then return; fi
  case $command in
)";

constexpr std::string_view kTail = R"(  esac
}

complete -F _noobaa_db_backup noobaa-db-backup
)";

std::string spaced(const std::vector<std::string_view>& words) {
  std::string text;
  for (const auto word : words) text += (text.empty() ? "" : " ") + std::string(word);
  return text;
}

std::string branch(std::string_view indent, const std::string& pattern, const std::string& does) {
  return std::string(indent) + pattern + ") " + does + " ;;\n";
}

std::string offer(const std::string& words) {
  return "_noobaa_db_backup_offer -W " + shellQuoted(words) + " -- \"$cur\"";
}

std::string offerAfter(const std::string& words) {
  return "_noobaa_db_backup_offer -P \"$joint\" -W " + shellQuoted(words) + " -- \"$cur\"";
}

std::string valueBranches() {
  std::string branches;
  for (const Flag& flag : allFlags()) {
    for (const std::string& form : formsOf(flag)) {
      if (flag.value_rule.is_file) {
        branches += branch("      ", form + ":*",
                           "compopt -o filenames 2>/dev/null; _noobaa_db_backup_offer -P "
                           "\"$joint\" -f -- \"$cur\"");
        continue;
      }
      if (!flag.value_rule.offers.empty()) {
        const auto& words = flag.value_rule.offers;
        branches += branch("      ", form + ":*", offerAfter(spaced({words.begin(), words.end()})));
      }
      if (flag.name != "output") continue;
      for (const CommandInfo& info : allCommands()) {
        if (outputsOf(info).empty()) continue;
        branches += branch("      ", form + ":" + std::string(info.name),
                           offerAfter(spaced(outputsOf(info))));
      }
    }
  }
  return branches;
}

std::string flagBranches() {
  std::string branches;
  for (const CommandInfo& info : allCommands()) {
    std::vector<std::string> forms;
    for (const Flag& flag : allFlags()) {
      if (!flag.isUsedBy(info.command)) continue;
      for (std::string& form : formsOf(flag)) forms.push_back(std::move(form));
    }
    forms.emplace_back("--help");
    branches += branch("      ", std::string(info.name), offer(joined(forms, " ")));
  }
  return branches;
}

std::string argumentBranches() {
  std::vector<std::string_view> names;
  for (const CommandInfo& info : allCommands()) names.push_back(info.name);
  std::string branches = branch("    ", "''", offer(spaced(names)));
  for (const CommandInfo& info : allCommands()) {
    const auto words = offersOf(info);
    if (!words.empty()) branches += branch("    ", std::string(info.name), offer(spaced(words)));
  }
  return branches;
}

}  // namespace

std::string bashCompletion() {
  return std::string(kHead) + "        " + joined(formsWithValue(), "|") + ")" +
         std::string(kAfterFlagsWithValue) + valueBranches() + std::string(kAfterValues) +
         flagBranches() + std::string(kAfterFlags) + argumentBranches() + std::string(kTail);
}

}  // namespace job
