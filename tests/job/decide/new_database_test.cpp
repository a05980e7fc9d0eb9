#include "job/decide/new_database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/job/recovery_objects.h"

namespace job {
namespace {

using testing::HasSubstr;

class NewDatabaseTest : public testing::Test {
 protected:
  NewDatabaseTest() {
    wishes_.group = "postgresql.cnpg.noobaa.io";
    wishes_.name_space = "noobaa";
    wishes_.name = "noobaa-db-pg-cluster";
    wishes_.system = "noobaa";
    wishes_.catalog = catalogOf({16});
  }
  static json::Value catalogOf(const std::vector<int>& majors) {
    json::Array images;
    for (const int major : majors) {
      images.push_back(json::Object{{"major", major}, {"image", "postgres"}});
    }
    return json::Object{{"spec", json::Object{{"images", std::move(images)}}}};
  }
  json::Value made() {
    auto object = newDatabase(spec_, wishes_);
    return object ? *std::move(object) : json::Value(object.error());
  }
  json::Value spec() { return made()["spec"]; }
  std::string refusal() {
    const auto object = newDatabase(spec_, wishes_);
    return object ? "" : object.error();
  }

  DatabaseSpec spec_;
  NewDatabase wishes_;
};

TEST_F(NewDatabaseTest, AnEmptyDatabaseIsWhatTheOperatorWouldMake) {
  wishes_.owner = parsed(R"({"kind": "NooBaa", "name": "noobaa"})");
  EXPECT_EQ(made(), parsed(R"json({
    "apiVersion": "postgresql.cnpg.noobaa.io/v1",
    "kind": "Cluster",
    "metadata": {"name": "noobaa-db-pg-cluster", "namespace": "noobaa",
                 "ownerReferences": [{"kind": "NooBaa", "name": "noobaa"}]},
    "spec": {
      "instances": 2,
      "imageCatalogRef": {"apiGroup": "postgresql.cnpg.noobaa.io", "kind": "ImageCatalog",
                          "name": "noobaa-db-pg-image-catalog", "major": 16},
      "bootstrap": {"initdb": {"database": "nbcore", "owner": "noobaa", "localeCollate": "C"}},
      "storage": {"size": "50Gi", "pvcTemplate": {"accessModes": ["ReadWriteOncePod"]}},
      "postgresql": {"parameters": {
        "huge_pages": "off", "checkpoint_completion_target": "0.9",
        "default_statistics_target": "100", "random_page_cost": "1.1",
        "effective_io_concurrency": "300", "min_wal_size": "2GB", "max_wal_size": "8GB",
        "jit": "off", "wal_compression": "lz4", "wal_level": "replica",
        "wal_sender_timeout": "60s", "wal_receiver_timeout": "60s",
        "pg_stat_statements.track": "all", "max_connections": "223"}},
      "inheritedMetadata": {"labels": {"app": "noobaa"}},
      "monitoring": {"tls": {"enabled": true}, "enablePodMonitor": true},
      "certificates": {"serverAltDNSNames": ["noobaa-db-pg", "noobaa-db-pg.noobaa",
                                             "noobaa-db-pg.noobaa.svc"]},
      "failoverDelay": 30
    }
  })json"));
}

TEST_F(NewDatabaseTest, TheCrDecidesWhatItSays) {
  spec_.instances = 3;
  spec_.min_volume_size = "80Gi";
  spec_.storage_class = "fast";
  spec_.read_write_once = true;
  spec_.resources = parsed(R"({"limits": {"cpu": "2"}})");
  spec_.parameters = parsed(R"({"jit": "on", "work_mem": "8MB"})");
  spec_.max_endpoints = 4;
  spec_.node_affinity = parsed(R"({"a": "b"})");
  spec_.topology_key = "zone";
  spec_.tolerations = parsed(R"([{"key": "storage"}])");
  spec_.priority_class = "high";
  spec_.pod_monitor = false;
  spec_.snapshot_class = "csi-snapshots";
  json::Value made_spec = spec();
  EXPECT_EQ(made_spec["instances"], json::Value(3));
  EXPECT_EQ(made_spec["storage"], parsed(R"({"size": "80Gi", "storageClass": "fast",
                                    "pvcTemplate": {"accessModes": ["ReadWriteOnce"]}})"));
  EXPECT_EQ(made_spec["resources"], spec_.resources);
  json::Value& parameters = made_spec["postgresql"]["parameters"];
  EXPECT_EQ(*parameters["jit"].string(), "on");
  EXPECT_EQ(*parameters["work_mem"].string(), "8MB");
  EXPECT_EQ(*parameters["max_connections"].string(), "383");
  EXPECT_EQ(made_spec["affinity"], parsed(R"({"nodeAffinity": {"a": "b"}, "topologyKey": "zone",
                                              "tolerations": [{"key": "storage"}]})"));
  EXPECT_EQ(*made_spec["priorityClassName"].string(), "high");
  EXPECT_EQ(made_spec["monitoring"], parsed(R"({"tls": {"enabled": true}})"));
  EXPECT_EQ(made_spec["backup"], parsed(R"({"volumeSnapshot": {"className": "csi-snapshots",
                                                               "online": false}})"));
}

TEST_F(NewDatabaseTest, TheVolumeIsNoSmallerThanTheOldOne) {
  spec_.min_volume_size = "50Gi";
  spec_.actual_volume_size = "200Gi";
  EXPECT_EQ(*spec()["storage"]["size"].string(), "200Gi");
}

TEST_F(NewDatabaseTest, TheCatalogsImageOfTheWantedMajorIsRun) {
  spec_.major = 17;
  spec_.current_major = 16;
  wishes_.catalog = catalogOf({16, 17});
  EXPECT_EQ(spec()["imageCatalogRef"]["major"], json::Value(17));
  spec_.major.reset();
  EXPECT_EQ(spec()["imageCatalogRef"]["major"], json::Value(16));
}

TEST_F(NewDatabaseTest, WithoutACatalogTheCrsImageIsRun) {
  wishes_.catalog = nullptr;
  spec_.image = "postgresql:16.4";
  EXPECT_EQ(*spec()["imageName"].string(), "postgresql:16.4");
}

TEST_F(NewDatabaseTest, AnImageThatNothingNamesIsAskedFor) {
  wishes_.catalog = nullptr;
  EXPECT_THAT(refusal(), HasSubstr("ImageCatalog noobaa-db-pg-image-catalog does not exist"));
  EXPECT_THAT(refusal(), HasSubstr("spec.dbSpec.image of the NooBaa CR is not set"));
}

TEST_F(NewDatabaseTest, ACatalogOfOtherMajorsAloneIsNotEnough) {
  spec_.major = 17;
  EXPECT_THAT(refusal(), HasSubstr("no image of PostgreSQL major 17"));
}

TEST_F(NewDatabaseTest, AnImageThatCnpgCannotTellTheMajorOfIsRefused) {
  wishes_.catalog = nullptr;
  spec_.image = "quay.io/sclorg/postgresql-16-c9s";
  EXPECT_THAT(refusal(), HasSubstr("has no tag that begins with its PostgreSQL major"));
}

TEST_F(NewDatabaseTest, AnImageOfAnotherMajorThanIsAskedForIsRefused) {
  wishes_.catalog = nullptr;
  spec_.image = "postgresql:16.4";
  spec_.major = 17;
  EXPECT_THAT(refusal(), HasSubstr("is of PostgreSQL major 16, but 17 is asked for"));
}

TEST_F(NewDatabaseTest, AnImportNamesTheOldServerAndItsSecret) {
  wishes_.import = ImportSource{.host = "old-db", .user = "noobaa", .secret = "old-db-secret"};
  json::Value made_spec = spec();
  EXPECT_EQ(made_spec["bootstrap"], parsed(R"json({"initdb": {
    "database": "nbcore", "owner": "noobaa", "localeCollate": "C",
    "import": {"type": "microservice", "databases": ["nbcore"],
               "source": {"externalCluster": "imported-server"}}}})json"));
  EXPECT_EQ(made_spec["externalClusters"], json::Value(json::Array{parsed(R"json({
    "name": "imported-server",
    "connectionParameters": {"host": "old-db", "user": "noobaa", "dbname": "nbcore"},
    "password": {"name": "old-db-secret", "key": "password"}})json")}));
}

TEST_F(NewDatabaseTest, ABackupsOtherVolumesAreAddedInTheDatasStorageClass) {
  spec_.storage_class = "fast";
  RecoverySource source;
  source.wal = "b-wal";
  source.tablespaces = {{"hot", "b-tbs-hot"}};
  json::Value cluster = withVolumesOf(made(), source);
  const json::Value storage =
      parsed(R"({"storageClass": "fast", "pvcTemplate": {"accessModes": ["ReadWriteOncePod"]}})");
  EXPECT_EQ(cluster["spec"]["walStorage"], storage);
  EXPECT_EQ(cluster["spec"]["tablespaces"],
            json::Value(json::Array{json::Object{{"name", "hot"}, {"storage", storage}}}));
  EXPECT_EQ(withVolumesOf(made(), RecoverySource()), made());
}

}  // namespace
}  // namespace job
