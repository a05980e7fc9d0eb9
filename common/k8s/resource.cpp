#include "common/k8s/resource.h"

namespace k8s {

std::string percentEncode(std::string_view text) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                            (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    if (unreserved) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

std::string pathOf(const ObjectRef& ref, std::string_view subresource) {
  std::string path = ref.type.group.empty() ? "/api" : "/apis/" + percentEncode(ref.type.group);
  path += "/" + percentEncode(ref.type.version);
  if (!ref.name_space.empty()) path += "/namespaces/" + percentEncode(ref.name_space);
  path += "/" + percentEncode(ref.type.plural);
  if (!ref.name.empty()) path += "/" + percentEncode(ref.name);
  if (!subresource.empty()) path += "/" + percentEncode(subresource);
  return path;
}

bool namesAState(std::string_view resource_version) {
  return !resource_version.empty() && resource_version != "0";
}

}  // namespace k8s
