#pragma once

#include <string>

#include "job/pass/catalogue.h"
#include "job/pass/configuration.h"

namespace job {

/// All backups, among them the one to verify.
struct Verified {
  Catalogue catalogue;
  bool out_of_time = false;  // its snapshots did not become ready while the session had patience
};

/// Reads what the API shows of the backup `name`. Snapshots that are not ready yet although their
/// Backup completed are waited for. What it is worth is the catalogue's to say.
Outcome<Verified> verifyBackup(Session& session, const Configuration& configuration,
                               const std::string& name);

}  // namespace job
