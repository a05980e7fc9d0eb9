#include "job/decide/recovery_progress.h"

namespace job {

RecoveryProgress recoveryProgress(const json::Value&, const std::vector<json::Value>&,
                                  const std::vector<json::Value>&, const RecoverySource&) {
  return {};
}

}  // namespace job
