#pragma once

#include "job/model/backup.h"
#include "job/model/packed_list.h"
#include "job/model/volume_snapshot.h"

namespace job {

/// For PackedList. Each model comes back as it was; a field that is added to one does not compile
/// until it is packed, too.
void pack(RecordWriter& record, const Backup& backup);  // begins with its name
void unpack(RecordReader& record, Backup& backup);
void pack(RecordWriter& record, const VolumeSnapshot& snapshot);  // begins with its backup_name
void unpack(RecordReader& record, VolumeSnapshot& snapshot);

using Backups = PackedList<Backup>;
using VolumeSnapshots = PackedList<VolumeSnapshot>;

}  // namespace job
