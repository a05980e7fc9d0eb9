#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "common/time/instant.h"

namespace timing {

/// Parses RFC 3339 as Kubernetes writes it, strictly: "2025-01-15T10:20:30Z", any fraction (cut to
/// microseconds), any numeric offset. Capital T and Z, a real calendar date, seconds 00-59, nothing
/// before or after. The error says what is wrong and quotes the text: a timestamp that does not
/// parse is an error, never a date, because a wrong date would get a backup pruned.
tl::expected<Instant, std::string> parseRfc3339(std::string_view text);

/// "2025-01-15T10:20:30Z": metav1.Time, whole seconds (cut), UTC.
std::string formatRfc3339(Instant instant);
/// "2025-01-15T10:20:30.000001Z": metav1.MicroTime; the API server refuses other than six digits.
std::string formatMicroTime(Instant instant);
/// "20250115-102030", UTC: the part of a Backup's name that says when.
std::string formatCompact(Instant instant);

}  // namespace timing
