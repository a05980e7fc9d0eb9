#pragma once

#include <string>

#include "job/model/history_entry.h"
#include "job/pass/session.h"
#include "job/report/drill_report.h"
#include "job/report/pass_result.h"

namespace job {

/// Whether the history is told of the end of a command: not of a dry run or of a plan that is only
/// written, and of `sync` only where it moved a recovery, lest the rest be lost among its many.
bool isRecorded(const Settings& settings, const PassResult& result);
bool isRecorded(const Settings& settings, const DrillReport& report);

/// Adds a run to ConfigMap noobaa-db-backup-history of the session's namespace, which is made where
/// there is none, and takes the oldest runs of this Cluster out of it where they are too many, or
/// where the ConfigMap is full (1 MiB): with one request in general, a merge patch that adds a key,
/// so that passes that end at once do not get in each other's way. Takes at most 5 s in all, and 1
/// s once the session is stopped. What goes wrong is the text that is returned, a warning for
/// people; "" when all went well.
std::string recordHistory(Session& session, const HistoryEntry& entry);

}  // namespace job
