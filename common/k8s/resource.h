#pragma once

#include <string>
#include <string_view>

namespace k8s {

/// A type of the API, by which its paths are built.
struct ResourceType {
  std::string group;  // "" is the core group
  std::string version;
  std::string plural;
  std::string kind;
  std::string apiVersion() const { return group.empty() ? version : group + "/" + version; }
  /// "backups.postgresql.cnpg.io", as people and RBAC name it.
  std::string qualifiedName() const { return group.empty() ? plural : plural + "." + group; }
  friend bool operator==(const ResourceType&, const ResourceType&) = default;
};

/// One object, or with an empty name a collection. An empty name_space means a cluster-scoped
/// object.
struct ObjectRef {
  ResourceType type;
  std::string name_space;
  std::string name;
};

/// The URL path of the object or collection; each segment percent-encoded.
std::string pathOf(const ObjectRef& ref, std::string_view subresource = "");
/// Whether a watch may start from there. "" and "0" are wildcards to kube-apiserver: it would start
/// anywhere.
bool namesAState(std::string_view resource_version);
/// Everything outside RFC 3986's unreserved characters as %XX.
std::string percentEncode(std::string_view text);

}  // namespace k8s
