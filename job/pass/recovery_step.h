#pragma once

#include "job/pass/pass_lock.h"
#include "job/pass/recovery_look.h"
#include "job/pass/session.h"

namespace job {

/// What one step of a recovery came to.
struct RecoveryStep {
  RecoveryLook look;  // as it was found, or as the step left it
  /// Why recoveryStatus does not say so, where this account may not write it; "" otherwise. The
  /// recovery goes on without.
  std::string untold;
};

/// Does what can be done now and waits for nothing: looks, writes recoveryStatus, tells of it by an
/// Event where it changed, creates the Cluster when nothing is left of the old one. May be killed
/// anywhere and called again: what is found decides, and the Cluster says by its annotation
/// noobaa.io/db-recovery-source that it was made here, and from what. Deletes nothing.
Outcome<RecoveryStep> advanceRecovery(Session& session, PassLock& lock);

/// Would a step change anything, by this look?
bool changesSomething(const RecoveryLook& look);

/// Records why the recovery can't succeed or is refused as an Event, once for each reason as long
/// as the Event is kept. Says nothing of other looks.
void tellOfTrouble(Session& session, const RecoveryLook& look);

}  // namespace job
