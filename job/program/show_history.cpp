#include "job/program/show_history.h"

#include "common/json/write.h"
#include "job/pass/read_history.h"
#include "job/report/history_report.h"

namespace job {

Outcome<std::string> showHistory(Session& session) {
  auto history = findHistory(session);
  if (!history) return tl::unexpected(history.error());
  const HistoryReport report{.name_space = session.name_space,
                             .cluster = session.cluster(),
                             .exists = history->has_value(),
                             .history = std::move(*history).value_or(History())};
  if (session.settings.output == Output::kJson) return json::writePretty(toJson(report)) + "\n";
  return toTable(report, session.clock.now(), session.colours);
}

}  // namespace job
