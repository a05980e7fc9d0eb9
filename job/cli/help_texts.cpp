#include "job/cli/help_texts.h"

#include <algorithm>
#include <vector>

namespace job {
namespace {

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

}  // namespace

std::string describeFlag(const Flag& flag, const CommandInfo* info) {
  std::string text(flag.help);
  if (flag.name == "output") text += outputHelp(info);
  if (!flag.isBoolean() && !flag.default_text.empty()) {
    text += " Default: " + std::string(flag.default_text) + ".";
  }
  return text;
}

}  // namespace job
