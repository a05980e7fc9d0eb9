#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "common/json/value.h"

namespace json {

/// Parses one JSON text (an object or an array at the top, as RFC 4627 had it) strictly: no
/// comments, no trailing text, no NaN, valid UTF-8. The last of equal names wins, as in the API
/// server; a name with a NUL in it and nesting beyond 128 levels are refused. An integer beyond
/// int64 becomes the nearest double, never 0. The error says what is wrong in one printable line,
/// never echoing more than a few characters.
tl::expected<Value, std::string> parse(std::string_view text);

}  // namespace json
