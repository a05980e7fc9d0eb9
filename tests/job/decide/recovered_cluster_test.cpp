#include "job/decide/recovered_cluster.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/json/view.h"
#include "tests/job/recovery_objects.h"

namespace job {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class RecoveredClusterTest : public testing::Test {
 protected:
  RecoveredClusterTest() {
    source_.backup = "b";
    source_.data = "b";
    source_.data_uid = "uid-of-b";
    source_.manifest = aManifest();
    wishes_.group = "postgresql.cnpg.noobaa.io";
    wishes_.name_space = "noobaa";
    wishes_.name = "noobaa-db-pg-cluster";
  }

  json::Value made() { return recoveredCluster(source_, wishes_).object; }
  json::Value spec() { return made()["spec"]; }
  void editManifest(std::string_view patch) { source_.manifest = edited(source_.manifest, patch); }

  RecoverySource source_;
  RecoveredClusterWishes wishes_;
};

TEST_F(RecoveredClusterTest, IsTheManifestsClusterFromTheSnapshot) {
  wishes_.owner = parsed(R"({"kind": "NooBaa", "name": "noobaa", "uid": "u"})");
  EXPECT_EQ(made(), parsed(R"json({
    "apiVersion": "postgresql.cnpg.noobaa.io/v1",
    "kind": "Cluster",
    "metadata": {
      "name": "noobaa-db-pg-cluster", "namespace": "noobaa",
      "labels": {"app": "noobaa"},
      "annotations": {"example.com/cost-centre": "7",
                      "noobaa.io/db-recovery-source": "b/uid-of-b"},
      "ownerReferences": [{"kind": "NooBaa", "name": "noobaa", "uid": "u"}]
    },
    "spec": {
      "instances": 2,
      "imageCatalogRef": {"apiGroup": "postgresql.cnpg.noobaa.io", "kind": "ImageCatalog",
                          "name": "noobaa-db-pg-image-catalog", "major": 16},
      "inheritedMetadata": {"labels": {"app": "noobaa", "team": "storage"}},
      "storage": {"size": "50Gi", "storageClass": "csi-block"},
      "backup": {"target": "prefer-standby",
                 "volumeSnapshot": {"className": "csi-snapshots", "online": false}},
      "bootstrap": {"recovery": {"database": "nbcore", "owner": "noobaa", "volumeSnapshots": {
        "storage": {"apiGroup": "snapshot.storage.k8s.io", "kind": "VolumeSnapshot",
                    "name": "b"}}}}
    }
  })json"));
}

TEST_F(RecoveredClusterTest, NoStateOfTheOldClusterComesAlong) {
  editManifest(R"json({"metadata": {"annotations": {"cnpg.io/hibernation": "on",
    "cnpg.io/reconciliationLoop": "disabled", "noobaa.io/db-backup-run": "run-of-a-bootstrap"}}})json");
  const std::string text = json::write(made());
  for (const char* state : {"fencedInstances", "hibernation", "reconciliationLoop", "old-uid",
                            "resourceVersion", "managedFields", "old-noobaa-uid", "status",
                            "last-applied-configuration", "run-of-a-bootstrap"}) {
    EXPECT_THAT(text, Not(HasSubstr(state)));
  }
}

TEST_F(RecoveredClusterTest, NoWayToOtherDataComesAlong) {
  editManifest(R"json({"spec": {"externalClusters": [{"name": "x"}], "replica": {"enabled": true},
    "plugins": [{"name": "barman"}], "nodeMaintenanceWindow": {"inProgress": true},
    "bootstrap": {"recovery": {"source": "x"}}}})json");
  const json::Value made_spec = spec();
  for (const char* key : {"externalClusters", "replica", "plugins", "nodeMaintenanceWindow"}) {
    EXPECT_EQ(made_spec.object()->find(key), nullptr) << key;
  }
  EXPECT_THAT(json::write(made_spec), Not(HasSubstr("initdb")));
  EXPECT_THAT(json::write(made_spec), Not(HasSubstr("source\":\"x\"")));
}

TEST_F(RecoveredClusterTest, TheOldWalArchiveStaysAwayAndIsSpokenOf) {
  editManifest(R"json({"spec": {"backup": {"barmanObjectStore": {"destinationPath": "s3://x"},
    "retentionPolicy": "30d"}}})json");
  const RecoveredCluster recovered = recoveredCluster(source_, wishes_);
  EXPECT_THAT(json::write(recovered.object), Not(HasSubstr("s3://x")));
  EXPECT_THAT(recovered.warnings, ElementsAre(HasSubstr("barmanObjectStore")));
}

TEST_F(RecoveredClusterTest, TheDataVolumeIsTheGreatestOfAllSizes) {
  const auto size = [this] { return *spec()["storage"]["size"].string(); };
  EXPECT_EQ(size(), "50Gi");
  source_.restore_size = {{"b", "60Gi"}};
  EXPECT_EQ(size(), "60Gi");
  wishes_.least_data_sizes = {"", "70Gi", "65Gi"};
  EXPECT_EQ(size(), "70Gi");
  editManifest(R"({"spec": {"storage": {"size": "80Gi"}}})");
  EXPECT_EQ(size(), "80Gi");
}

TEST_F(RecoveredClusterTest, ASizeThatOnlyTheClaimTemplateNamesCounts) {
  source_.manifest["spec"]["storage"] =
      parsed(R"({"pvcTemplate": {"resources": {"requests": {"storage": "90Gi"}}}})");
  source_.restore_size = {{"b", "60Gi"}};
  EXPECT_EQ(*spec()["storage"]["size"].string(), "90Gi");
}

TEST_F(RecoveredClusterTest, TheSiblingsAreNamedAndSizedByTheirOwnSnapshots) {
  editManifest(R"json({"spec": {"walStorage": {"size": "10Gi"},
    "tablespaces": [{"name": "hot", "storage": {"size": "5Gi"}}]}})json");
  source_.wal = "b-wal";
  source_.tablespaces = {{"hot", "b-tbs-hot"}};
  source_.restore_size = {{"b", "50Gi"}, {"b-wal", "12Gi"}, {"b-tbs-hot", "6Gi"}};
  wishes_.least_data_sizes = {"100Gi"};
  json::Value made_spec = spec();
  EXPECT_EQ(*made_spec["walStorage"]["size"].string(), "12Gi");
  EXPECT_EQ(made_spec["tablespaces"],
            json::Value(json::Array{parsed(R"({"name": "hot", "storage": {"size": "6Gi"}})")}));
  json::Value& volumes = made_spec["bootstrap"]["recovery"]["volumeSnapshots"];
  EXPECT_EQ(*volumes["walStorage"]["name"].string(), "b-wal");
  EXPECT_EQ(*volumes["tablespaceStorage"]["hot"]["name"].string(), "b-tbs-hot");
}

TEST_F(RecoveredClusterTest, TheCatalogIsLookedForInTheGroupOfTheNewCluster) {
  wishes_.group = "postgresql.cnpg.io";
  EXPECT_EQ(*made()["apiVersion"].string(), "postgresql.cnpg.io/v1");
  EXPECT_EQ(*spec()["imageCatalogRef"]["apiGroup"].string(), "postgresql.cnpg.io");
}

TEST_F(RecoveredClusterTest, AThrowAwayIsFoundAndWatchedAndBackedUpByNobody) {
  editManifest(R"json({"spec": {"managed": {}, "superuserSecret": {"name": "s"},
    "certificates": {"serverCASecret": "s"}, "priorityClassName": "high", "minSyncReplicas": 1,
    "maxSyncReplicas": 1, "monitoring": {"enablePodMonitor": true},
    "postgresql": {"synchronous": {"number": 1}, "parameters": {"jit": "off"}},
    "affinity": {"podAntiAffinityType": "required", "topologyKey": "zone",
                 "nodeSelector": {"disk": "fast"}, "nodeAffinity": {"x": "y"},
                 "tolerations": [{"key": "storage"}]}}})json");
  wishes_.is_throw_away = true;
  wishes_.labels = {{"noobaa.io/db-backup-drill", "noobaa-db-pg-cluster"}};
  json::Value object = made();
  EXPECT_EQ(object["metadata"]["labels"],
            parsed(R"({"noobaa.io/db-backup-drill": "noobaa-db-pg-cluster"})"));
  EXPECT_EQ(object["metadata"]["annotations"],
            parsed(R"({"noobaa.io/db-recovery-source": "b/uid-of-b"})"));
  object["spec"].object()->erase("bootstrap");
  object["spec"].object()->erase("imageCatalogRef");
  EXPECT_EQ(object["spec"], parsed(R"json({
    "instances": 1, "enablePDB": false, "stopDelay": 30,
    "inheritedMetadata": {"labels": {"team": "storage"}},
    "storage": {"size": "50Gi", "storageClass": "csi-block"},
    "postgresql": {"parameters": {"jit": "off"}},
    "affinity": {"nodeSelector": {"disk": "fast"}, "nodeAffinity": {"x": "y"},
                 "tolerations": [{"key": "storage"}]}
  })json"));
}

TEST_F(RecoveredClusterTest, LabelsAndAnnotationsThatAreWishedForAreAdded) {
  wishes_.labels = {{"a", "1"}};
  wishes_.annotations = {{"b", "2"}};
  EXPECT_EQ(made()["metadata"]["labels"], parsed(R"({"app": "noobaa", "a": "1"})"));
  EXPECT_EQ(*made()["metadata"]["annotations"]["b"].string(), "2");
  EXPECT_THAT(recoveredCluster(source_, wishes_).warnings, IsEmpty());
}

}  // namespace
}  // namespace job
