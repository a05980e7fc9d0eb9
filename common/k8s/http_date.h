#pragma once

#include <optional>
#include <string_view>

#include "common/time/instant.h"

namespace k8s {

/// The value of a `Date` header as servers have to write it (RFC 9110, IMF-fixdate):
/// "Wed, 15 Jan 2025 02:00:00 GMT". Nothing for any other form.
std::optional<timing::Instant> parseHttpDate(std::string_view text);

}  // namespace k8s
