#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "common/time/instant.h"

namespace timing {

/// Parses a duration as Go's time.ParseDuration does: "90s", "1h30m", "-1.5h", "0"; units ns us µs
/// ms s m h. Out of int64 nanoseconds is an error.
tl::expected<Duration, std::string> parseGoDuration(std::string_view text);
/// As Go's Duration.String: "1h30m0s", "90ms", "0s".
std::string formatGoDuration(Duration duration);

}  // namespace timing
