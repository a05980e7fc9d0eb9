#include "job/cli/completion.h"

namespace job {

std::string completionScript(std::string_view shell) {
  if (shell == "zsh") return zshCompletion();
  return shell == "fish" ? fishCompletion() : bashCompletion();
}

}  // namespace job
