#include "job/pass/backup_now.h"

#include "job/pass/back_up.h"

namespace job {
namespace {

BackupRequest requestOf(const Settings& settings) {
  return {.on_demand = true,
          .name = settings.backup_name,
          .online = settings.online,
          .hold = settings.hold,
          .wait = !settings.no_wait};
}

}  // namespace

PassResult backUpNow(Session& session) {
  return backUp(session, requestOf(session.settings));
}

}  // namespace job
