#include <string>

#include "common/k8s/connection/base64.h"
#include "tests/fuzz/fuzz.h"

namespace {

std::string encoded(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::string_view group = bytes.substr(at, 3);
    unsigned bits = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      bits = bits << 8U | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      text += i <= group.size() ? kDigits[bits >> (18U - 6U * i) & 63U] : '=';
    }
  }
  return text;
}

std::string withoutLineEnds(std::string_view text) {
  std::string rest(text);
  std::erase_if(rest, [](char c) { return c == '\n' || c == '\r'; });
  return rest;
}

/// The input as what is to be encoded.
void roundTrips(std::string_view bytes) {
  std::string text = encoded(bytes);
  fuzz::require(k8s::encodeBase64(bytes) == text, "it is encoded as here");
  fuzz::require(k8s::decodeBase64(text) == bytes, "what is encoded decodes to itself");
  for (std::size_t at = 64; at < text.size(); at += 65) text.insert(at, 1, '\n');
  fuzz::require(k8s::decodeBase64(text) == bytes, "line ends do not count");
}

/// The input as base64: the text that its bytes encode to is the same but for bits that belong to
/// no byte, line ends aside.
void decodesOnlyBase64(std::string_view text) {
  const auto decoded = k8s::decodeBase64(text);
  if (!decoded) return;
  std::string canonical = encoded(*decoded);
  std::string given = withoutLineEnds(text);
  fuzz::require(canonical.size() == given.size(), "no digit is left out or made up");
  const std::size_t last = canonical.find_last_not_of('=');
  if (last == std::string::npos) return;
  canonical.erase(last, 1);
  given.erase(last, 1);
  fuzz::require(canonical == given, "nothing but a text's own base64 decodes to it");
}

}  // namespace

void fuzz::testOne(std::string_view input) {
  roundTrips(input);
  decodesOnlyBase64(input);
}
