#include "job/program/show_why.h"

#include "common/json/write.h"
#include "job/pass/explain_backup.h"

namespace job {

Outcome<std::string> showWhy(Session& session) {
  const auto report = explainBackup(session);
  if (!report) return tl::unexpected(report.error());
  if (session.settings.output == Output::kJson) return json::writePretty(toJson(*report)) + "\n";
  return toText(*report, session.clock.now());
}

}  // namespace job
