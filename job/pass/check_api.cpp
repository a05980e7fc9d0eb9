#include "job/pass/check_steps.h"

namespace job {

CheckLines checkApi(Session& session, Seen& seen) {
  const std::string name = "api";
  const auto version = session.client.serverVersion(session.context());
  if (version) return {CheckLine::ok(name, "answers: Kubernetes " + *version)};
  const Failure failure = failureOf(version.error(), "ask the API server's version");
  // Any account may ask, and a proxy before the server may still say no.
  if (version.error().isForbidden()) return {CheckLine::warn(name, failure.message)};
  seen.over = true;
  return {CheckLine::fail(name, failure)};
}

}  // namespace job
