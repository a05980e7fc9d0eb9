#include "job/pass/prune_now.h"

namespace job {

PassResult pruneNow(Session&) {
  return {.exit_code = ExitCode::kBug, .reason = "not built yet"};
}

}  // namespace job
