#include "job/model/database_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/job/json_objects.h"

namespace job {
namespace {

using testing::HasSubstr;

DatabaseSpec readSpec(std::string_view text) {
  auto spec = readDatabaseSpec(parsed(text));
  EXPECT_TRUE(spec) << spec.error().message();
  return spec ? *std::move(spec) : DatabaseSpec();
}

std::string problemOf(std::string_view text) {
  const auto spec = readDatabaseSpec(parsed(text));
  return spec ? "" : spec.error().message();
}

TEST(DatabaseSpecTest, ReadsWhatTheCrSaysOfItsDatabase) {
  const DatabaseSpec spec = readSpec(R"json({
    "metadata": {"annotations": {"noobaa.io/pvc_access_mode_rwo": "true",
                                 "noobaa.io/disable_db_default_monitoring": "true"}},
    "spec": {
      "affinity": {"nodeAffinity": {"a": "b"}, "topologyKey": "zone"},
      "tolerations": [{"key": "storage"}],
      "dbPriorityClassName": "high",
      "endpoints": {"maxCount": 4},
      "dbSpec": {"image": "postgresql:16.4", "postgresMajorVersion": 16, "instances": 3,
                 "dbMinVolumeSize": "80Gi", "dbStorageClass": "fast",
                 "dbResources": {"limits": {"cpu": "2"}}, "dbConf": {"jit": "off"},
                 "dbBackup": {"volumeSnapshot": {"volumeSnapshotClass": "csi"}}}},
    "status": {"dbStatus": {"actualVolumeSize": "100Gi", "currentPgMajorVersion": 15}}
  })json");
  EXPECT_EQ(spec.image, "postgresql:16.4");
  EXPECT_EQ(spec.major, 16);
  EXPECT_EQ(spec.instances, 3);
  EXPECT_EQ(spec.min_volume_size, "80Gi");
  EXPECT_EQ(spec.storage_class, "fast");
  EXPECT_EQ(spec.resources, parsed(R"({"limits": {"cpu": "2"}})"));
  EXPECT_EQ(spec.parameters, parsed(R"({"jit": "off"})"));
  EXPECT_EQ(spec.snapshot_class, "csi");
  EXPECT_EQ(spec.node_affinity, parsed(R"({"a": "b"})"));
  EXPECT_EQ(spec.topology_key, "zone");
  EXPECT_EQ(spec.tolerations, parsed(R"([{"key": "storage"}])"));
  EXPECT_EQ(spec.priority_class, "high");
  EXPECT_EQ(spec.max_endpoints, 4);
  EXPECT_TRUE(spec.read_write_once);
  EXPECT_FALSE(spec.pod_monitor);
  EXPECT_EQ(spec.actual_volume_size, "100Gi");
  EXPECT_EQ(spec.current_major, 15);
}

TEST(DatabaseSpecTest, ACrThatSaysNothingLeavesAllEmpty) {
  const DatabaseSpec spec = readSpec(R"({"spec": {"dbSpec": {}}})");
  EXPECT_EQ(spec.image, "");
  EXPECT_EQ(spec.wantedMajor(), std::nullopt);
  EXPECT_TRUE(spec.resources.isNull());
  EXPECT_FALSE(spec.read_write_once);
  EXPECT_TRUE(spec.pod_monitor);
}

TEST(DatabaseSpecTest, TheMajorThatIsAskedForBeatsTheOneThatRan) {
  EXPECT_EQ(readSpec(R"({"spec": {"dbSpec": {"postgresMajorVersion": 17}},
                         "status": {"dbStatus": {"currentPgMajorVersion": 16}}})")
                .wantedMajor(),
            17);
  EXPECT_EQ(readSpec(R"({"status": {"dbStatus": {"currentPgMajorVersion": 16}}})").wantedMajor(),
            16);
}

TEST(DatabaseSpecTest, TheFlatSnapshotClassIsReadToo) {
  EXPECT_EQ(readSpec(R"({"spec": {"dbSpec": {"dbBackup": {"volumeSnapshotClass": "csi"}}}})")
                .snapshot_class,
            "csi");
}

TEST(DatabaseSpecTest, WhatCannotBeMeantIsRefusedByItsPath) {
  EXPECT_THAT(problemOf(R"({"spec": {"dbSpec": {"instances": 0}}})"),
              HasSubstr(".spec.dbSpec.instances: must be 1 or more"));
  EXPECT_THAT(problemOf(R"({"spec": {"dbSpec": {"dbMinVolumeSize": "large"}}})"),
              HasSubstr(".spec.dbSpec.dbMinVolumeSize: must be a quantity"));
  EXPECT_THAT(problemOf(R"({"spec": {"dbSpec": {"dbConf": {"jit": 1}}}})"),
              HasSubstr(".spec.dbSpec.dbConf.jit"));
}

}  // namespace
}  // namespace job
