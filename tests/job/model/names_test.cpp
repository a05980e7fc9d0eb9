#include "job/model/names.h"

#include <gtest/gtest.h>

namespace job {
namespace {

TEST(NamesTest, TypesAreQualifiedAsTheApiNamesThem) {
  EXPECT_EQ(nooBaaType().qualifiedName(), "noobaas.noobaa.io");
  EXPECT_EQ(nooBaaType().apiVersion(), "noobaa.io/v1alpha1");
  EXPECT_EQ(volumeSnapshotType().qualifiedName(), "volumesnapshots.snapshot.storage.k8s.io");
  EXPECT_EQ(volumeSnapshotClassType().qualifiedName(),
            "volumesnapshotclasses.snapshot.storage.k8s.io");
  EXPECT_EQ(persistentVolumeClaimType().apiVersion(), "v1");
  EXPECT_EQ(storageClassType().qualifiedName(), "storageclasses.storage.k8s.io");
  EXPECT_EQ(selfSubjectRulesReviewType().qualifiedName(),
            "selfsubjectrulesreviews.authorization.k8s.io");
}

TEST(NamesTest, CnpgTypesTakeEitherGroup) {
  for (const std::string_view group : {kUpstreamCnpgGroup, kNooBaaCnpgGroup}) {
    const std::string suffix = "." + std::string(group);
    EXPECT_EQ(clusterType(group).qualifiedName(), "clusters" + suffix);
    EXPECT_EQ(backupType(group).qualifiedName(), "backups" + suffix);
    EXPECT_EQ(scheduledBackupType(group).qualifiedName(), "scheduledbackups" + suffix);
    EXPECT_EQ(scheduledBackupType(group).kind, "ScheduledBackup");
    EXPECT_EQ(clusterType(group).version, "v1");
  }
}

}  // namespace
}  // namespace job
