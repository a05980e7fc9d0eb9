#include "job/report/colours.h"

namespace job {

std::string painted(std::string_view text, Colour colour) {
  if (colour == Colour::kNone) return std::string(text);
  return "\x1b[" + std::to_string(static_cast<int>(colour)) + "m" + std::string(text) + "\x1b[0m";
}

bool wantsColours(bool is_terminal, const std::map<std::string, std::string>& environment) {
  if (!is_terminal) return false;
  if (const auto refusal = environment.find("NO_COLOR");
      refusal != environment.end() && !refusal->second.empty()) {
    return false;
  }
  const auto terminal = environment.find("TERM");
  return terminal != environment.end() && !terminal->second.empty() && terminal->second != "dumb";
}

}  // namespace job
