#include "job/model/name_rules.h"

#include <algorithm>

namespace job {
namespace {

constexpr std::size_t kLongestLabel = 63;
constexpr std::size_t kLongestSubdomain = 253;

bool isLower(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}
bool isAlphanumeric(char c) {
  return isLower(c) || (c >= 'A' && c <= 'Z');
}

/// Its ends and its inside made of what is allowed there.
bool isMadeOf(std::string_view text, bool (*end)(char), bool (*inside)(char)) {
  return !text.empty() && end(text.front()) && end(text.back()) &&
         std::ranges::all_of(text, inside);
}

/// As in a subdomain, whose labels have no length limit of their own in Kubernetes.
bool isLabelOfAnyLength(std::string_view text) {
  return isMadeOf(text, isLower, [](char c) { return isLower(c) || c == '-'; });
}

}  // namespace

bool isDnsLabel(std::string_view text) {
  return text.size() <= kLongestLabel && isLabelOfAnyLength(text);
}

bool isDnsSubdomain(std::string_view text) {
  if (text.size() > kLongestSubdomain) return false;
  while (true) {
    const auto dot = text.find('.');
    if (!isLabelOfAnyLength(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool isLabelValue(std::string_view text) {
  const auto inside = [](char c) { return isAlphanumeric(c) || c == '-' || c == '_' || c == '.'; };
  return text.size() <= kLongestLabel && isMadeOf(text, isAlphanumeric, inside);
}

bool isUuid(std::string_view text) {
  constexpr std::string_view kShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  return std::equal(text.begin(), text.end(), kShape.begin(), kShape.end(), [](char c, char shape) {
    const bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    return shape == 'x' ? digit : c == shape;
  });
}

}  // namespace job
