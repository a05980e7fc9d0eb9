#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "job/cli/flag_table.h"

namespace job {

/// The texts that --help and the manual page have in common.

inline constexpr std::array kFlagSections = {
    std::pair{FlagSection::kFirst, "The flags most people need:"},
    std::pair{FlagSection::kCommand, "Of this command:"},
    std::pair{FlagSection::kDatabase, "Which database:"},
    std::pair{FlagSection::kConnection, "Connection:"},
    std::pair{FlagSection::kPolicy, "Schedule and retention, over what the NooBaa CR says:"},
    std::pair{FlagSection::kSafety, "Safety and waiting:"},
    std::pair{FlagSection::kOutput, "Logging:"},
    std::pair{FlagSection::kMetrics, "Metrics and history:"},
};

inline constexpr std::array kCommandSections = {
    std::pair{CommandSection::kBackups, "Backups:"},
    std::pair{CommandSection::kRecovery, "Recovery:"},
    std::pair{CommandSection::kCare, "Looking after it:"},
    std::pair{CommandSection::kProgram, "About the program:"},
};

inline constexpr std::string_view kWhatItIs =
    "noobaa-db-backup backs up the PostgreSQL database of a NooBaa system: it takes consistent "
    "volume snapshots through CloudNativePG, verifies them, keeps the newest few, and brings the "
    "database back from one.";

inline constexpr std::string_view kEnvironmentRule =
    "Every flag can also be set by an environment variable: NOOBAA_DB_BACKUP_ and the flag's name "
    "in capitals with _ for -, as in NOOBAA_DB_BACKUP_MAX_SNAPSHOTS=5; booleans are true, 1, false "
    "or 0, and empty is the same as unset. A flag wins over its variable, the variable over the "
    "NooBaa CR, the CR over the default. Durations are written like 90s, 30m or 1h30m.";

inline constexpr std::string_view kHelpHint =
    "`noobaa-db-backup help COMMAND` (or COMMAND --help) tells more about one.";

/// A command line, and what it does.
inline constexpr std::array kExamples = {
    std::pair<std::string_view, std::string_view>{"noobaa-db-backup check -n noobaa",
                                                  "could a backup be made now? If not: what to do"},
    std::pair<std::string_view, std::string_view>{"noobaa-db-backup run -n noobaa --dry-run",
                                                  "what a pass would do, changing nothing"},
    std::pair<std::string_view, std::string_view>{
        "noobaa-db-backup db-backup -n noobaa --hold --name before-upgrade",
        "a backup now, which stays until it is released"},
    std::pair<std::string_view, std::string_view>{"noobaa-db-backup db-backup-status -n noobaa",
                                                  "which backups there are, and are they good"},
    std::pair<std::string_view, std::string_view>{"noobaa-db-backup verify -n noobaa --restore",
                                                  "does the newest backup really come back?"},
};

/// What a flag is for, with its default and, for -o, what is accepted: by the command, or by each
/// of them where `info` is nullptr.
std::string describeFlag(const Flag& flag, const CommandInfo* info);

}  // namespace job
