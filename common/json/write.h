#pragma once

#include <string>

#include "common/json/value.h"

namespace json {

/// One line, no blanks, control characters and quotes escaped; UTF-8 passes through.
std::string write(const Value& value);
/// Indented by two blanks a level, for people.
std::string writePretty(const Value& value);

}  // namespace json
