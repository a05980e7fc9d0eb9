#include "job/pass/recover.h"

namespace job {

PassResult recover(Session&) {
  return {.exit_code = ExitCode::kBug, .reason = "not built yet"};
}

}  // namespace job
