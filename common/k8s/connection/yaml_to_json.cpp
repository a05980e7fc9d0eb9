#include "common/k8s/connection/yaml_to_json.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace k8s {
namespace {

constexpr std::string_view kDigits = "0123456789";

bool isOneOf(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, text) != words.end();
}

bool consistsOf(std::string_view text, std::string_view characters) {
  return !text.empty() && text.find_first_not_of(characters) == std::string_view::npos;
}

std::optional<json::Value> wholeNumber(std::string_view digits, int base) {
  std::int64_t number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number, base);
  if (error != std::errc() || stop != end) return {};
  return json::Value(number);
}

/// [0-9]*[.[0-9]*][(e|E)[+|-][0-9]+] with a digit before the exponent.
bool looksLikeNumber(std::string_view text) {
  const std::size_t exponent = text.find_first_of("eE");
  if (exponent != std::string_view::npos) {
    std::string_view power = text.substr(exponent + 1);
    if (power.starts_with('-') || power.starts_with('+')) power.remove_prefix(1);
    if (!consistsOf(power, kDigits)) return false;
  }
  const std::string_view mantissa = text.substr(0, exponent);
  return consistsOf(mantissa, "0123456789.") && std::ranges::count(mantissa, '.') <= 1 &&
         mantissa != ".";
}

std::optional<json::Value> number(std::string_view text) {
  if (text.starts_with("0x") && consistsOf(text.substr(2), "0123456789abcdefABCDEF")) {
    return wholeNumber(text.substr(2), 16);
  }
  if (text.starts_with("0o") && consistsOf(text.substr(2), "01234567")) {
    return wholeNumber(text.substr(2), 8);
  }
  const bool is_signed = text.starts_with('-') || text.starts_with('+');
  const std::string_view unsigned_text = text.substr(is_signed ? 1 : 0);
  if (!looksLikeNumber(unsigned_text)) return {};
  if (text.starts_with('+')) text = unsigned_text;  // from_chars knows no plus sign
  if (consistsOf(unsigned_text, kDigits)) {
    if (auto whole = wholeNumber(text, 10)) return whole;
  }
  double real = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), real);
  if (error != std::errc()) return {};
  return json::Value(real);
}

/// Infinity and not-a-number stay strings, as JSON has neither.
json::Value plainScalar(const std::string& text) {
  if (isOneOf(text, {"", "~", "null", "Null", "NULL"})) return nullptr;
  if (isOneOf(text, {"true", "True", "TRUE"})) return true;
  if (isOneOf(text, {"false", "False", "FALSE"})) return false;
  return number(text).value_or(json::Value(text));
}

}  // namespace

json::Value jsonOf(const YAML::Node& node) {
  if (node.IsMap()) {
    std::vector<json::Object::Member> members;
    for (const auto& entry : node) {
      members.emplace_back(entry.first.Scalar(), jsonOf(entry.second));
    }
    return json::Object::fromMembers(std::move(members));
  }
  if (node.IsSequence()) {
    json::Array array;
    for (const YAML::Node& member : node) array.push_back(jsonOf(member));
    return array;
  }
  if (!node.IsScalar()) return nullptr;
  // yaml-cpp tags plain scalars "?" and quoted ones "!".
  return node.Tag() == "?" ? plainScalar(node.Scalar()) : json::Value(node.Scalar());
}

}  // namespace k8s
