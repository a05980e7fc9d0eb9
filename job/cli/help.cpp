#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "job/cli/flag_table.h"
#include "job/cli/flags.h"
#include "job/failure.h"

namespace job {
namespace {

constexpr std::size_t kWidth = 100;

constexpr std::array kSections = {
    std::pair{FlagSection::kFirst, "The flags most people need:"},
    std::pair{FlagSection::kCommand, "Of this command:"},
    std::pair{FlagSection::kDatabase, "Which database:"},
    std::pair{FlagSection::kConnection, "Connection:"},
    std::pair{FlagSection::kPolicy, "Schedule and retention, over what the NooBaa CR says:"},
    std::pair{FlagSection::kSafety, "Safety and waiting:"},
    std::pair{FlagSection::kOutput, "Logging:"},
    std::pair{FlagSection::kMetrics, "Metrics:"},
};

constexpr std::array kCommandSections = {
    std::pair{CommandSection::kBackups, "Backups:"},
    std::pair{CommandSection::kRecovery, "Recovery:"},
    std::pair{CommandSection::kCare, "Looking after it:"},
    std::pair{CommandSection::kProgram, "About the program:"},
};

constexpr std::string_view kWhatItIs =
    "noobaa-db-backup backs up the PostgreSQL database of a NooBaa system: it takes consistent "
    "volume snapshots through CloudNativePG, verifies them, and keeps the newest few.";

constexpr std::string_view kEnvironmentRule =
    "Every flag can also be set by an environment variable: NOOBAA_DB_BACKUP_ and the flag's name "
    "in capitals with _ for -, as in NOOBAA_DB_BACKUP_MAX_SNAPSHOTS=5; booleans are true, 1, false "
    "or 0, and empty is the same as unset. A flag wins over its variable, the variable over the "
    "NooBaa CR, the CR over the default. Durations are written like 90s, 30m or 1h30m.";

constexpr std::string_view kExamples =
    "Examples:\n"
    "  noobaa-db-backup --namespace noobaa --dry-run    what a backup pass would do, changing "
    "nothing\n"
    "  noobaa-db-backup run -n noobaa                   make a backup now and prune old ones\n"
    "  noobaa-db-backup db-backup-status -n noobaa      which backups there are, and are they "
    "good\n"
    "  noobaa-db-backup db-backup -n noobaa --hold --name before-upgrade    a backup that stays\n";

/// `text` from `column` on, wrapped between words; the first line begins with `start`, which is as
/// long as that.
std::string wrapped(std::string start, std::string_view text, std::size_t column) {
  std::string out;
  std::string line = std::move(start);
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(' '));
    const bool is_first = line.size() == column;
    if (!is_first && line.size() + 1 + word.size() > kWidth) {
      out += line + "\n";
      line.assign(column, ' ');
    } else if (!is_first) {
      line += ' ';
    }
    line += word;
    text.remove_prefix(std::min(text.size(), word.size() + 1));
  }
  return out + line + "\n";
}

std::string paragraph(std::string_view text) {
  return wrapped("", text, 0);
}

/// Two columns: `left` at the margin, `right` from `column` on. A left side that is too long has
/// its line for itself.
std::string inColumns(std::string left, std::string_view right, std::size_t column) {
  std::string out;
  if (left.size() + 2 > column) {
    out = left + "\n";
    left.clear();
  }
  left.resize(column, ' ');
  return out + wrapped(std::move(left), right, column);
}

/// "text (the default), json".
std::string outputsInWords(const CommandInfo& info) {
  std::string words;
  for (const auto output : outputsOf(info)) {
    words += words.empty() ? std::string(output) + " (the default)" : ", " + std::string(output);
  }
  return words;
}

/// What -o takes differs between commands; `info` is nullptr for the help of the program, which
/// tells those that take the same in one breath.
std::string outputHelp(const CommandInfo* info) {
  if (info != nullptr) return " Accepted: " + outputsInWords(*info) + ".";
  std::vector<std::pair<std::string, std::string>> commands_by_outputs;
  for (const CommandInfo& command : allCommands()) {
    if (outputsOf(command).size() < 2) continue;
    const std::string name = "`" + std::string(command.name) + "`";
    const std::string outputs = outputsInWords(command);
    auto same = std::ranges::find(commands_by_outputs, outputs,
                                  &std::pair<std::string, std::string>::first);
    if (same == commands_by_outputs.end()) {
      commands_by_outputs.emplace_back(outputs, name);
    } else {
      same->second += ", " + name;
    }
  }
  std::string help;
  for (const auto& [outputs, commands] : commands_by_outputs) {
    help += " " + commands + ": " + outputs + ".";
  }
  return help;
}

std::string flagLine(const Flag& flag, const CommandInfo* info) {
  constexpr std::size_t kColumn = 34;
  std::string left = flag.letter == 0 ? "      " : std::string("  -") + flag.letter + ", ";
  left += "--" + std::string(flag.name);
  if (!flag.isBoolean()) left += " " + std::string(flag.value);
  std::string help(flag.help);
  if (flag.name == "output") help += outputHelp(info);
  if (!flag.isBoolean() && !flag.default_text.empty()) {
    help += " Default: " + std::string(flag.default_text) + ".";
  }
  return inColumns(std::move(left), help, kColumn);
}

template <typename Wanted>
std::string flagSections(const CommandInfo* info, Wanted wanted) {
  std::string out;
  for (const auto& [section, title] : kSections) {
    std::string lines;
    for (const Flag& flag : allFlags()) {
      if (flag.section == section && wanted(flag)) lines += flagLine(flag, info);
    }
    if (!lines.empty()) out += std::string(title) + "\n" + lines + "\n";
  }
  return out;
}

std::string commandLines() {
  constexpr std::size_t kColumn = 22;
  std::string out;
  for (const auto& [section, title] : kCommandSections) {
    out += std::string(title) + "\n";
    for (const CommandInfo& info : allCommands()) {
      if (info.section != section) continue;
      std::string left = "  " + std::string(info.name);
      if (!info.arguments.empty()) left += " " + std::string(info.arguments);
      std::string summary(info.summary);
      if (info.command == Command::kRun) summary += " (the default)";
      out += inColumns(left, summary, kColumn);
    }
    out += "\n";
  }
  return out;
}

std::string exitCodeLines() {
  constexpr std::size_t kColumn = 7;
  std::string out = "Exit codes:\n";
  for (const auto& [code, meaning] : kExitCodes) {
    const std::string number = std::to_string(static_cast<int>(code));
    out += inColumns(std::string(5 - number.size(), ' ') + number, meaning, kColumn);
  }
  return out;
}

std::string programHelp() {
  return paragraph(kWhatItIs) +
         "\n"
         "Usage: noobaa-db-backup [COMMAND] [flags]\n\n" +
         commandLines() +
         "`noobaa-db-backup help COMMAND` (or COMMAND --help) tells more about one.\n\n" +
         flagSections(nullptr, [](const Flag& flag) { return flag.scope.shared; }) +
         paragraph(kEnvironmentRule) + "\n" + exitCodeLines() + "\n" + std::string(kExamples);
}

std::string commandHelp(const CommandInfo& info) {
  std::string usage = "Usage: noobaa-db-backup " + std::string(info.name);
  if (!info.arguments.empty()) usage += " " + std::string(info.arguments);
  const std::string flags =
      flagSections(&info, [&](const Flag& flag) { return flag.isUsedBy(info.command); });
  if (flags.empty()) return usage + "\n\n" + paragraph(info.description);
  return usage + " [flags]\n\n" + paragraph(info.description) + "\n" + flags +
         paragraph(kEnvironmentRule) + "\n" + exitCodeLines();
}

}  // namespace

std::string helpText(const std::string& topic) {
  const CommandInfo* info = commandNamed(topic);
  return info == nullptr ? programHelp() : commandHelp(*info);
}

}  // namespace job
