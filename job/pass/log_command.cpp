#include "job/pass/log_command.h"

#include "job/report/json_parts.h"

namespace job {
namespace {

logging::Level levelOf(ExitCode code) {
  switch (code) {
    case ExitCode::kDone:
      return logging::Level::kInfo;
    case ExitCode::kIncomplete:
    case ExitCode::kBusy:
    case ExitCode::kRefused:
    case ExitCode::kInterrupted:
      return logging::Level::kWarn;
    default:
      return logging::Level::kError;
  }
}

}  // namespace

void logBegin(Session& session, const std::string& command) {
  session.log.info(command + " begins", {{"program", session.client.options().user_agent},
                                         {"namespace", session.name_space},
                                         {"cluster", session.cluster()},
                                         {"runID", session.run_id},
                                         {"dryRun", session.client.options().dry_run}});
}

void logEnd(Session& session, const std::string& command, ExitCode code, std::string_view outcome,
            timing::Duration took, const std::string& why) {
  const k8s::Client::Counts& counts = session.client.counts();
  const auto end = [&](logging::Logger::Fields fields) {
    session.log.log(levelOf(code), command + " ended", fields);
  };
  const logging::Logger::Field exit_code{"exitCode", static_cast<std::int64_t>(code)};
  const logging::Logger::Field how{"outcome", outcome};
  const logging::Logger::Field seconds{"seconds", secondsOf(took)};
  const logging::Logger::Field requests{"requests", counts.requests};
  const logging::Logger::Field retries{"retries", counts.retries};
  if (why.empty() || session.log.format() == logging::Format::kText) {
    return end({exit_code, how, seconds, requests, retries});
  }
  end({exit_code, how, {"why", why}, seconds, requests, retries});
}

}  // namespace job
