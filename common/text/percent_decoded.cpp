#include "common/text/percent_decoded.h"

#include <charconv>
#include <system_error>

namespace text {

std::optional<std::string> percentDecoded(std::string_view text) {
  std::string decoded;
  while (!text.empty()) {
    if (text.front() != '%') {
      decoded += text.front();
      text.remove_prefix(1);
      continue;
    }
    unsigned char byte = 0;
    if (text.size() < 3) return {};
    const auto [end, error] = std::from_chars(text.data() + 1, text.data() + 3, byte, 16);
    if (error != std::errc() || end != text.data() + 3) return {};
    decoded += static_cast<char>(byte);
    text.remove_prefix(3);
  }
  return decoded;
}

}  // namespace text
