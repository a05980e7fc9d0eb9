#include "job/pass/check_steps.h"

#include <chrono>

#include "job/report/human_age.h"

namespace job {
namespace {

/// As the answer to the question before said.
CheckLines linesOfClock(const Session& session) {
  const std::string name = "clock";
  const auto ahead = session.client.serverAhead();
  if (!ahead) return {};
  const timing::Duration apart = std::chrono::abs(*ahead);
  if (apart <= std::chrono::seconds(30)) {
    return {CheckLine::ok(name, "is in step with the API server's")};
  }
  const timing::Instant now = session.clock.now();
  const bool behind = *ahead > timing::Duration::zero();
  std::string message =
      "this clock is " + humanAge(apart) + (behind ? " behind" : " ahead of") + " the API server's";
  if (behind && liesAhead(now + std::chrono::floor<timing::Instant::duration>(*ahead), now)) {
    message +=
        ": a backup that was just made is dated ahead of it, counts as none, and lets nothing "
        "be pruned";
  } else if (!behind) {
    message += ": backups look older than they are, and overdue too early";
  }
  return {CheckLine::warn(name, message, "set the clocks by NTP, here and on the control plane")};
}

}  // namespace

CheckLines checkApi(Session& session, Seen& seen) {
  const std::string name = "api";
  const auto version = session.client.serverVersion(session.context());
  if (version) {
    CheckLines lines = {CheckLine::ok(name, "answers: Kubernetes " + *version)};
    for (CheckLine& line : linesOfClock(session)) lines.push_back(std::move(line));
    return lines;
  }
  const Failure failure = failureOf(version.error(), "ask the API server's version");
  // Any account may ask, and a proxy before the server may still say no.
  if (version.error().isForbidden()) return {CheckLine::warn(name, failure.message)};
  seen.over = true;
  return {CheckLine::fail(name, failure)};
}

}  // namespace job
