#include "job/pass/result_of.h"

#include <algorithm>

namespace job {

PassResult resultOf(Session& session, const std::string& command,
                    const std::function<Outcome<void>(PassResult&)>& work) {
  PassResult result;
  result.command = command;
  result.dry_run = session.client.options().dry_run;
  result.cluster = session.cluster();
  const timing::Monotonic began = session.clock.monotonic();
  if (const auto done = work(result); !done) {
    result.exit_code = done.error().code;
    result.reason = done.error().message;
    result.said.reset();
  }
  result.duration = session.clock.monotonic() - began;
  return result;
}

void warn(Session& session, PassResult& result, const std::string& warning) {
  if (std::ranges::find(result.warnings, warning) != result.warnings.end()) return;
  session.log.warn(warning);
  result.warnings.push_back(warning);
}

}  // namespace job
