#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/json/value.h"
#include "job/model/noobaa_system.h"

namespace job {

/// The values of recoveryStatus.status, noobaa-operator's own words.
inline constexpr std::string_view kRecoveryPending = "Pending";  // not begun: something is awaited
inline constexpr std::string_view kRecoveryRunning = "Running";  // the Cluster is coming up
inline constexpr std::string_view kRecoveryCompleted = "Completed";  // up, and proven
inline constexpr std::string_view kRecoveryFailed = "Failed";        // can't succeed as things are

/// Pure: the merge patch that turns `current` into `wanted`, touching
/// status.dbStatus.recoveryStatus alone; empty when nothing differs. A time that is there and not
/// wanted is null; a `wanted` without anything takes the whole of it away.
std::optional<json::Value> recoveryStatusPatch(const std::optional<RecoveryStatus>& current,
                                               const RecoveryStatus& wanted);

/// "Running from backup-20250114-020000 since 2025-01-15T02:00:00Z".
std::string inWords(const RecoveryStatus& status);

/// A recovery that was begun and is not over well; empty where there is none.
std::optional<RecoveryStatus> unfinishedRecovery(const NooBaaSystem& system);

/// Pure: what a CRD without these fields dropped: names of the fields of `wanted` that `response`
/// (the CR after the patch) does not show.
std::vector<std::string> fieldsDropped(const RecoveryStatus& wanted, const json::Value& response);

}  // namespace job
