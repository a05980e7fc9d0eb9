#pragma once

#include <array>
#include <string_view>

namespace job {

enum class Severity { kNormal, kWarning };

/// A kind of Event on the NooBaa CR: what `kubectl describe noobaa` shows under Type and Reason,
/// and which action it is about. docs/operations.md has a row for each, held by a test.
struct EventKind {
  std::string_view reason;
  std::string_view action;
  Severity severity;
};

namespace events {

inline constexpr EventKind kBackupCompleted{"BackupCompleted", "Backup", Severity::kNormal};
inline constexpr EventKind kBackupFailed{"BackupFailed", "Backup", Severity::kWarning};
inline constexpr EventKind kBackupRefused{"BackupRefused", "Preflight", Severity::kWarning};
inline constexpr EventKind kBackupMissed{"BackupMissed", "Schedule", Severity::kWarning};
inline constexpr EventKind kBackupsNotScheduled{"BackupsNotScheduled", "Sync", Severity::kWarning};
inline constexpr EventKind kCronJobSynced{"CronJobSynced", "Sync", Severity::kNormal};
inline constexpr EventKind kSnapshotPruned{"SnapshotPruned", "Prune", Severity::kNormal};
inline constexpr EventKind kPruneFailed{"PruneFailed", "Prune", Severity::kWarning};
inline constexpr EventKind kInstanceStillFenced{"InstanceStillFenced", "Fence", Severity::kWarning};
inline constexpr EventKind kDrillSucceeded{"DrillSucceeded", "Verify", Severity::kNormal};
inline constexpr EventKind kDrillFailed{"DrillFailed", "Verify", Severity::kWarning};
inline constexpr EventKind kRecoveryStarted{"RecoveryStarted", "Recover", Severity::kNormal};
inline constexpr EventKind kRecoveryCompleted{"RecoveryCompleted", "Recover", Severity::kNormal};
inline constexpr EventKind kRecoveryFailed{"RecoveryFailed", "Recover", Severity::kWarning};
inline constexpr EventKind kRecoveryRefused{"RecoveryRefused", "Recover", Severity::kWarning};
inline constexpr EventKind kClusterCreated{"ClusterCreated", "Bootstrap", Severity::kNormal};

inline constexpr std::array kAll = {
    kBackupCompleted,     kBackupFailed,   kBackupRefused,   kBackupMissed,
    kBackupsNotScheduled, kCronJobSynced,  kSnapshotPruned,  kPruneFailed,
    kInstanceStillFenced, kDrillSucceeded, kDrillFailed,     kRecoveryStarted,
    kRecoveryCompleted,   kRecoveryFailed, kRecoveryRefused, kClusterCreated};

}  // namespace events

}  // namespace job
