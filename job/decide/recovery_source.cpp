#include "job/decide/recovery_source.h"

namespace job {

tl::expected<RecoverySource, std::string> chooseSource(const std::string&,
                                                       const std::vector<json::Value>&,
                                                       const JudgedGroup*, const RecoveryDemands&) {
  return tl::unexpected(std::string("not built yet"));
}

}  // namespace job
