#include "job/pass/run_pass.h"

#include "job/pass/back_up.h"

namespace job {

PassResult runPass(Session& session) {
  return backUp(session, BackupRequest());
}

}  // namespace job
