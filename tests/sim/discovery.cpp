#include "tests/sim/discovery.h"

#include <set>
#include <string>
#include <utility>

#include "tests/sim/json_path.h"

namespace sim {
namespace {

constexpr const char* kAuthorization = "authorization.k8s.io";

json::Value groupVersion(const std::string& group, const std::string& version) {
  return json::Object{{"groupVersion", group + "/" + version}, {"version", version}};
}

json::Value groupOf(const std::string& group, const std::vector<ServedTypePtr>& types) {
  std::set<std::string> versions;
  for (const ServedTypePtr& type : types) {
    if (type->type().group == group) versions.insert(type->type().version);
  }
  if (group == kAuthorization) versions.insert("v1");
  if (versions.empty()) return {};

  json::Array listed;
  for (const std::string& version : versions) listed.push_back(groupVersion(group, version));
  json::Value preferred = listed.front();
  return json::Object{
      {"name", group}, {"versions", std::move(listed)}, {"preferredVersion", std::move(preferred)}};
}

json::Value resource(const std::string& name, const std::string& singular, bool namespaced,
                     const std::string& kind, const std::vector<std::string>& verbs) {
  return json::Object{{"name", name},
                      {"singularName", singular},
                      {"namespaced", namespaced},
                      {"kind", kind},
                      {"verbs", arrayOf(verbs)}};
}

std::optional<json::Value> resourceList(const std::string& group, const std::string& version,
                                        const std::vector<ServedTypePtr>& types) {
  json::Array resources;
  for (const ServedTypePtr& type : types) {
    if (type->type().group != group || type->type().version != version) continue;
    const bool namespaced = type->definition.namespaced;
    json::Value entry = resource(type->type().plural, type->singular, namespaced, type->type().kind,
                                 {"create", "delete", "get", "list", "patch", "update", "watch"});
    if (!type->short_names.empty()) entry["shortNames"] = arrayOf(type->short_names);
    resources.push_back(std::move(entry));
    if (type->definition.has_status) {
      resources.push_back(resource(type->type().plural + "/status", "", namespaced,
                                   type->type().kind, {"get", "patch", "update"}));
    }
  }
  if (group == kAuthorization && version == "v1") {
    for (const auto& [plural, kind] :
         {std::pair{"selfsubjectaccessreviews", "SelfSubjectAccessReview"},
          std::pair{"selfsubjectrulesreviews", "SelfSubjectRulesReview"}}) {
      resources.push_back(resource(plural, "", false, kind, {"create"}));
    }
  }
  if (resources.empty()) return std::nullopt;
  const std::string served = group.empty() ? version : group + "/" + version;
  return json::Object{{"kind", "APIResourceList"},
                      {"apiVersion", "v1"},
                      {"groupVersion", served},
                      {"resources", std::move(resources)}};
}

json::Value groupList(const std::vector<ServedTypePtr>& types) {
  json::Array groups;
  for (const std::string& group : groupNames(types)) groups.push_back(groupOf(group, types));
  return json::Object{
      {"kind", "APIGroupList"}, {"apiVersion", "v1"}, {"groups", std::move(groups)}};
}

json::Value versionDocument() {
  return json::Object{{"major", "1"},
                      {"minor", "34"},
                      {"gitVersion", "v1.34.2"},
                      {"gitTreeState", "clean"},
                      {"platform", "linux/amd64"}};
}

}  // namespace

std::vector<std::string> groupNames(const std::vector<ServedTypePtr>& types) {
  std::set<std::string> names{kAuthorization};
  for (const ServedTypePtr& type : types) {
    if (!type->type().group.empty()) names.insert(type->type().group);
  }
  return {names.begin(), names.end()};
}

std::optional<json::Value> discoveryDocument(const RequestTarget& target,
                                             const std::vector<ServedTypePtr>& types) {
  const std::vector<std::string>& segments = target.segments;
  if (target.path() == "/version") return versionDocument();
  if (target.path() == "/apis") return groupList(types);
  if (target.path() == "/api") {
    return json::Object{{"kind", "APIVersions"},
                        {"versions", arrayOf({"v1"})},
                        {"serverAddressByClientCIDRs", json::Array{}}};
  }
  if (segments.size() == 2 && segments[0] == "api") return resourceList("", segments[1], types);
  if (segments.size() == 3 && segments[0] == "apis") {
    return resourceList(segments[1], segments[2], types);
  }
  if (segments.size() == 2 && segments[0] == "apis") {
    json::Value group = groupOf(segments[1], types);
    if (group.isNull()) return std::nullopt;
    json::Object document{{"kind", "APIGroup"}, {"apiVersion", "v1"}};
    for (const auto& [key, value] : *group.object()) document.set(key, value);
    return document;
  }
  return std::nullopt;
}

}  // namespace sim
