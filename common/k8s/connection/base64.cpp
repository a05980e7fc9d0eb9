#include "common/k8s/connection/base64.h"

#include <cstdint>

namespace k8s {
namespace {

std::optional<std::uint32_t> valueOf(char digit) {
  if (digit >= 'A' && digit <= 'Z') return static_cast<std::uint32_t>(digit - 'A');
  if (digit >= 'a' && digit <= 'z') return static_cast<std::uint32_t>(digit - 'a' + 26);
  if (digit >= '0' && digit <= '9') return static_cast<std::uint32_t>(digit - '0' + 52);
  if (digit == '+') return 62;
  if (digit == '/') return 63;
  return {};
}

}  // namespace

std::optional<std::string> decodeBase64(std::string_view text) {
  std::string digits;
  for (const char character : text) {
    if (character != '\n' && character != '\r') digits += character;
  }
  if (digits.size() % 4 != 0 || (digits.empty() && !text.empty())) return {};
  std::size_t padding = 0;
  while (padding < 2 && digits.ends_with('=')) {
    digits.pop_back();
    ++padding;
  }
  std::string decoded;
  std::uint32_t bits = 0;
  int bit_count = 0;
  for (const char digit : digits) {
    const auto value = valueOf(digit);
    if (!value) return {};
    bits = bits << 6 | *value;
    bit_count += 6;
    if (bit_count < 8) continue;
    bit_count -= 8;
    decoded += static_cast<char>(bits >> bit_count & 0xff);
  }
  return decoded;
}

std::string encodeBase64(std::string_view bytes) {
  static constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string encoded;
  std::uint32_t bits = 0;
  int bit_count = 0;
  for (const char byte : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(byte);
    for (bit_count += 8; bit_count >= 6; bit_count -= 6) {
      encoded += kDigits[bits >> (bit_count - 6) & 0x3f];
    }
  }
  if (bit_count > 0) encoded += kDigits[bits << (6 - bit_count) & 0x3f];
  encoded.append((4 - encoded.size() % 4) % 4, '=');
  return encoded;
}

}  // namespace k8s
