#include "common/k8s/transport/impersonation_headers.h"

#include <string_view>
#include <utility>

#include "common/k8s/transport/header_text.h"
#include "common/text/trimmed.h"

namespace k8s {
namespace {

using text::trimmed;

/// As of RFC 9110, but for '%', which begins an escape here.
bool standsForItself(char character) {
  const bool letter_or_digit = (character >= 'a' && character <= 'z') ||
                               (character >= 'A' && character <= 'Z') ||
                               (character >= '0' && character <= '9');
  constexpr std::string_view kOthers = "!#$&'*+-.^_`|~";
  return letter_or_digit || kOthers.find(character) != std::string_view::npos;
}

/// A key of `extra` may be a URL, which no header's name can be.
std::string escaped(const std::string& key) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string name;
  for (const char character : key) {
    if (standsForItself(character)) {
      name += character;
      continue;
    }
    const auto byte = static_cast<unsigned char>(character);
    name += '%';
    name += kDigits[byte >> 4U];
    name += kDigits[byte & 0xfU];
  }
  return name;
}

/// Blanks around a value are lost on the way: it would name somebody else.
bool arrivesAsItIs(const std::string& value) {
  return isHeaderText(value) && trimmed(value) == value;
}

}  // namespace

tl::expected<Headers, std::string> impersonationHeaders(const Impersonation& impersonation) {
  Headers headers;
  std::string problem;
  const auto add = [&](const std::string& name, const std::string& value, const char* key) {
    if (!arrivesAsItIs(value)) {
      problem = std::string(key) +
                " can't be sent: it holds a line break or another control character, or has blanks "
                "around it";
    }
    headers.emplace_back(name, value);
  };

  if (!impersonation.user.empty()) add("Impersonate-User", impersonation.user, "as");
  if (!impersonation.uid.empty()) add("Impersonate-Uid", impersonation.uid, "as-uid");
  for (const std::string& group : impersonation.groups) {
    add("Impersonate-Group", group, "as-groups");
  }
  for (const auto& [key, values] : impersonation.extra) {
    if (key.empty()) problem = "as-user-extra has a key that is empty";
    for (const std::string& value : values) {
      add("Impersonate-Extra-" + escaped(key), value, "as-user-extra");
    }
  }
  if (impersonation.user.empty() && !headers.empty()) {
    problem = "as-uid, as-groups and as-user-extra need a user to act as: set as";
  }
  if (!problem.empty()) return tl::unexpected(std::move(problem));
  return headers;
}

}  // namespace k8s
