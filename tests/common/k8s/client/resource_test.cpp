#include "common/k8s/resource.h"

#include <gtest/gtest.h>

#include <string>

namespace k8s {
namespace {

const ResourceType kBackups{"postgresql.cnpg.io", "v1", "backups", "Backup"};

TEST(ResourceTest, PutsGroupNamespaceAndNameIntoThePath) {
  EXPECT_EQ(pathOf({kBackups, "noobaa", "backup-1"}),
            "/apis/postgresql.cnpg.io/v1/namespaces/noobaa/backups/backup-1");
}

TEST(ResourceTest, KeepsTheCoreGroupUnderApi) {
  EXPECT_EQ(pathOf({{"", "v1", "configmaps", "ConfigMap"}, "noobaa", ""}),
            "/api/v1/namespaces/noobaa/configmaps");
}

TEST(ResourceTest, LeavesTheNamespaceOutOfClusterScopedPaths) {
  EXPECT_EQ(pathOf({{"noobaa.io", "v1alpha1", "noobaas", "NooBaa"}, "", "noobaa"}, "status"),
            "/apis/noobaa.io/v1alpha1/noobaas/noobaa/status");
}

TEST(ResourceTest, KeepsLongNamesWhole) {
  const std::string name_space(63, 'n');
  const std::string name(63, 'o');
  EXPECT_EQ(pathOf({kBackups, name_space, name}),
            "/apis/postgresql.cnpg.io/v1/namespaces/" + name_space + "/backups/" + name);
}

TEST(ResourceTest, EncodesWhatWouldLeaveItsPathSegment) {
  EXPECT_EQ(pathOf({kBackups, "noobaa", "../a?b#c%41"}),
            "/apis/postgresql.cnpg.io/v1/namespaces/noobaa/backups/..%2Fa%3Fb%23c%2541");
}

TEST(ResourceTest, EncodesEverythingOutsideUnreserved) {
  EXPECT_EQ(percentEncode("AZaz09-._~"), "AZaz09-._~");
  EXPECT_EQ(percentEncode("app=db,env in (a, b)+\xC3\xA4"),
            "app%3Ddb%2Cenv%20in%20%28a%2C%20b%29%2B%C3%A4");
}

TEST(ResourceTest, NamesATypeAsRbacDoes) {
  EXPECT_EQ(kBackups.qualifiedName(), "backups.postgresql.cnpg.io");
  EXPECT_EQ((ResourceType{"", "v1", "configmaps", "ConfigMap"}.qualifiedName()), "configmaps");
}

}  // namespace
}  // namespace k8s
