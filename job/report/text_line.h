#pragma once

#include <string>
#include <string_view>

#include "common/json/escape.h"

namespace job {

/// A text of the server's can hold anything; a line stays a line. With its line end.
inline std::string line(std::string_view text) {
  std::string out;
  json::appendEscaped(out, text, json::Quotes::kKept);
  return out + "\n";
}

}  // namespace job
