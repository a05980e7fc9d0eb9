#include "job/pass/result_of.h"

#include <algorithm>

#include "job/pass/log_command.h"

namespace job {

PassResult resultOf(Session& session, const std::string& command,
                    const std::function<Outcome<void>(PassResult&)>& work) {
  PassResult result;
  result.command = command;
  result.dry_run = session.client.options().dry_run;
  result.cluster = session.cluster();
  const timing::Monotonic began = session.clock.monotonic();
  logBegin(session, command);
  if (const auto done = work(result); !done) {
    result.exit_code = done.error().code;
    result.reason = done.error().message;
    if (result.said != PassOutcome::kRefused) result.said.reset();
  }
  keepServerWarnings(session, result.warnings);
  result.duration = session.clock.monotonic() - began;
  logEnd(session, command, result.exit_code, toString(outcomeOf(result)), result.duration,
         result.reason);
  return result;
}

void keepServerWarnings(const Session& session, std::vector<std::string>& warnings) {
  for (const std::string& warning : session.client.serverWarnings()) {
    warnings.push_back("the API server warns: " + warning);
  }
}

void warn(Session& session, PassResult& result, const std::string& warning) {
  if (std::ranges::find(result.warnings, warning) != result.warnings.end()) return;
  session.log.warn(warning);
  result.warnings.push_back(warning);
}

}  // namespace job
