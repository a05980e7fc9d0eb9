#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>

#include "job/model/names.h"
#include "tests/integration/deletion_guard.h"
#include "tests/integration/invariants.h"
#include "tests/integration/pass_process.h"
#include "tests/integration/scenario.h"
#include "tests/sim/fields.h"
#include "tests/sim/kinds.h"

// Somebody else acts while a pass is underway: at each of its requests, just before the server gets
// it. Then an undisturbed pass follows.

namespace job {
namespace {

using testing::Contains;
using testing::IsEmpty;

constexpr const char* kOldest = "backup-20250112-020000";
constexpr const char* kNewest = "backup-20250114-020000";

/// What one disturbed pass and the one after it are judged by.
struct Race {
  explicit Race(const Scenario& wanted)
      : scenario(wanted), world(wanted.options), guard(prepared(), wanted.max()) {}

  DeletionGuard& guardOf() { return guard; }
  sim::TestWorld& prepared() {
    scenario.prepare(world);
    writeTrueStatus(world, world.clock().now());
    known = seenBackups(world);
    return world;
  }

  Scenario scenario;
  sim::TestWorld world;
  std::map<std::string, SeenBackup> known;
  DeletionGuard guard;
};

/// From the last look at all snapshots to the delete: LIST snapshots, GET Backup, GET NooBaa,
/// DELETE.
constexpr int kWindow = 3;

/// Whoever acts.
struct Actor {
  std::string name;
  std::function<void(Race&)> act;
  std::set<int> exit_codes;  // of the pass beside it
  /// What he wants kept is looked at so many requests before a backup's first delete is sent, the
  /// delete included; before that it binds.
  int window = 0;
  /// He takes good copies away himself: then they are not the pass's to keep.
  bool destroys = false;
  /// Leaves it so that the next pass has something to do and can do it.
  bool next_can = true;
};

std::vector<FaultyTransport::Asked> requestsOf(const Scenario& scenario) {
  Race race(scenario);
  PassProcess undisturbed(race.world, "the-run");
  undisturbed.run();
  return undisturbed.wire().asked();
}

/// Comes the first delete of a backup within so many requests of this one?
bool isOnItsWay(const std::vector<FaultyTransport::Asked>& requests, int request, int window) {
  const auto from = requests.begin() + request;
  const auto until =
      requests.begin() + std::min<std::ptrdiff_t>(request + window, std::ssize(requests));
  return std::any_of(from, until, [](const FaultyTransport::Asked& asked) {
    return asked.what.starts_with("DELETE ");
  });
}

void expectHarmless(const Scenario& scenario, const Actor& actor) {
  const auto requests = requestsOf(scenario);
  for (int request = 0; request < std::ssize(requests); ++request) {
    Race race(scenario);
    sim::TestWorld& world = race.world;
    PassProcess pass(world, "the-run");
    std::string at;
    pass.before(request, [&](const k8s::HttpRequest& asked) {
      at = asked.method + " " + asked.target.substr(0, asked.target.find('?'));
      if (isOnItsWay(requests, request, actor.window)) race.guard.letPass(1);
      race.guard.others([&] { actor.act(race); });
    });
    const auto result = pass.run();
    SCOPED_TRACE(actor.name + " before request " + std::to_string(request) + ", " + at);
    ASSERT_TRUE(result);
    EXPECT_THAT(actor.exit_codes, Contains(static_cast<int>(result->exit_code))) << result->reason;
    EXPECT_TRUE(result->exit_code == ExitCode::kDone || !result->reason.empty());
    EXPECT_THAT(heldLease(world), IsEmpty());
    EXPECT_THAT(notOneBackup(world, "the-run", false), IsEmpty());
    world.advance(std::chrono::minutes(2));
    EXPECT_THAT(race.guard.violations(), IsEmpty());
    EXPECT_FALSE(goodNewestFirst(seenBackups(world)).empty());
    if (!actor.destroys) {
      EXPECT_THAT(lostCopies(world, race.known, std::min(race.guard.max(), scenario.max())),
                  IsEmpty());
    }

    PassProcess next(world, "next-run");
    const auto after = next.run();
    ASSERT_TRUE(after);
    const auto written = world.clock().now();
    if (actor.next_can) {
      EXPECT_EQ(after->exit_code, ExitCode::kDone) << after->reason;
      world.advance(std::chrono::minutes(2));
      EXPECT_THAT(untrueStatus(world, written), IsEmpty());
      EXPECT_THAT(needlessFence(world), IsEmpty());
    }
    EXPECT_THAT(heldLease(world), IsEmpty());
    EXPECT_THAT(race.guard.violations(), IsEmpty());
    EXPECT_FALSE(goodNewestFirst(seenBackups(world)).empty());
  }
}

Actor setsMax(int max) {
  return {.name = "maxSnapshots set to " + std::to_string(max),
          .act =
              [max](Race& race) {
                race.guard.setMax(max);
                race.world.editNoobaa([max](json::Value& noobaa) {
                  noobaa["spec"]["dbSpec"]["dbBackup"]["volumeSnapshot"]["maxSnapshots"] = max;
                });
              },
          .exit_codes = {0, 4},
          .window = 1};
}

TEST(RacesTest, MaxSnapshotsLoweredMeanwhile) {
  expectHarmless(pruning(), setsMax(1));
}
TEST(RacesTest, MaxSnapshotsRaisedMeanwhileKeepsWhatIsNotOnItsWay) {
  expectHarmless(pruning(), setsMax(5));
}

TEST(RacesTest, ScheduleEditedMeanwhile) {
  expectHarmless(pruning(), {.name = "schedule edited",
                             .act =
                                 [](Race& race) {
                                   race.world.editNoobaa([](json::Value& noobaa) {
                                     noobaa["spec"]["dbSpec"]["dbBackup"]["schedule"] =
                                         "00 2 * * *";
                                   });
                                 },
                             .exit_codes = {0}});
}

TEST(RacesTest, ClassEditedMeanwhile) {
  expectHarmless(
      pruning(),
      {.name = "class edited to one that does not exist",
       .act =
           [](Race& race) {
             race.world.editNoobaa([](json::Value& noobaa) {
               noobaa["spec"]["dbSpec"]["dbBackup"]["volumeSnapshot"]["volumeSnapshotClass"] =
                   "no-such-class";
             });
           },
       .exit_codes = {0, 6},
       .next_can = false});
}

TEST(RacesTest, DbBackupRemovedMeanwhileKeepsEverythingNotOnItsWay) {
  expectHarmless(pruning(), {.name = "dbBackup removed",
                             .act =
                                 [](Race& race) {
                                   race.guard.setMax(1000);
                                   race.world.editNoobaa([](json::Value& noobaa) {
                                     noobaa["spec"]["dbSpec"].object()->erase("dbBackup");
                                   });
                                 },
                             .exit_codes = {0},
                             .window = 1,
                             .next_can = false});
}

TEST(RacesTest, DbRecoverySetMeanwhileKeepsItsBackup) {
  expectHarmless(pruning(), {.name = "dbRecovery set",
                             .act =
                                 [](Race& race) {
                                   race.world.editNoobaa([](json::Value& noobaa) {
                                     noobaa["spec"]["dbSpec"]["dbRecovery"]["volumeSnapshotName"] =
                                         kOldest;
                                   });
                                 },
                             .exit_codes = {0},
                             .window = 1});
}

Actor holds(const std::string& what, std::function<k8s::ObjectRef(sim::World&)> ref) {
  return {.name = "a hold put on " + what,
          .act =
              [ref = std::move(ref)](Race& race) {
                race.world.server().update(ref(race.world), [](json::Value& object) {
                  object["metadata"]["annotations"][kHoldAnnotation] = "true";
                });
              },
          .exit_codes = {0, 4},
          .window = kWindow};
}

TEST(RacesTest, AHoldOnTheBackupMeanwhileKeepsIt) {
  expectHarmless(pruning(), holds("the oldest Backup",
                                  [](sim::World& world) { return world.backupRef(kOldest); }));
}
TEST(RacesTest, AHoldOnASnapshotMeanwhileKeepsItsBackup) {
  expectHarmless(pruning(), holds("a snapshot of the oldest backup",
                                  [](sim::World& world) { return world.snapshotRef(kOldest); }));
}

TEST(RacesTest, TheBackupInTheMakingDeletedMeanwhile) {
  expectHarmless(
      pruning(),
      {.name = "the Backup deleted",
       .act =
           [](Race& race) {
             for (const auto& [name, backup] : seenBackups(race.world)) {
               if (backup.run == "the-run") race.world.server().remove(race.world.backupRef(name));
             }
             race.world.editCluster([](json::Value& cluster) {
               sim::eraseAt(cluster, {"metadata", "annotations", kFencedInstancesAnnotation});
             });
           },
       .exit_codes = {0, 3, 4},
       .destroys = true});
}

TEST(RacesTest, AMemberOfTheNewBackupDeletedMeanwhile) {
  expectHarmless(pruning(),
                 {.name = "a member of the new backup deleted",
                  .act =
                      [](Race& race) {
                        for (const auto& [name, backup] : seenBackups(race.world)) {
                          if (backup.run == "the-run" && !backup.data.empty())
                            race.world.server().remove(race.world.snapshotRef(backup.data));
                        }
                      },
                  .exit_codes = {0, 3, 4, 124},
                  .window = kWindow,
                  .destroys = true});
}

TEST(RacesTest, AMemberOfAnOlderGoodBackupDeletedMeanwhileKeepsWhatStandsInForIt) {
  expectHarmless(
      pruning(),
      {.name = "a member of the newest older backup deleted",
       .act = [](Race& race) { race.world.server().remove(race.world.snapshotRef(kNewest)); },
       .exit_codes = {0, 4},
       .window = kWindow,
       .destroys = true});
}

TEST(RacesTest, ClusterBeingDeletedMeanwhile) {
  expectHarmless(pruning(), {.name = "the Cluster being deleted",
                             .act =
                                 [](Race& race) {
                                   race.world.editCluster([](json::Value& cluster) {
                                     cluster["metadata"]["finalizers"] =
                                         json::Array{"example.com/not-yet"};
                                   });
                                   race.world.server().remove(race.world.clusterRef());
                                 },
                             .exit_codes = {0, 3, 6},
                             .next_can = false});
}

TEST(RacesTest, ClusterDeletedMeanwhile) {
  expectHarmless(pruning(),
                 {.name = "the Cluster deleted",
                  .act = [](Race& race) { race.world.server().remove(race.world.clusterRef()); },
                  .exit_codes = {0, 3, 6, 78, 124},
                  .next_can = false});
}

TEST(RacesTest, SnapshotClassDeletedMeanwhile) {
  expectHarmless(pruning(),
                 {.name = "the snapshot class deleted",
                  .act =
                      [](Race& race) {
                        race.world.server().remove({sim::snapshotClassType(), "",
                                                    race.scenario.options.shape.snapshot_class});
                      },
                  .exit_codes = {0, 3, 6},
                  .next_can = false});
}

TEST(RacesTest, StatusClearedMeanwhile) {
  expectHarmless(pruning(), {.name = "the status cleared",
                             .act =
                                 [](Race& race) {
                                   race.world.editNoobaa([](json::Value& noobaa) {
                                     noobaa["status"]["dbStatus"].object()->erase("backupStatus");
                                   });
                                 },
                             .exit_codes = {0}});
}

TEST(RacesTest, StatusWrittenByTheOperatorMeanwhile) {
  expectHarmless(pruning(), {.name = "the status written",
                             .act =
                                 [](Race& race) {
                                   race.world.editNoobaa([](json::Value& noobaa) {
                                     json::Value& status =
                                         noobaa["status"]["dbStatus"]["backupStatus"];
                                     status["totalSnapshots"] = 7;
                                     status["availableSnapshots"] = json::Array{"nobodys"};
                                     status["lastBackupTime"] = "2025-01-01T00:00:00Z";
                                   });
                                 },
                             .exit_codes = {0}});
}

TEST(RacesTest, AForeignBackupBegunMeanwhile) {
  expectHarmless(pruning(), {.name = "a foreign Backup begun",
                             .act = [](Race& race) { race.world.startBackup("manual"); },
                             .exit_codes = {0}});
}

Actor jumps(std::chrono::seconds by) {
  return {.name = "the clock moved by " + std::to_string(by.count()) + " s",
          .act = [by](Race& race) { race.world.clock().jumpWall(by); },
          // Set back between the Backup's creation and its snapshots', it looks as if its name had
          // been used before.
          .exit_codes = by.count() < 0 ? std::set<int>{0, 3} : std::set<int>{0}};
}

TEST(RacesTest, ClockMovedAnHourMeanwhile) {
  expectHarmless(pruning(), jumps(std::chrono::hours(1)));
  expectHarmless(pruning(), jumps(-std::chrono::hours(1)));
}
TEST(RacesTest, ClockMovedADayMeanwhile) {
  expectHarmless(pruning(), jumps(std::chrono::hours(24)));
  expectHarmless(pruning(), jumps(-std::chrono::hours(24)));
}
TEST(RacesTest, ClockMovedAYearMeanwhile) {
  expectHarmless(pruning(), jumps(std::chrono::hours(24 * 365)));
  expectHarmless(pruning(), jumps(-std::chrono::hours(24 * 365)));
}

/// A whole other pass while the first one stands still, as one does whose node is frozen: by then
/// its Lease has lapsed.
void expectOneBackupBesideAFrozenPass(const Scenario& scenario, const std::string& other_run) {
  const auto requests = requestsOf(scenario);
  for (int request = 0; request < std::ssize(requests); ++request) {
    Race race(scenario);
    sim::TestWorld& world = race.world;
    PassProcess frozen(world, "the-run");
    PassProcess other(world, other_run);
    std::optional<PassResult> of_other;
    std::string at;
    frozen.before(request, [&](const k8s::HttpRequest& asked) {
      at = asked.method + " " + asked.target.substr(0, asked.target.find('?'));
      // Another second, and so another name for a Backup.
      world.advance(std::chrono::seconds(3));
      of_other = other.run();
    });
    const auto result = frozen.run();
    SCOPED_TRACE("frozen before request " + std::to_string(request) + ", " + at);
    ASSERT_TRUE(result && of_other);
    EXPECT_EQ(of_other->exit_code, ExitCode::kDone) << of_other->reason;
    EXPECT_THAT((std::set<int>{0, 4, 5}), Contains(static_cast<int>(result->exit_code)))
        << result->reason;
    if (result->exit_code == ExitCode::kBusy) {
      EXPECT_THAT(result->reason, testing::HasSubstr("taken over by another pass"));
    }
    world.advance(std::chrono::minutes(2));
    // The last look is one request before the POST; who is frozen just there makes his all the
    // same.
    if (at.find("POST") == std::string::npos || at.find("/backups") == std::string::npos) {
      EXPECT_THAT(notOneBackup(world, "the-run", other_run == "the-run"), IsEmpty());
      EXPECT_THAT(notOneBackup(world, other_run, false), IsEmpty());
    }
    EXPECT_THAT(heldLease(world), IsEmpty());
    EXPECT_THAT(needlessFence(world), IsEmpty());
    EXPECT_THAT(race.guard.violations(), IsEmpty());
    EXPECT_THAT(lostCopies(world, race.known, scenario.max()), IsEmpty());
    EXPECT_THAT(goneButOffered(world), IsEmpty());
  }
}

TEST(RacesTest, TwoProcessesOfOneRunMakeOneBackup) {
  expectOneBackupBesideAFrozenPass(pruning(), "the-run");
  expectOneBackupBesideAFrozenPass(nothingToPrune(), "the-run");
}
class IgnoringSink final : public k8s::ResponseSink {
 public:
  void onHead(const k8s::HttpResponseHead&) override {}
  bool onData(std::string_view) override { return true; }
};

TEST(RacesTest, AProxyThatRepeatsTheCreationMakesNoSecondBackup) {
  Race race(nothingToPrune());
  sim::TestWorld& world = race.world;
  const auto requests = requestsOf(nothingToPrune());
  const auto post = std::find_if(requests.begin(), requests.end(), [](const auto& asked) {
    return asked.what.starts_with("POST ") && asked.what.find("/backups?") != std::string::npos;
  });
  ASSERT_NE(post, requests.end());
  PassProcess pass(world, "the-run");
  pass.before(static_cast<int>(post - requests.begin()), [&](const k8s::HttpRequest& asked) {
    IgnoringSink nobody;
    world.transport().send(asked, nobody, timing::Deadline::never(), {});
  });
  const auto result = pass.run();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->exit_code, ExitCode::kDone) << result->reason;
  EXPECT_THAT(notOneBackup(world, "the-run", true), IsEmpty());
}

TEST(RacesTest, ALeaseTakenBeforeTheBackupIsMadeEndsThePassWithoutOne) {
  const auto requests = requestsOf(nothingToPrune());
  const auto numberOf = [&](const std::string& verb, const std::string& part) {
    const auto found = std::find_if(requests.begin(), requests.end(), [&](const auto& asked) {
      return asked.what.starts_with(verb) && asked.what.find(part) != std::string::npos;
    });
    return static_cast<int>(found - requests.begin());
  };
  const int held = numberOf("POST ", "/leases?");
  const int asked_again = numberOf("PUT ", "/leases/");
  ASSERT_LT(held, asked_again);
  ASSERT_LT(asked_again, numberOf("POST ", "/backups?"));
  for (int request = held + 1; request <= asked_again; ++request) {
    Race race(nothingToPrune());
    sim::TestWorld& world = race.world;
    PassProcess pass(world, "the-run");
    pass.before(request, [&](const k8s::HttpRequest&) {
      world.server().update(
          {{"coordination.k8s.io", "v1", "leases", "Lease"},
           world.shape().name_space,
           world.shape().clusterName() + "-db-backup"},
          [](json::Value& lease) { lease["spec"]["holderIdentity"] = "other/pod"; });
    });
    const auto result = pass.run();
    SCOPED_TRACE("before request " + std::to_string(request));
    ASSERT_TRUE(result);
    EXPECT_EQ(result->exit_code, ExitCode::kBusy) << result->reason;
    EXPECT_EQ(seenBackups(world).size(), race.known.size());
  }
}

TEST(RacesTest, PassesOfTwoRunsDoNotGetInEachOthersWay) {
  expectOneBackupBesideAFrozenPass(pruning(), "other-run");
}

}  // namespace
}  // namespace job
