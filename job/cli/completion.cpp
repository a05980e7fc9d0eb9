#include "job/cli/completion.h"

namespace job {

std::string completionScript(std::string_view) {
  return "";
}

std::string manualPage(std::string_view) {
  return "";
}

}  // namespace job
