#include "job/pass/go_on.h"

#include "job/decide/kubectl.h"
#include "job/model/names.h"

namespace job {

std::string followCommand(const Session& session, const Configuration& configuration,
                          const Backup& backup) {
  return kubectl(session.name_space, "get", backupType(configuration.group), backup.name) +
         " --watch";
}

std::string howItGoesOn(const Run& run, const Configuration& configuration, const Backup& backup) {
  // For whoever asked, a next pass is somebody else's business also where it would adopt the
  // Backup.
  if (!run.request.on_demand && !backup.held) return "the next pass adopts it";
  return "follow it with: " + followCommand(run.session, configuration, backup) +
         "; to verify and finish it, run the same command with the same flags and --run-id " +
         run.session.run_id;
}

}  // namespace job
