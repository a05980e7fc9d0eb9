#include "job/decide/leftovers.h"

namespace job {

Leftovers leftoversOf(const std::string&, const std::vector<json::Value>&,
                      const std::vector<json::Value>&, const std::vector<json::Value>&) {
  return {};
}

}  // namespace job
