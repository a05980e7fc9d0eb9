#include "job/cli/flags.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>

#include "job/cli/command_line.h"
#include "job/cli/flag_combinations.h"
#include "job/cli/flag_table.h"
#include "job/cli/flag_values.h"
#include "job/cli/nearest.h"
#include "job/cli/quoted.h"

namespace job {
namespace {

using Problem = std::optional<std::string>;  // a usage error; empty: none

std::string unknownCommand(const std::string& typed) {
  std::vector<std::string_view> names;
  for (const CommandInfo& info : allCommands()) names.push_back(info.name);
  const auto meant = nearest(typed, names);
  return "unknown command " + quoted(typed) +
         (meant.empty() ? "; see --help" : "; did you mean " + std::string(meant) + "?");
}

bool isHelp(const std::string& argument) {
  return argument == "--help" || argument == "-h";
}

/// Help for whoever asks, however wrong the rest of the command line is.
std::optional<Settings> helpAskedFor(const std::vector<std::string>& arguments) {
  const auto end = std::ranges::find(arguments, "--");
  if (std::find_if(arguments.begin(), end, isHelp) == end) return std::nullopt;
  Settings settings;
  settings.command = Command::kHelp;
  const auto topic = std::find_if(arguments.begin(), end,
                                  [](const auto& word) { return commandNamed(word) != nullptr; });
  if (topic != end) settings.help_topic = *topic;
  return settings;
}

/// Judges one value; `origin` names the flag or the variable.
Problem store(const Flag& flag, const std::string& origin, const std::string& value,
              Settings& settings) {
  const std::string shown =
      flag.is_secret ? "wrong (and not shown, as it may hold a password)" : quoted(value);
  const std::string is = origin + " is " + (value.empty() ? "empty" : shown);
  const auto stored = flag.value_rule.store(settings, value);
  if (!stored) return is + ", but must be " + escaped(stored.error());
  if (value.empty()) return is + ", but must be a " + std::string(flag.value);
  return std::nullopt;
}

/// What a variable says; empty is the same as unset.
const std::string* variable(const std::map<std::string, std::string>& environment,
                            const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() || found->second.empty() ? nullptr : &found->second;
}

/// A format that this command does not have and another has: one variable serves them all.
bool isOutputOfOthers(const Flag& flag, const std::string& value, Settings settings) {
  if (flag.name != "output" || storeOutput(settings, value)) return false;
  return std::ranges::any_of(allCommands(), [&](const CommandInfo& info) {
    const auto outputs = outputsOf(info);
    return std::ranges::find(outputs, value) != outputs.end();
  });
}

Problem storeEnvironment(const std::map<std::string, std::string>& environment,
                         const std::set<const Flag*>& given, Settings& settings) {
  for (const Flag& flag : allFlags()) {
    if (!flag.isUsedBy(settings.command) || given.contains(&flag)) continue;
    std::string name = environmentTwin(flag);
    const std::string* value = variable(environment, name);
    if (value == nullptr && flag.name == "namespace") {
      name = "POD_NAMESPACE";
      value = variable(environment, name);
    }
    if (value == nullptr || isOutputOfOthers(flag, *value, settings)) continue;
    if (auto problem = store(flag, name, *value, settings)) return problem;
  }
  return std::nullopt;
}

Problem storeFlags(const std::vector<CommandLine::GivenFlag>& flags, Settings& settings) {
  const std::string refusal =
      " does not apply to `" + std::string(toString(settings.command)) + "`";
  for (const auto& [flag, value] : flags) {
    const std::string name = "flag --" + std::string(flag->name);
    if (!flag->isAcceptedBy(settings.command)) return name + refusal;
    if (auto problem = store(*flag, name, value, settings)) return problem;
  }
  return std::nullopt;
}

Problem tooManyArguments(const CommandInfo& info, const std::vector<std::string>& arguments) {
  const std::string name = "`" + std::string(info.name) + "`";
  if (info.arguments.empty()) return name + " takes no arguments, got " + quoted(arguments[0]);
  const std::string got = ", got " + std::to_string(arguments.size());
  if (info.command != Command::kSchedule) return name + " takes one argument" + got;
  return name + " takes one expression" + got +
         " words: put it in quotes, as in: schedule \"0 2 * * *\"";
}

bool isGiven(const std::vector<CommandLine::GivenFlag>& flags, std::string_view name) {
  return std::ranges::any_of(flags, [&](const auto& given) { return given.flag->name == name; });
}

/// The words after the command's name.
Problem storeArguments(const std::vector<std::string>& arguments, Settings& settings) {
  const CommandInfo& info = infoOf(settings.command);
  if (arguments.size() > (info.arguments.empty() ? 0U : 1U)) {
    return tooManyArguments(info, arguments);
  }
  const std::string what = std::string(info.name) + " " + std::string(info.arguments);
  if (arguments.empty()) {
    if (!info.needsArgument()) return std::nullopt;
    return "`" + std::string(info.name) + "` needs an argument: " + what;
  }
  const std::string& argument = arguments[0];
  if (settings.command == Command::kHelp && commandNamed(argument) == nullptr) {
    return unknownCommand(argument);
  }
  const auto stored = info.argument.store(settings, argument);
  if (stored) return std::nullopt;
  return "the argument of `" + what + "` is " + quoted(argument) + ", but must be " +
         escaped(stored.error());
}

/// Which command the words mean; they lose its name.
tl::expected<Command, std::string> takeCommand(CommandLine& line) {
  if (line.wants_version) return Command::kVersion;
  if (line.words.empty()) return Command::kRun;
  const CommandInfo* info = commandNamed(line.words[0]);
  if (info == nullptr) return tl::unexpected(unknownCommand(line.words[0]));
  line.words.erase(line.words.begin());
  return info->command;
}

}  // namespace

std::string_view toString(Command command) {
  return infoOf(command).name;
}

tl::expected<Settings, std::string> readSettings(
    const std::vector<std::string>& arguments,
    const std::map<std::string, std::string>& environment) {
  if (auto help = helpAskedFor(arguments)) return *std::move(help);
  auto line = readCommandLine(arguments);
  if (!line) return tl::unexpected(line.error());
  const auto command = takeCommand(*line);
  if (!command) return tl::unexpected(command.error());

  Settings settings;
  settings.command = *command;
  settings.output = defaultOutput(settings.command);
  std::set<const Flag*> given;
  for (const auto& flag : line->flags) given.insert(flag.flag);

  Problem problem = storeFlags(line->flags, settings);
  if (!problem && !line->wants_version) problem = storeArguments(line->words, settings);
  if (!problem) problem = storeEnvironment(environment, given, settings);
  if (!problem && settings.schedule_expression && isGiven(line->flags, "schedule")) {
    problem = "`schedule` takes an expression or --schedule, not both";
  }
  if (!problem) problem = wrongCombination(settings);
  if (problem) return tl::unexpected(*problem);
  return settings;
}

}  // namespace job
