#pragma once

#include "common/time/instant.h"
#include "tests/sim/world.h"

namespace sim {

/// Five backups, each at two in the morning, a held and a failed one among them: more than
/// maxSnapshots, so that the first run prunes.
void addRecentNights(World& world, timing::Instant now);

/// So many good backups, one an hour back from `now`, each of one VolumeSnapshot of 20 KiB: what
/// large Clusters' weigh, as each holds the whole Cluster as text. A pass has judged them already.
/// The oldest `others` of them belong to another Cluster of the namespace.
void addHourlyBackups(World& world, timing::Instant now, int count, int others = 0);

}  // namespace sim
