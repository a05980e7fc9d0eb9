#pragma once

#include <optional>
#include <string>
#include <vector>

#include "job/decide/judged_groups.h"

namespace job {

/// Pure: the verdict of each backup of a cluster, in place. Besides what judge() sees in a backup
/// by itself, one that would be certified must not lie before another certified one that ended
/// earlier, by timeline and position of the latest checkpoint: a standby that fell behind shuts
/// down cleanly too, and its backups would displace newer data. Such a backup is uncertified; as
/// long as no newer one is certified, retention keeps the newest certified one besides.
///
/// Compared are backups of one Cluster object and one system identifier only: a recovered, imported
/// or upgraded database begins another history. A backup whose own annotation says that it was
/// certified was compared when it was new; clocks that were moved since do not undo that.
void judgeBackups(JudgedGroups& groups, const std::optional<VolumeSet>& live);

/// Pure: what is odd about the good backup `name` beside the good one before it, for people: it is
/// of another database (system identifier), or its database stood still for long.
std::vector<std::string> doubtsAbout(const JudgedGroups& groups, const std::string& name);

}  // namespace job
