#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "common/k8s/api_error.h"

namespace job {

/// The process's exit codes: a documented contract (docs/operations.md), used by podFailurePolicy.
enum class ExitCode : int {
  kDone = 0,
  kBug = 1,
  kUsage = 2,
  kBackupFailed = 3,
  kIncomplete = 4,  // backup good, pruning or status incomplete; or a stale plan
  kBusy = 5,
  kRefused = 6,
  kRecoveryFailed = 7,
  kUnavailable = 75,
  kForbidden = 77,
  kConfiguration = 78,
  kTimedOut = 124,
  kInterrupted = 143
};

/// Why a command ends other than well. The message is one line for people: object, path, value, what to do.
struct Failure {
  ExitCode code;
  std::string message;
};

template <typename T>
using Outcome = tl::expected<T, Failure>;

/// The one place where API errors become exit codes. `doing` says what was tried: "read the NooBaa CR".
Failure failureOf(const k8s::ApiError& error, std::string_view doing);

}  // namespace job
