#pragma once

#include <concepts>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "job/cli/settings.h"

namespace job {

/// Under which heading help shows a flag.
enum class FlagSection {
  kFirst,
  kDatabase,
  kConnection,
  kPolicy,
  kSafety,
  kOutput,
  kMetrics,
  kCommand  // of one command or a few
};

/// Under which heading help shows a command.
enum class CommandSection { kBackups, kRecovery, kCare, kProgram };

/// A set of commands.
using Commands = unsigned;
constexpr Commands setOf(std::same_as<Command> auto... commands) {
  return ((1U << static_cast<unsigned>(commands)) | ...);
}

/// Who takes a flag. A shared one is accepted by every command, so that one set of flags serves
/// them all; `used_by` says where it has an effect and whose help shows it.
struct FlagScope {
  bool shared;
  Commands used_by;
};

/// The error says what is accepted instead: "a duration greater than 0, such as 90s".
using Stored = tl::expected<void, std::string>;

/// How a value is judged and kept, and what a shell may offer for it.
struct ValueRule {
  using Store = Stored (*)(Settings& settings, const std::string& value);

  Store store;
  std::span<const std::string_view> offers;  // empty: whatever is typed
  bool is_file = false;

  constexpr ValueRule(Store how) : store(how) {}
  constexpr ValueRule(Store how, std::span<const std::string_view> words)
      : store(how), offers(words) {}
  static constexpr ValueRule file(Store how) {
    ValueRule rule(how);
    rule.is_file = true;
    return rule;
  }
};

/// One command: what the parser accepts and help tells. `arguments` is what follows its name, in
/// brackets when it may be left out.
struct CommandInfo {
  Command command;
  CommandSection section;
  std::string_view name;
  std::string_view arguments;
  std::string_view summary;      // one line of the list of commands
  std::string_view description;  // a paragraph for its own help
  std::string_view outputs;      // what -o accepts, the default first
  ValueRule argument = nullptr;

  bool needsArgument() const { return !arguments.empty() && arguments.front() != '['; }
};

/// One flag: the only place that knows it. Parsing, help, environment twins and the check of the
/// documentation read this table.
struct Flag {
  std::string_view name;   // without dashes
  char letter;             // of the short form; 0: none
  std::string_view value;  // what help calls its value; empty: a boolean
  FlagSection section;
  FlagScope scope;
  std::string_view default_text;  // empty: not worth telling
  std::string_view help;
  ValueRule value_rule;
  bool is_secret = false;  // messages do not show its value

  bool isBoolean() const { return value.empty(); }
  /// Else it is a usage error.
  bool isAcceptedBy(Command command) const { return scope.shared || isUsedBy(command); }
  /// Else it is accepted without effect, and the command's help leaves it out.
  bool isUsedBy(Command command) const { return (scope.used_by & setOf(command)) != 0; }
};

std::span<const Flag> allFlags();
std::span<const CommandInfo> allCommands();
/// nullptr when there is none.
const CommandInfo* commandNamed(std::string_view name);
const CommandInfo& infoOf(Command command);
/// The words of `outputs`; none for a command without a result.
std::vector<std::string_view> outputsOf(const CommandInfo& info);

/// NOOBAA_DB_BACKUP_MAX_SNAPSHOTS for --max-snapshots.
std::string environmentTwin(const Flag& flag);

}  // namespace job
