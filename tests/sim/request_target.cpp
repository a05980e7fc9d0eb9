#include "tests/sim/request_target.h"

#include <charconv>

namespace sim {
namespace {

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

}  // namespace

std::string percentDecode(std::string_view text, bool plus_is_blank) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_blank) {
      decoded += ' ';
      continue;
    }
    unsigned code = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(&text[i + 1], &text[i + 1] + 2, code, 16).ptr == &text[i + 1] + 2) {
      decoded += static_cast<char>(code);
      i += 2;
      continue;
    }
    decoded += text[i];
  }
  return decoded;
}

RequestTarget RequestTarget::parse(std::string_view target) {
  RequestTarget result;
  const std::size_t mark = target.find('?');
  for (const std::string_view segment : split(target.substr(0, mark), '/')) {
    if (!segment.empty()) result.segments.push_back(percentDecode(segment, false));
  }
  if (mark == std::string_view::npos) return result;
  for (const std::string_view pair : split(target.substr(mark + 1), '&')) {
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
    result.query.emplace_back(percentDecode(pair.substr(0, equals), true),
                              percentDecode(value, true));
  }
  return result;
}

std::string RequestTarget::parameter(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return {};
}

bool RequestTarget::has(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return true;
  }
  return false;
}

bool RequestTarget::flag(std::string_view name) const {
  const std::string value = parameter(name);
  return value == "1" || value == "true";
}

std::string RequestTarget::path() const {
  std::string text;
  for (const std::string& segment : segments) text += "/" + segment;
  return text.empty() ? "/" : text;
}

std::optional<ResourcePath> ResourcePath::of(const RequestTarget& target) {
  const std::vector<std::string>& segments = target.segments;
  if (segments.empty()) return std::nullopt;

  ResourcePath path;
  std::size_t next = 0;
  if (segments[0] == "api") {
    if (segments.size() < 3) return std::nullopt;
    path.version = segments[1];
    next = 2;
  } else if (segments[0] == "apis") {
    if (segments.size() < 4) return std::nullopt;
    path.group = segments[1];
    path.version = segments[2];
    next = 3;
  } else {
    return std::nullopt;
  }

  // A namespace object and its own subresources look like a prefix of a namespaced path.
  const bool has_more = segments.size() > next + 2;
  if (segments[next] == "namespaces" && has_more && segments[next + 2] != "status" &&
      segments[next + 2] != "finalize") {
    path.name_space = segments[next + 1];
    next += 2;
  }
  path.plural = segments[next++];
  if (next < segments.size()) path.name = segments[next++];
  if (next < segments.size()) path.subresource = segments[next++];
  if (next < segments.size() && path.subresource != "proxy") return std::nullopt;
  for (; next < segments.size(); ++next) path.rest += "/" + segments[next];
  return path;
}

}  // namespace sim
