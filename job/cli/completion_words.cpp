#include "job/cli/completion_words.h"

namespace job {

std::vector<std::string_view> offersOf(const Flag& flag, const CommandInfo& command) {
  if (flag.name == "output") return outputsOf(command);
  return {flag.value_rule.offers.begin(), flag.value_rule.offers.end()};
}

std::vector<std::string_view> offersOf(const CommandInfo& command) {
  if (command.command != Command::kHelp) {
    return {command.argument.offers.begin(), command.argument.offers.end()};
  }
  std::vector<std::string_view> names;
  for (const CommandInfo& info : allCommands()) names.push_back(info.name);
  return names;
}

std::vector<std::string> formsOf(const Flag& flag) {
  std::vector<std::string> forms;
  if (flag.letter != 0) forms.push_back(std::string("-") + flag.letter);
  forms.push_back("--" + std::string(flag.name));
  return forms;
}

std::vector<std::string> formsWithValue() {
  std::vector<std::string> all;
  for (const Flag& flag : allFlags()) {
    if (flag.isBoolean()) continue;
    for (std::string& form : formsOf(flag)) all.push_back(std::move(form));
  }
  return all;
}

std::string_view gistOf(const Flag& flag) {
  const std::string_view sentence = flag.help.substr(0, flag.help.find(". "));
  return sentence.ends_with('.') ? sentence.substr(0, sentence.size() - 1) : sentence;
}

std::string shellQuoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

}  // namespace job
