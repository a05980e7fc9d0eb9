#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "common/time/go_duration.h"
#include "job/cli/flag_table.h"
#include "job/model/names.h"

namespace job {

/// How the values of flags and the arguments of commands are judged and kept: for the tables of
/// flags and commands. Each function's error says what is accepted instead.

inline tl::unexpected<std::string> accepted(std::string_view what) {
  return tl::unexpected(std::string(what));
}

template <auto Member>
Stored storeText(Settings& settings, const std::string& value) {
  settings.*Member = value;
  return {};
}

template <auto Member>
Stored storeBoolean(Settings& settings, const std::string& value) {
  const bool yes = value == "true" || value == "1";
  if (!yes && value != "false" && value != "0") return accepted("true, false, 1 or 0");
  settings.*Member = yes;
  return {};
}

template <auto Member>
Stored storeDuration(Settings& settings, const std::string& value) {
  const auto duration = timing::parseGoDuration(value);
  if (!duration || *duration <= timing::Duration::zero()) {
    return accepted("a duration greater than 0, such as 90s, 30m or 1h30m");
  }
  settings.*Member = *duration;
  return {};
}

template <typename Choice>
using Word = std::pair<std::string_view, Choice>;

template <auto Member, const auto& kWords>
Stored storeChoice(Settings& settings, const std::string& value) {
  const auto word =
      std::ranges::find_if(kWords, [&](const auto& candidate) { return candidate.first == value; });
  if (word == std::end(kWords)) {
    std::string words;
    for (const auto& [name, choice] : kWords)
      words += (words.empty() ? "" : ", ") + std::string(name);
    return accepted("one of " + words);
  }
  settings.*Member = word->second;
  return {};
}

/// The words alone.
template <const auto& kWords>
inline constexpr auto kNamesOf = [] {
  std::array<std::string_view, std::size(kWords)> names;
  std::ranges::transform(kWords, names.begin(), [](const auto& word) { return word.first; });
  return names;
}();

template <auto Member, const auto& kWords>
inline constexpr ValueRule kChoice{storeChoice<Member, kWords>, kNamesOf<kWords>};
template <auto Member>
inline constexpr ValueRule kFile = ValueRule::file(storeText<Member>);

inline constexpr std::array kShells = {
    Word<std::string_view>{"bash", "bash"},
    Word<std::string_view>{"zsh", "zsh"},
    Word<std::string_view>{"fish", "fish"},
};
inline constexpr std::array kLogFormats = {
    Word<LogFormat>{"auto", LogFormat::kAuto},
    Word<LogFormat>{"text", LogFormat::kText},
    Word<LogFormat>{"json", LogFormat::kJson},
};
inline constexpr std::array kLogLevels = {
    Word<logging::Level>{"debug", logging::Level::kDebug},
    Word<logging::Level>{"info", logging::Level::kInfo},
    Word<logging::Level>{"warn", logging::Level::kWarn},
    Word<logging::Level>{"error", logging::Level::kError},
};
inline constexpr std::array kOperatorPolicies = {
    Word<OperatorSchedulePolicy>{"defer", OperatorSchedulePolicy::kDefer},
    Word<OperatorSchedulePolicy>{"suspend", OperatorSchedulePolicy::kSuspend},
    Word<OperatorSchedulePolicy>{"ignore", OperatorSchedulePolicy::kIgnore},
};
inline constexpr std::array kRecoveryPolicies = {
    Word<OperatorRecoveryPolicy>{"defer", OperatorRecoveryPolicy::kDefer},
    Word<OperatorRecoveryPolicy>{"ignore", OperatorRecoveryPolicy::kIgnore},
};

inline constexpr std::array kApiGroups = {std::string_view("auto"), kNooBaaCnpgGroup,
                                          kUpstreamCnpgGroup};

Stored storeNamespace(Settings& settings, const std::string& value);
Stored storeSystem(Settings& settings, const std::string& value);
Stored storeCluster(Settings& settings, const std::string& value);
Stored storeApiGroup(Settings& settings, const std::string& value);
Stored storeSchedule(Settings& settings, const std::string& value);
Stored storeSnapshotClass(Settings& settings, const std::string& value);
Stored storeMaxSnapshots(Settings& settings, const std::string& value);
Stored storeTimeZone(Settings& settings, const std::string& value);
Stored storeRunId(Settings& settings, const std::string& value);
Stored storeCronJob(Settings& settings, const std::string& value);
Stored storeOutput(Settings& settings, const std::string& value);
/// What the command prints without -o.
Output defaultOutput(Command command);
Stored storePushgateway(Settings& settings, const std::string& value);
Stored storeFrom(Settings& settings, const std::string& value);
Stored storeCount(Settings& settings, const std::string& value);
Stored storeBackupName(Settings& settings, const std::string& value);
/// A backup's name, or that of one of its VolumeSnapshots.
Stored storeBackupOrSnapshotName(Settings& settings, const std::string& value);
Stored storeHistoryLimit(Settings& settings, const std::string& value);
Stored storeFromSnapshot(Settings& settings, const std::string& value);
Stored storeImportHost(Settings& settings, const std::string& value);
Stored storeImportSecret(Settings& settings, const std::string& value);
/// An expression as an argument, not the flag that overrides the CR.
Stored storeScheduleArgument(Settings& settings, const std::string& value);

}  // namespace job
