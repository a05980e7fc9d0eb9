#pragma once

#include <string>

namespace k8s {

/// Without the blanks and line ends around it, as files and variables often have them.
inline std::string trimmed(const std::string& text) {
  const char* const blanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

}  // namespace k8s
