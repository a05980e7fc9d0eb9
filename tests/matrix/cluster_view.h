#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "common/k8s/client.h"
#include "tests/matrix/installation.h"

namespace matrix {

/// What a cluster shows of the worker's doings, read without the worker's own code.
struct ClusterView {
  struct Member {
    std::string name;
    std::string role;  // PG_DATA, PG_WAL
    std::string end;   // annotation cnpg.io/backupEndTime
    bool ready = false;
    bool deleting = false;
  };
  struct Backup {
    std::string name;
    std::string run;    // label noobaa.io/db-backup-run
    std::string phase;  // empty when there are only snapshots of it
    bool exists = false;
    bool deleting = false;
    std::vector<Member> members;

    const Member* data() const;
    /// Completed, with both members ready and an end.
    bool isGood() const;
  };
  struct Status {
    std::string last;
    std::string next;
    std::int64_t total = 0;
    std::vector<std::string> available;
  };

  std::vector<Backup> backups;  // by name
  std::string lease_holder;
  std::string fenced;  // the annotation's text; empty when there is none
  Status status;

  /// Oldest first, by when they ended.
  std::vector<Backup> good() const;
};

/// The error is for people.
tl::expected<ClusterView, std::string> viewCluster(k8s::Client& client,
                                                   const Installation& installation);

}  // namespace matrix
