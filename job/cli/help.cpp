#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "job/cli/flag_table.h"
#include "job/cli/flags.h"
#include "job/cli/help_texts.h"
#include "job/failure.h"

namespace job {
namespace {

constexpr std::size_t kWidth = 100;

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

std::string flagLine(const Flag& flag, const CommandInfo* info) {
  constexpr std::size_t kColumn = 34;
  std::string left = flag.letter == 0 ? "      " : std::string("  -") + flag.letter + ", ";
  left += "--" + std::string(flag.name);
  if (!flag.isBoolean()) left += " " + std::string(flag.value);
  return inColumns(std::move(left), describeFlag(flag, info), kColumn);
}

template <typename Wanted>
std::string flagSections(const CommandInfo* info, Wanted wanted) {
  std::string out;
  for (const auto& [section, title] : kFlagSections) {
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

std::string examples() {
  constexpr std::size_t kColumn = 48;
  std::string out = "Examples:\n";
  for (const auto& [line, meaning] : kExamples) {
    out += inColumns("  " + std::string(line), meaning, kColumn);
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
         paragraph(kEnvironmentRule) + "\n" + exitCodeLines() + "\n" + examples();
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
