#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/json/value.h"
#include "tests/sim/world.h"

namespace job {

/// A backup as somebody judges it who looks at the objects and has read docs/design.md, but shares
/// no line with job/: what the tests of safety hold the worker to. Knows volume-snapshot backups of
/// completed, failed and unfinished Backups with data and WAL volumes; times are RFC 3339 in UTC,
/// so they order as text.
struct SeenBackup {
  std::string name;
  std::string run;    // of ours, by label
  std::string phase;  // of the Backup; "gone" without one
  bool in_flight = false;
  bool going = false;  // a part of it is being deleted
  bool held = false;   // by annotation
  bool good = false;
  std::string begin;
  std::string end;
  std::string data;                          // its PG_DATA snapshot
  std::map<std::string, std::string> parts;  // the snapshots' names and uids
};

/// The backups of the world's Cluster by name. With `undone`, a snapshot or Backup is as given
/// there instead of as it is: for a look at the moment before a change.
std::map<std::string, SeenBackup> seenBackups(sim::World& world, const json::Value& undone = {});

/// The good ones, newest first.
std::vector<SeenBackup> goodNewestFirst(const std::map<std::string, SeenBackup>& backups);

}  // namespace job
