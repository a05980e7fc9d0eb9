#include "job/decide/new_database.h"

namespace job {

json::Value emptyCluster(const DatabaseSpec&, const std::string&, const std::string&,
                         const std::string&, const json::Value&) {
  return {};
}
json::Value importingCluster(const DatabaseSpec&, const std::string&, const std::string&,
                             const std::string&, const json::Value&, const ImportSource&) {
  return {};
}

}  // namespace job
