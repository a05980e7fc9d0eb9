#pragma once

#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "common/json/value.h"
#include "tests/sim/type_registry.h"

namespace sim {

/// Who may do what: everybody everything, less what is forbidden.
class Rbac {
 public:
  /// `qualified` is "noobaas/status.noobaa.io"; verb "*" means all.
  void forbid(std::string user, std::string verb, std::string qualified);
  void setIncomplete(bool incomplete) { incomplete_ = incomplete; }
  bool allows(const std::string& user, const std::string& verb, const std::string& qualified) const;

  /// SelfSubjectRulesReview.status of `user`.
  json::Value rulesFor(const std::string& user, const std::vector<ServedTypePtr>& types) const;

 private:
  std::set<std::tuple<std::string, std::string, std::string>> forbidden_;
  bool incomplete_ = false;
};

/// "noobaas/status.noobaa.io"
std::string qualifiedResource(const std::string& group, const std::string& plural,
                              const std::string& subresource);

}  // namespace sim
