#pragma once

#include <optional>
#include <string>
#include <vector>

#include "job/decide/preflight.h"
#include "job/pass/configuration.h"
#include "job/pass/session.h"
#include "job/report/check_report.h"

namespace job {

/// What the checks so far have seen. A later one leaves out what it lacks: why is shown by then.
struct Seen {
  Configuration configuration;
  bool found_group = false;
  std::optional<std::vector<Backup>> in_flight;  // of the cluster
  bool over = false;                             // no further check makes sense
};

/// One check: looks, adds to what was seen, returns its lines; none when it lacks what it needs.
using Check = CheckLines (*)(Session& session, Seen& seen);

CheckLines checkApi(Session& session, Seen& seen);
/// The NooBaa CR, its configuration and the CronJob.
CheckLines checkSystem(Session& session, Seen& seen);
CheckLines checkCluster(Session& session, Seen& seen);
CheckLines checkRecovery(Session& session, Seen& seen);
CheckLines checkOtherSchedules(Session& session, Seen& seen);
CheckLines checkBackupsInFlight(Session& session, Seen& seen);
CheckLines checkRights(Session& session, Seen& seen);
CheckLines checkClasses(Session& session, Seen& seen);
CheckLines checkQuota(Session& session, Seen& seen);
/// Health, fences and who owns the snapshots, judged as preflight does.
CheckLines checkFitness(Session& session, Seen& seen);
CheckLines checkBackups(Session& session, Seen& seen);

/// A finding of preflight's as a line; `passes_by_itself` makes what a pass waits for a warning.
CheckLine lineOf(const std::string& name, const Finding& finding, bool passes_by_itself);

}  // namespace job
