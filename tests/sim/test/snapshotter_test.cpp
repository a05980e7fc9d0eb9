#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/fields.h"
#include "tests/sim/object_meta.h"
#include "tests/sim/test_world.h"

namespace sim {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kName = "snap";

json::Value aSnapshot(const std::string& snapshot_class) {
  return json::Object{{"apiVersion", snapshotType().apiVersion()},
                      {"kind", "VolumeSnapshot"},
                      {"metadata", json::Object{{"name", kName}, {"namespace", "noobaa"}}},
                      {"spec", json::Object{{"source", json::Object{{"persistentVolumeClaimName",
                                                                     "noobaa-db-pg-cluster-2"}}},
                                            {"volumeSnapshotClassName", snapshot_class}}}};
}

class SnapshotterTest : public testing::Test {
 protected:
  void createSnapshot() { world_.server().create(aSnapshot(world_.shape().snapshot_class)); }
  bool isReady() const { return flagAt(world_.snapshot(kName), {"status", "readyToUse"}); }
  std::size_t contents() { return world_.server().list(snapshotContentType(), "").size(); }

  TestWorld world_;
};

TEST_F(SnapshotterTest, BindsAContentFirstAndIsReadyLater) {
  createSnapshot();
  world_.advance(seconds(2));
  EXPECT_TRUE(hasAt(world_.snapshot(kName), {"status", "boundVolumeSnapshotContentName"}));
  EXPECT_TRUE(hasAt(world_.snapshot(kName), {"status", "creationTime"}));
  EXPECT_EQ(textAt(world_.snapshot(kName), {"status", "restoreSize"}), "50Gi");
  EXPECT_FALSE(isReady());
  world_.advance(seconds(3));
  EXPECT_TRUE(isReady());
}

TEST_F(SnapshotterTest, ProtectsTheSnapshotByFinalizers) {
  createSnapshot();
  world_.advance(seconds(1));
  EXPECT_THAT(finalizersOf(world_.snapshot(kName)),
              ElementsAre("snapshot.storage.kubernetes.io/volumesnapshot-as-source-protection",
                          "snapshot.storage.kubernetes.io/volumesnapshot-bound-protection"));
}

TEST_F(SnapshotterTest, ReportsAMissingClassAndGoesOnWhenItComes) {
  world_.server().create(aSnapshot("absent"));
  world_.advance(seconds(2));
  EXPECT_THAT(textAt(world_.snapshot(kName), {"status", "error", "message"}),
              HasSubstr("Failed to get snapshot class with error"));
  Shape shape;
  shape.snapshot_class = "absent";
  world_.server().create(snapshotClassObject(shape));
  world_.advance(seconds(20));
  EXPECT_TRUE(isReady());
  EXPECT_FALSE(hasAt(world_.snapshot(kName), {"status", "error"}));
}

TEST_F(SnapshotterTest, RemovesSnapshotAndContentAWhileAfterTheDeletion) {
  createSnapshot();
  world_.advance(seconds(5));
  world_.server().remove(world_.snapshotRef(kName));
  EXPECT_TRUE(isTerminating(world_.snapshot(kName)));
  world_.advance(seconds(2));
  EXPECT_THAT(world_.snapshotNames(), IsEmpty());
  EXPECT_EQ(contents(), 0U);
}

TEST_F(SnapshotterTest, KeepsTheContentOfAClassThatRetains) {
  world_.server().update({snapshotClassType(), "", world_.shape().snapshot_class},
                         [](json::Value& object) { object["deletionPolicy"] = "Retain"; });
  createSnapshot();
  world_.advance(seconds(5));
  world_.server().remove(world_.snapshotRef(kName));
  world_.advance(seconds(2));
  EXPECT_THAT(world_.snapshotNames(), IsEmpty());
  EXPECT_EQ(contents(), 1U);
}

TEST_F(SnapshotterTest, APendingClaimHoldsTheDeletionUp) {
  createSnapshot();
  world_.advance(seconds(5));
  world_.addPendingClaim("restore", kName);
  world_.server().remove(world_.snapshotRef(kName));
  world_.advance(minutes(1));
  EXPECT_TRUE(isTerminating(world_.snapshot(kName)));
  world_.server().remove(world_.claimRef("restore"));
  world_.advance(seconds(20));
  EXPECT_THAT(world_.snapshotNames(), IsEmpty());
}

TEST_F(SnapshotterTest, ErrsOnlyWhereToldAndAsOftenAsTold) {
  world_.faults().snapshot_errors = {{.message = "no", .times = 1, .suffix = "-wal"}};
  createSnapshot();
  world_.advance(seconds(5));
  EXPECT_TRUE(isReady());
}

TEST_F(SnapshotterTest, IsReadyAsLateAsTold) {
  world_.faults().ready_after = minutes(5);
  createSnapshot();
  world_.advance(minutes(5));
  EXPECT_FALSE(isReady());
  world_.advance(seconds(2));
  EXPECT_TRUE(isReady());
}

TEST_F(SnapshotterTest, DoesNothingWhileItsDriverIsSilent) {
  world_.faults().driver_silent = true;
  createSnapshot();
  world_.advance(minutes(5));
  EXPECT_FALSE(hasAt(world_.snapshot(kName), {"status"}));
}

}  // namespace
}  // namespace sim
