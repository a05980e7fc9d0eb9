#include "tests/sim/rbac.h"

#include <utility>

#include "tests/sim/json_path.h"

namespace sim {

void Rbac::forbid(std::string user, std::string verb, std::string qualified) {
  forbidden_.emplace(std::move(user), std::move(verb), std::move(qualified));
}

bool Rbac::allows(const std::string& user, const std::string& verb,
                  const std::string& qualified) const {
  return !forbidden_.contains({user, verb, qualified}) &&
         !forbidden_.contains({user, "*", qualified});
}

json::Value Rbac::rulesFor(const std::string& user, const std::vector<ServedTypePtr>& types) const {
  json::Array rules;
  const auto add = [&](const k8s::ResourceType& type, const std::string& subresource,
                       const std::vector<std::string>& verbs) {
    std::vector<std::string> allowed;
    for (const std::string& verb : verbs) {
      if (allows(user, verb, qualifiedResource(type.group, type.plural, subresource))) {
        allowed.push_back(verb);
      }
    }
    if (allowed.empty()) return;
    const std::string resource =
        subresource.empty() ? type.plural : type.plural + "/" + subresource;
    rules.emplace_back(json::Object{{"verbs", arrayOf(allowed)},
                                    {"apiGroups", arrayOf({type.group})},
                                    {"resources", arrayOf({resource})}});
  };
  for (const ServedTypePtr& type : types) {
    add(type->type(), "",
        {"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"});
    if (type->definition.has_status) add(type->type(), "status", {"get", "patch", "update"});
  }

  json::Array others;
  others.emplace_back(
      json::Object{{"verbs", arrayOf({"get"})}, {"nonResourceURLs", arrayOf({"*"})}});
  return json::Object{{"resourceRules", std::move(rules)},
                      {"nonResourceRules", std::move(others)},
                      {"incomplete", incomplete_}};
}

std::string qualifiedResource(const std::string& group, const std::string& plural,
                              const std::string& subresource) {
  std::string text = plural;
  if (!subresource.empty()) text += "/" + subresource;
  if (!group.empty()) text += "." + group;
  return text;
}

}  // namespace sim
