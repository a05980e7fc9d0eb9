#pragma once

#include "job/pass/session.h"
#include "job/report/drill_report.h"

namespace job {

/// `verify --restore`: makes a Cluster of one instance from a backup beside the live one, waits
/// until PostgreSQL answers, compares it with what the backup's certificate says, and removes it,
/// on a stop too; what a killed drill left is removed by the next.
DrillReport restoreDrill(Session& session);

}  // namespace job
