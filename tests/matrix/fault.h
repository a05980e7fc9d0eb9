#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace matrix {

/// What happens to one request of a pass, or to the pass at that request.
enum class Fault {
  kDropBefore,   ///< the connection breaks, the server has not seen the request
  kDropAfter,    ///< the server has acted, its answer is lost
  kTooMany,      ///< 429 with Retry-After: 1
  kServerError,  ///< 500
  kUnavailable,  ///< 503
  kConflict,     ///< 409, reason Conflict
  kStall,        ///< no answer until the worker gives up; only then does it reach the server
  kTruncate,     ///< the server has acted, half of its answer's body arrives
  kKillBefore,   ///< SIGKILL, the server has not seen the request
  kKillAfter,    ///< SIGKILL once the server has acted
  kTerminate,    ///< SIGTERM, the request is served
  kRevoke,       ///< 401, and for all that follows
};

inline constexpr std::array kFaults{Fault::kDropBefore,  Fault::kDropAfter,   Fault::kTooMany,
                                    Fault::kServerError, Fault::kUnavailable, Fault::kConflict,
                                    Fault::kStall,       Fault::kTruncate,    Fault::kKillBefore,
                                    Fault::kKillAfter,   Fault::kTerminate,   Fault::kRevoke};

/// As in the table's head and on the command line: "drop-before", "429"...
std::string_view nameOf(Fault fault);
std::optional<Fault> faultNamed(std::string_view name);

/// Whether a pass may end like that when only this happened to it. A killed one is 137.
bool mayEndWith(Fault fault, int exit_code);

}  // namespace matrix
