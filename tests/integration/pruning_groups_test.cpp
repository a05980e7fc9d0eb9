#include <algorithm>
#include <map>

#include "job/pass/prune.h"
#include "tests/integration/pass_fixture.h"
#include "tests/job/builders.h"

// A backup is removed as a whole or not at all, whatever its parts are and wherever a pass ends.

namespace job {
namespace {

/// A backup of so many volumes, and everything that may hold a part of it.
struct Needed {
  BackupGroup group;
  References references;
};

/// In all ways that decidePrune() knows: each part by annotation, each member by dbRecovery or by a
/// Cluster, the Backup by a Cluster; and not at all, which comes first.
std::vector<Needed> allWaysToNeed(const std::string& name, int minute, int volumes) {
  const BackupGroup whole = [&] {
    BackupGroup group = aGoodGroup(name, minute);
    if (volumes > 1) group.members.push_back(aSnapshot(name).wal());
    if (volumes > 2) group.members.push_back(aSnapshot(name).tablespace("hot"));
    return group;
  }();
  std::vector<Needed> all = {{whole, {}}, {whole, {}}, {whole, {}}};
  all[1].group.backup->held = true;
  all[2].references.cluster_backups = {name};
  for (std::size_t i = 0; i < whole.members.size(); ++i) {
    all.push_back({whole, {}});
    all.back().group.members[i].held = true;
    all.push_back({whole, {}});
    all.back().references.recovery_snapshots = {whole.members[i].name};
    all.push_back({whole, {}});
    all.back().references.cluster_snapshots = {whole.members[i].name};
  }
  return all;
}

bool isNeeded(const Needed& needed) {
  return holdOf(needed.group, needed.references) != Hold::kNone;
}

Configuration configurationFor(const std::vector<const Needed*>& pool, std::int64_t max) {
  Configuration configuration;
  configuration.policy = BackupPolicy{.snapshot_class = "csi", .max_snapshots = max};
  configuration.cluster = aCluster();
  BootstrapReferences& bootstrap = configuration.cluster->bootstrap;
  for (const Needed* needed : pool) {
    const References& references = needed->references;
    for (const std::string& name : references.recovery_snapshots)
      configuration.system.recovery_snapshot = name;
    bootstrap.snapshots.insert(bootstrap.snapshots.end(), references.cluster_snapshots.begin(),
                               references.cluster_snapshots.end());
    for (const std::string& name : references.cluster_backups) bootstrap.backup = name;
  }
  return configuration;
}

Catalogue catalogueOf(const std::vector<const Needed*>& pool) {
  Catalogue catalogue;
  for (const Needed* needed : pool) {
    catalogue.groups.push_back({needed->group, judge(needed->group, VolumeSet())});
  }
  return catalogue;
}

/// Of the three only the newest fits; what is needed stays besides.
void expectWholeGroupsDecided(const std::vector<const Needed*>& pool) {
  const Catalogue catalogue = catalogueOf(pool);
  const PrunePlan plan = decidePrune(configurationFor(pool, 1), catalogue, "", atMinute(1000));
  ASSERT_EQ(plan.decisions.size(), pool.size());
  bool newest = true;
  for (std::size_t i = pool.size(); i-- > 0;) {
    const bool needed = isNeeded(*pool[i]);
    ASSERT_EQ(plan.decisions[i].name, pool[i]->group.name);
    ASSERT_EQ(plan.decisions[i].remove, !needed && !newest)
        << "group " << i << " of " << pool.size() << ": " << toString(plan.decisions[i].reason);
    newest = newest && needed;
  }
}

TEST(PruningGroupsTest, ANeedForAnyPartKeepsTheWholeBackup) {
  std::vector<std::vector<Needed>> nights(3);
  for (int night = 0; night < 3; ++night) {
    for (const int volumes : {1, 2, 3}) {
      auto all = allWaysToNeed(std::string(1, static_cast<char>('a' + night)), night, volumes);
      std::move(all.begin(), all.end(),
                std::back_inserter(nights[static_cast<std::size_t>(night)]));
    }
  }
  for (const Needed& a : nights[0]) {
    for (const Needed& b : nights[1]) {
      for (const Needed& c : nights[2]) {
        // There is one dbRecovery and one Cluster that may name one Backup.
        const auto named = [&](auto names) {
          return (a.references.*names).size() + (b.references.*names).size() +
                 (c.references.*names).size();
        };
        if (named(&References::recovery_snapshots) > 1 || named(&References::cluster_backups) > 1)
          continue;
        expectWholeGroupsDecided({&a, &b, &c});
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST(PruningGroupsTest, TheVerifiedBackupStaysHoweverOldItLooks) {
  const Needed verified{aGoodGroup("a", 0), {}};
  const Needed newer{aGoodGroup("b", 1), {}};
  const PrunePlan plan =
      decidePrune(configurationFor({}, 1), catalogueOf({&verified, &newer}), "a", atMinute(1000));
  EXPECT_THAT(plan.removals(), testing::IsEmpty());
}

/// A cluster of its own with a backup of each kind, oldest first, and three good ones after them.
class Nights : public PassTest {
 public:
  Nights() {
    add([](sim::PastBackup& b) { b.withWal().withTablespace("hot"); });
    add([](sim::PastBackup& b) { b.withWal(); });
    add([](sim::PastBackup& b) { b.withWal().withoutBackupObject(); });
    add([](sim::PastBackup& b) { b.withWal().held(); });
    add([](sim::PastBackup& b) { b.withWal().onlyBackupHeld(); });
    add([](sim::PastBackup& b) { b.withWal().failed(); });
    add([](sim::PastBackup& b) { b.failedWithoutSnapshots(); });
    add([](sim::PastBackup& b) { b.withoutWalMember(); });
    add([](sim::PastBackup& b) { b.withoutSnapshots(); });
    add([](sim::PastBackup& b) { b.withWal().unclean(); });
    add([](sim::PastBackup& b) { b.withWal().withUnreadableTime(); });
    for (int i = 0; i < 3; ++i) add([](sim::PastBackup&) {});
    // Nothing but the live Cluster says what this one should have, and that has no WAL volume.
    for (const std::string& snapshot : {nights_[1], nights_[1] + "-wal"}) {
      world_.server().update(world_.snapshotRef(snapshot), [](json::Value& object) {
        object["metadata"]["annotations"].object()->erase(std::string(kClusterManifestAnnotation));
      });
    }
    before_ = parts();
  }
  void TestBody() override {}

  /// The names of what there is of each of these backups.
  std::map<std::string, std::vector<std::string>> parts() const {
    std::map<std::string, std::vector<std::string>> parts;
    for (const std::string& night : nights_) {
      std::vector<std::string>& of_night = parts[night];
      if (!world_.backup(night).isNull()) of_night.push_back("Backup");
      for (const std::string& snapshot : world_.snapshotNames()) {
        if (snapshot.starts_with(night)) of_night.push_back(snapshot);
      }
    }
    return parts;
  }

  /// Those of which a part is gone and a part is left.
  std::vector<std::string> halves() const {
    std::vector<std::string> halves;
    for (const auto& [night, now] : parts()) {
      if (!now.empty() && now != before_.at(night)) halves.push_back(night);
    }
    return halves;
  }

  /// The API server is gone for a pass from its so manieth delete on.
  PassResult runUntilDelete(int number) {
    int deletes = 0;
    transport_.intercept([&](const k8s::HttpRequest& request, int,
                             bool acted) -> tl::expected<void, k8s::TransportError> {
      if (request.method == "DELETE" && !acted) ++deletes;
      if (deletes < number) return {};
      return tl::unexpected(
          k8s::TransportError{k8s::TransportError::Kind::kBroken, "connection reset", true});
    });
    PassResult result = run();
    transport_.intercept({});
    world_.advance(std::chrono::minutes(1));  // snapshots go asynchronously
    deletes_ = deletes;
    return result;
  }

  PassResult runUndisturbed() {
    PassResult result = run("run-2", "pod-2");
    world_.advance(std::chrono::minutes(1));
    return result;
  }

  /// Those judged good as they are now.
  std::vector<std::string> good() const {
    std::vector<Backup> backups;
    for (const std::string& name : world_.backupNames())
      backups.push_back(readBackup(world_.backup(name)).value());
    std::vector<VolumeSnapshot> snapshots;
    for (const std::string& name : world_.snapshotNames())
      snapshots.push_back(readVolumeSnapshot(world_.snapshot(name)).value());
    std::vector<std::string> good;
    for (const BackupGroup& group :
         BackupGroups(backups, snapshots, world_.shape().clusterName())) {
      if (isGood(judge(group, VolumeSet()).verdict)) good.push_back(group.name);
    }
    return good;
  }

  int deletes_ = 0;

 private:
  template <typename Describe>
  void add(Describe describe) {
    const auto day = std::to_string(101 + nights_.size()).substr(1);
    nights_.push_back("backup-202501" + day + "-020000");
    auto backup = sim::aBackup(nights_.back());
    describe(backup.ours());
    world_.add(backup);
  }

  std::vector<std::string> nights_;
  std::map<std::string, std::vector<std::string>> before_;
};

TEST(PruningGroupsTest, APassRemovesWholeBackupsOnly) {
  Nights nights;
  const PassResult result = nights.runUndisturbed();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_THAT(nights.halves(), testing::IsEmpty());
  EXPECT_THAT(result.pruned, testing::SizeIs(9));
  EXPECT_THAT(result.held, testing::SizeIs(2));
}

TEST(PruningGroupsTest, APassThatEndsAtAnyDeleteLeavesNoHalfToTheNext) {
  int number = 1;
  int halves = 0;
  for (bool disturbed = true; disturbed; ++number) {
    Nights nights;
    nights.runUntilDelete(number);
    disturbed = nights.deletes_ >= number;
    for (const std::string& half : nights.halves()) {
      EXPECT_THAT(nights.good(), testing::Not(testing::Contains(half))) << number;
      ++halves;
    }
    const PassResult result = nights.runUndisturbed();
    EXPECT_EQ(result.exit_code, ExitCode::kDone) << number << ": " << result.reason;
    EXPECT_THAT(nights.halves(), testing::IsEmpty()) << "ended at delete " << number;
  }
  EXPECT_GT(halves, 9);
}

}  // namespace
}  // namespace job
