#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace text {

inline bool isControl(char character) {
  return static_cast<unsigned char>(character) < ' ' || character == '\x7f';
}

/// Line breaks and tabs are control characters too.
inline bool hasControl(std::string_view text) {
  return std::ranges::any_of(text, isControl);
}

/// Whether it is all visible ASCII, without blanks. True of an empty text.
inline bool isVisibleAscii(std::string_view text) {
  return std::ranges::all_of(text,
                             [](char character) { return character > ' ' && character < '\x7f'; });
}

/// Letters beyond ASCII stay as they are.
inline std::string lowerCase(std::string_view text) {
  std::string lower(text);
  for (char& letter : lower) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return lower;
}

}  // namespace text
