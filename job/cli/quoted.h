#pragma once

#include <string>
#include <string_view>

#include "common/json/escape.h"
#include "common/text/in_quotes.h"

namespace job {

/// What a user typed, fit for a message of one line.
inline std::string escaped(std::string_view text) {
  std::string out;
  json::appendEscaped(out, text, json::Quotes::kKept);
  return out;
}

/// The same in quotes, cut when it is long.
inline std::string quoted(std::string_view text) {
  return escaped(text::inQuotes(text));
}

}  // namespace job
