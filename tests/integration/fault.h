#pragma once

#include <array>
#include <initializer_list>
#include <set>
#include <string_view>
#include <vector>

namespace job {

/// What befalls a pass at one of its requests.
enum class Fault {
  kNone,
  kDropBefore,   // the connection breaks before the server acted
  kDropAfter,    // after
  kTooMany,      // 429 with Retry-After
  kError,        // 500
  kUnavailable,  // 503
  kGateway,      // 504 of a proxy, after the server acted
  kConflict,     // 409
  kStall,        // the server acts, and its answer never comes
  kTruncated,    // the body ends in the middle
  kKillBefore,   // SIGKILL before the server acted
  kKillAfter,    // after
  kStopBefore,   // SIGTERM before the server acted
  kStopAfter,    // after
  kRevoked,      // 401 from there on
  kPartition,    // nothing gets through from there on
};

struct FaultKind {
  Fault fault;
  std::string_view name;
  /// How a pass may end that meets it. A killed one does not end.
  std::vector<int> exit_codes;
  bool leaves_something;  // the pass is cut short, so that another has to finish
};

/// One that is over with a retry goes unnoticed. Without retry stands: 409, which is the caller's
/// to settle (75, or 4 once the backup is verified), and what lasts: 401 (77, 4), no connection
/// (75, 4, or 124 when the Backup was awaited). What meets only the Event or the Lease's release is
/// no failure (0), nor is a stop after everything was done.
inline const std::vector<FaultKind>& faultKinds() {
  static const std::vector<FaultKind> kinds = {
      {Fault::kDropBefore, "drop<", {0}, false},
      {Fault::kDropAfter, "drop>", {0}, false},
      {Fault::kTooMany, "429", {0}, false},
      {Fault::kError, "500", {0}, false},
      {Fault::kUnavailable, "503", {0}, false},
      {Fault::kGateway, "504>", {0}, false},
      {Fault::kConflict, "409", {0, 4, 75}, true},
      {Fault::kStall, "stall", {0}, false},
      {Fault::kTruncated, "trunc", {0}, false},
      {Fault::kKillBefore, "kill<", {}, true},
      {Fault::kKillAfter, "kill>", {}, true},
      {Fault::kStopBefore, "term<", {0, 143}, true},
      {Fault::kStopAfter, "term>", {0, 143}, true},
      {Fault::kRevoked, "401..", {0, 4, 77}, true},
      {Fault::kPartition, "cut..", {0, 4, 75, 124}, true},
  };
  return kinds;
}

}  // namespace job
