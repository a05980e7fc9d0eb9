#pragma once

#include "job/failure.h"
#include "job/pass/session.h"
#include "job/report/why_report.h"

namespace job {

/// Why the backup named in the settings, by its name or by that of one of its VolumeSnapshots, is
/// kept, goes, is gone or does not count: by what is there now and by the history. What can't be
/// read of either is a warning, as long as the other knows the name. One that nobody knows: 78, or
/// the code of what could not be read. Changes nothing.
Outcome<WhyReport> explainBackup(Session& session);

}  // namespace job
