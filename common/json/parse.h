#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "common/json/value.h"

namespace json {

/// Parses one JSON text (an object or an array at the top, as RFC 4627 had it) strictly: no comments,
/// no trailing text, no NaN. The error says what is wrong, never echoing more than a few characters.
/// An integer that fits neither int64 nor double exactly becomes the nearest double, never 0.
tl::expected<Value, std::string> parse(std::string_view text);

}  // namespace json
