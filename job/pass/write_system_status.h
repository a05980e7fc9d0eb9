#pragma once

#include <functional>
#include <optional>
#include <string>

#include "common/json/value.h"
#include "job/failure.h"
#include "job/model/noobaa_system.h"
#include "job/pass/session.h"

namespace job {

/// What came of it: the CR as it was written, or why not; neither: there was nothing to write.
struct WrittenStatus {
  std::optional<json::Value> answer;
  std::optional<Failure> failure;
  bool conflicts_without_end = false;  // of the failure
};

/// Patches the status of the NooBaa CR against others who do. `patch_for` says what to change of it
/// as it is (empty: nothing); `may_write` is asked before each try. After a conflict (`changed`)
/// the CR is read again into `system`, and both are asked anew. `doing` is for the failure: "write
/// the status".
WrittenStatus writeSystemStatus(
    Session& session, NooBaaSystem& system, const std::string& doing,
    const std::function<std::optional<json::Value>(const NooBaaSystem&)>& patch_for,
    const std::function<Outcome<void>(bool changed)>& may_write);

}  // namespace job
