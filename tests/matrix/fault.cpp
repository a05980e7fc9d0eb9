#include "tests/matrix/fault.h"

#include <algorithm>
#include <utility>

namespace matrix {
namespace {

constexpr std::array<std::pair<Fault, std::string_view>, kFaults.size()> kNames{{
    {Fault::kDropBefore, "drop-before"},
    {Fault::kDropAfter, "drop-after"},
    {Fault::kTooMany, "429"},
    {Fault::kServerError, "500"},
    {Fault::kUnavailable, "503"},
    {Fault::kConflict, "409"},
    {Fault::kStall, "stall"},
    {Fault::kTruncate, "truncate"},
    {Fault::kKillBefore, "kill-before"},
    {Fault::kKillAfter, "kill-after"},
    {Fault::kTerminate, "sigterm"},
    {Fault::kRevoke, "revoked"},
}};

}  // namespace

std::string_view nameOf(Fault fault) {
  return std::find_if(kNames.begin(), kNames.end(),
                      [&](const auto& named) { return named.first == fault; })
      ->second;
}

std::optional<Fault> faultNamed(std::string_view name) {
  const auto* const found = std::find_if(kNames.begin(), kNames.end(),
                                         [&](const auto& named) { return named.second == name; });
  if (found == kNames.end()) return std::nullopt;
  return found->first;
}

bool mayEndWith(Fault fault, int exit_code) {
  // Done in spite of it; a good backup, not all of the rest; the API failed us.
  if (exit_code == 0 || exit_code == 4 || exit_code == 75) return true;
  switch (fault) {
    case Fault::kKillBefore:
    case Fault::kKillAfter:
      return exit_code == 137;
    case Fault::kTerminate:
      return exit_code == 143;
    case Fault::kRevoke:
      return exit_code == 77;
    default:
      return false;
  }
}

}  // namespace matrix
