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

/// The same in quotes, cut when it is long, and of a URL without user and password.
inline std::string quoted(std::string_view text) {
  constexpr std::string_view kSchemeEnd = "://";
  const auto scheme = text.find(kSchemeEnd);
  const auto at = text.rfind('@');
  if (scheme == std::string_view::npos || at == std::string_view::npos || at < scheme) {
    return escaped(text::inQuotes(text));
  }
  const auto host = scheme + kSchemeEnd.size();
  return escaped(
      text::inQuotes(std::string(text.substr(0, host)) + "..." + std::string(text.substr(at))));
}

}  // namespace job
