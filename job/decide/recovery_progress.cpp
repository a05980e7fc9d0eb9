#include "job/decide/recovery_progress.h"

namespace job {

std::string_view toString(RecoveryProgress::Cause) {
  return "";
}
RecoveryProgress recoveryProgress(const RecoverySighting&, const std::string&) {
  return {};
}

}  // namespace job
