#pragma once

#include <string>

#include "common/json/value.h"

namespace json {

/// One line, no blanks, control characters and quotes escaped; UTF-8 passes through. Always valid
/// JSON: bytes that are no UTF-8 become U+FFFD, NaN and infinity null. A double stays one when it
/// is read back: 3.0 is not written as 3.
std::string write(const Value& value);
/// Indented by two blanks a level, for people.
std::string writePretty(const Value& value);

}  // namespace json
