#include "job/pass/report_fences.h"

#include <algorithm>

#include "job/pass/fence_watch.h"
#include "job/pass/tell.h"

namespace job {

void reportFences(Run& run, const PassLock& lock, const Configuration& configuration,
                  Outcome<void>& done) {
  constexpr int kLooks = 4;
  Session& session = run.session;
  const ExitCode code = done ? ExitCode::kDone : done.error().code;
  if (session.stop.stop_requested() || lock.lost() || code == ExitCode::kUnavailable) return;
  const auto sighting = lookForFences(session, configuration.group, run.deleted, kLooks);
  if (!sighting) {
    session.log.warn("what is fenced is not known", {{"error", sighting.error().message}});
    return;
  }
  if (session.stop.stop_requested()) return;
  run.result.fence_left_over = *sighting && anyLeftOver((*sighting)->fences);
  if (!*sighting) return;
  const bool is_good = code == ExitCode::kDone || code == ExitCode::kIncomplete;
  if (is_good && !anyLeftOver((*sighting)->fences)) return;
  const std::string text =
      "still fenced: " + (*sighting)->description() + "; " + (*sighting)->fix();
  // A refusal for a fence names it already.
  if (!done && code != ExitCode::kRefused) done.error().message += "; " + text;
  run.warn(text);
  run.result.fenced = std::max(run.result.fenced, (*sighting)->lasted(session.clock.now()));
  if (session.client.options().dry_run) return;
  tell(session, configuration.system, events::kInstanceStillFenced, text);
}

}  // namespace job
