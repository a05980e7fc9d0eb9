#include "job/decide/missed_backup.h"

#include <chrono>

#include "common/time/rfc3339.h"

namespace job {

std::optional<timing::Instant> missedFiring(std::optional<timing::Instant> last_good,
                                            const JudgedGroups& groups,
                                            const cron::Schedule& schedule, timing::Instant now,
                                            std::optional<timing::Instant> set_up) {
  constexpr std::chrono::hours kGrace{1};  // a backup takes its time, and starts late now and then
  std::optional<timing::Instant> since = last_good;
  for (const JudgedGroup& judged : groups) {
    if (last_good) break;
    const auto began = judged.group.beginTime().instant();
    if (began && (!since || *began < *since)) since = began;
  }
  if (!since) since = set_up;
  if (!since) return std::nullopt;
  const auto due = schedule.next(*since);
  return due && *due + kGrace < now ? due : std::nullopt;
}

std::optional<timing::Instant> overdueAfter(const std::string& last_good,
                                            const std::optional<cron::Schedule>& schedule) {
  const auto ended = timing::parseRfc3339(last_good);
  if (!ended || !schedule) return std::nullopt;
  const auto due = schedule->next(*ended);
  return due ? schedule->next(*due) : std::nullopt;
}

}  // namespace job
