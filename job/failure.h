#pragma once

#include <array>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "common/k8s/api_error.h"

namespace job {

/// The process's exit codes: a documented contract (docs/reference.md), used by podFailurePolicy.
enum class ExitCode : int {
  kDone = 0,
  kBug = 1,
  kUsage = 2,
  kBackupFailed = 3,
  kIncomplete = 4,  // backup good, pruning or status incomplete; or a plan was not applied
  kBusy = 5,
  kRefused = 6,
  kRecoveryFailed = 7,
  kUnavailable = 75,
  kForbidden = 77,
  kConfiguration = 78,
  kTimedOut = 124,
  kInterrupted = 143
};

/// A code and what it means to who reads --help.
struct ExitCodeMeaning {
  ExitCode code;
  std::string_view meaning;
};
inline constexpr std::array kExitCodes = {
    ExitCodeMeaning{ExitCode::kDone, "done, or nothing to do; perhaps with warnings"},
    ExitCodeMeaning{ExitCode::kBug, "unexpected error: a bug, please report it"},
    ExitCodeMeaning{ExitCode::kUsage, "unknown or wrong command, flag or value"},
    ExitCodeMeaning{ExitCode::kBackupFailed, "the backup failed or did not verify"},
    ExitCodeMeaning{ExitCode::kIncomplete,
                    "backup good, but pruning or status incomplete; or a plan not applied"},
    ExitCodeMeaning{ExitCode::kBusy, "busy: another pass, or somebody else's backup, is running"},
    ExitCodeMeaning{ExitCode::kRefused, "refused to stop the database; the reason says what to do"},
    ExitCodeMeaning{ExitCode::kRecoveryFailed, "recovery failed"},
    ExitCodeMeaning{ExitCode::kUnavailable, "the Kubernetes API is unreachable or keeps failing"},
    ExitCodeMeaning{ExitCode::kForbidden, "forbidden: a right is missing; the reason names it"},
    ExitCodeMeaning{ExitCode::kConfiguration,
                    "configuration: NooBaa CR, kubeconfig, a CRD, plan file or backup is wrong or "
                    "missing"},
    ExitCodeMeaning{ExitCode::kTimedOut, "--timeout passed while waiting; see the reason"},
    ExitCodeMeaning{ExitCode::kInterrupted, "stopped by SIGTERM or SIGINT"},
};

/// Why a command ends other than well. The message is one line for people: object, path, value,
/// what to do.
struct Failure {
  ExitCode code;
  std::string message;
};

template <typename T>
using Outcome = tl::expected<T, Failure>;

/// The one place where API errors become exit codes. `doing` says what was tried: "read the NooBaa
/// CR".
Failure failureOf(const k8s::ApiError& error, std::string_view doing);

}  // namespace job
