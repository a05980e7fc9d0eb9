#include "job/cli/completion.h"
#include "job/cli/completion_words.h"
#include "job/model/joined.h"

namespace job {
namespace {

constexpr std::string_view kHead =
    R"(# fish completion for noobaa-db-backup: noobaa-db-backup completion fish | source

# The command on the line, and how many words follow it.
function __noobaa_db_backup_words
    set -l words (commandline -opc)
    set -e words[1]
    set -l skip 0
    for word in $words
        if test $skip = 1
            set skip 0
            continue
        end
        switch $word
            case )";

constexpr std::string_view kAfterFlagsWithValue = R"(
                set skip 1
            case '-*'
            case '*'
                echo -- $word
        end
    end
end

# Whether it is one of these; without a command it is run.
function __noobaa_db_backup_is
    set -l words (__noobaa_db_backup_words)
    if not set -q words[1]
        set words run
    end
    contains -- $words[1] $argv
end

function __noobaa_db_backup_needs_command
    set -l words (__noobaa_db_backup_words)
    not set -q words[1]
end

# Whether the next word is the argument of this command.
function __noobaa_db_backup_needs_argument
    set -l words (__noobaa_db_backup_words)
    test (count $words) = 1; and test $words[1] = $argv[1]
end

complete -c noobaa-db-backup -e
complete -c noobaa-db-backup -f
complete -c noobaa-db-backup -s h -l help -d 'Explain the command'
)";

std::string spaced(const std::vector<std::string_view>& words) {
  std::string text;
  for (const auto word : words) text += (text.empty() ? "" : " ") + std::string(word);
  return text;
}

std::string complete(const std::string& condition, const std::string& rest) {
  return "complete -c noobaa-db-backup -n " + shellQuoted(condition) + " " + rest + "\n";
}

std::string users(const Flag& flag) {
  std::vector<std::string> names;
  for (const CommandInfo& info : allCommands()) {
    if (flag.isUsedBy(info.command)) names.emplace_back(info.name);
  }
  return joined(names, " ");
}

std::string linesOf(const Flag& flag) {
  std::string form = flag.letter == 0 ? "" : std::string("-s ") + flag.letter + " ";
  form += "-l " + std::string(flag.name) + " -d " + shellQuoted(gistOf(flag));
  if (flag.name == "output") {
    std::string lines;
    for (const CommandInfo& info : allCommands()) {
      if (!flag.isUsedBy(info.command)) continue;
      lines += complete("__noobaa_db_backup_is " + std::string(info.name),
                        form + " -x -a " + shellQuoted(spaced(outputsOf(info))));
    }
    return lines;
  }
  const auto& words = flag.value_rule.offers;
  if (flag.value_rule.is_file) {
    form += " -r -F";
  } else if (!flag.isBoolean()) {
    form += " -x";
  }
  if (!words.empty()) form += " -a " + shellQuoted(spaced({words.begin(), words.end()}));
  return complete("__noobaa_db_backup_is " + users(flag), form);
}

}  // namespace

std::string fishCompletion() {
  std::string script =
      std::string(kHead) + joined(formsWithValue(), " ") + std::string(kAfterFlagsWithValue);
  for (const CommandInfo& info : allCommands()) {
    script += complete("__noobaa_db_backup_needs_command",
                       "-a " + std::string(info.name) + " -d " + shellQuoted(info.summary));
  }
  for (const CommandInfo& info : allCommands()) {
    const auto words = offersOf(info);
    if (words.empty()) continue;
    script += complete("__noobaa_db_backup_needs_argument " + std::string(info.name),
                       "-a " + shellQuoted(spaced(words)));
  }
  for (const Flag& flag : allFlags()) script += linesOf(flag);
  return script;
}

}  // namespace job
