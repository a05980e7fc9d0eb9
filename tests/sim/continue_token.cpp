#include "tests/sim/continue_token.h"

#include <cstddef>

#include "common/json/parse.h"
#include "common/json/write.h"
#include "tests/sim/json_path.h"

namespace sim {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string toBase64Url(std::string_view bytes) {
  std::string text;
  unsigned buffer = 0;
  int bits = 0;
  for (const char c : bytes) {
    buffer = (buffer << 8U) | static_cast<unsigned char>(c);
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text += kAlphabet[(buffer >> static_cast<unsigned>(bits)) & 0x3FU];
    }
  }
  if (bits > 0) text += kAlphabet[(buffer << static_cast<unsigned>(6 - bits)) & 0x3FU];
  return text;
}

std::optional<std::string> fromBase64Url(std::string_view text) {
  std::string bytes;
  unsigned buffer = 0;
  int bits = 0;
  for (const char c : text) {
    const std::size_t digit = kAlphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    buffer = (buffer << 6U) | static_cast<unsigned>(digit);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes += static_cast<char>((buffer >> static_cast<unsigned>(bits)) & 0xFFU);
    }
  }
  return bytes;
}

}  // namespace

std::string ContinueToken::encode() const {
  // The real server's start key: the last key and a zero byte, so the next key that can follow.
  const std::string start = last_name_space + "/" + last_name + std::string(1, '\0');
  return toBase64Url(
      json::write(json::Object{{"v", "meta.k8s.io/v1"}, {"rv", revision}, {"start", start}}));
}

std::optional<ContinueToken> ContinueToken::decode(std::string_view text) {
  const std::optional<std::string> bytes = fromBase64Url(text);
  if (!bytes) return std::nullopt;
  const tl::expected<json::Value, std::string> document = json::parse(*bytes);
  if (!document || textAt(*document, {"v"}) != "meta.k8s.io/v1") return std::nullopt;
  const json::Value* revision = valueAt(*document, {"rv"});
  std::string start = textAt(*document, {"start"});
  const std::size_t slash = start.find('/');
  if (revision == nullptr || revision->integer() == nullptr || slash == std::string::npos) {
    return std::nullopt;
  }
  if (start.back() == '\0') start.pop_back();
  return ContinueToken{*revision->integer(), start.substr(0, slash), start.substr(slash + 1)};
}

}  // namespace sim
