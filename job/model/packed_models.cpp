#include "job/model/packed_models.h"

namespace job {
namespace {

// Each list of fields is both how a record is written and how it is read.

template <typename Record, typename Model>
void backupFields(Record& record, Model& backup) {
  auto& [name, uid, resource_version, cluster, method, online, has_label_file, phase, progress,
         error, instance, created, started, stopped, deleting, ours, run, held, scheduled_by] =
      backup;
  record.text(name);
  record.uid(uid);
  record.text(resource_version);
  record.shared(cluster);
  record.shared(method);
  record.small(online);
  record.small(has_label_file);
  record.shared(phase);
  record.small(progress);
  record.shared(error);
  record.shared(instance);
  record.time(created);
  record.time(started);
  record.time(stopped);
  record.small(deleting);
  record.small(ours);
  record.uid(run);
  record.small(held);
  record.shared(scheduled_by);
}

template <typename Record, typename Model>
void controlDataFields(Record& record, Model& control_data) {
  auto& [state, system_identifier, checkpoint] = control_data;
  record.shared(state);
  record.shared(system_identifier);
  if (!record.present(checkpoint)) return;
  auto& [timeline, lsn] = *checkpoint;
  record.number(timeline);
  record.number(lsn);
}

template <typename Record, typename Model>
void snapshotFields(Record& record, Model& snapshot) {
  auto& [name, uid, resource_version, cluster, backup_name, scheduled_by, role, tablespace,
         source_pvc, ready, error, restore_size, deleting, created, backup_start, backup_end,
         has_label_file, control_data, manifest_volumes, manifest_cluster_uid, ours, run, held,
         unreadable, recorded_verdict] = snapshot;
  record.text(backup_name);
  record.name(name);
  record.uid(uid);
  record.text(resource_version);
  record.shared(cluster);
  record.shared(scheduled_by);
  record.small(role);
  record.shared(tablespace);
  record.shared(source_pvc);
  record.small(ready);
  record.shared(error);
  record.shared(restore_size);
  record.small(deleting);
  record.time(created);
  record.time(backup_start);
  record.time(backup_end);
  record.small(has_label_file);
  if (record.present(control_data)) controlDataFields(record, *control_data);
  if (record.present(manifest_volumes)) {
    auto& [wal, tablespaces] = *manifest_volumes;
    record.small(wal);
    record.sharedSet(tablespaces);
  }
  record.shared(manifest_cluster_uid);
  record.small(ours);
  record.uid(run);
  record.small(held);
  record.small(unreadable);
  record.shared(recorded_verdict);
}

}  // namespace

void pack(RecordWriter& record, const Backup& backup) {
  backupFields(record, backup);
}

void unpack(RecordReader& record, Backup& backup) {
  backupFields(record, backup);
}

void pack(RecordWriter& record, const VolumeSnapshot& snapshot) {
  snapshotFields(record, snapshot);
}

void unpack(RecordReader& record, VolumeSnapshot& snapshot) {
  snapshotFields(record, snapshot);
}

}  // namespace job
