#include "job/decide/rights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/job/json_objects.h"

namespace job {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

constexpr auto kToBackUp = Right::Needed::kToBackUp;

const Right kCreateBackups{"create", "postgresql.cnpg.io", "backups", "", kToBackUp};
const Right kGetNooBaa{"get", "noobaa.io", "noobaas", "noobaa", kToBackUp};
const Right kPatchStatus{"patch", "noobaa.io", "noobaas/status", "noobaa", kToBackUp};
const Right kListClaims{"list", "", "persistentvolumeclaims", "", kToBackUp};

/// What is missing under one rule, e.g. {"verbs": ["*"], ...}.
std::vector<std::string> missingUnder(std::string_view rule, const std::vector<Right>& wanted) {
  json::Value review;
  review["status"]["resourceRules"] = json::Array{parsed(rule)};
  std::vector<std::string> missing;
  const std::vector<Right> rights = missingRights(review, wanted).value();
  for (const Right& right : rights) {
    missing.push_back(right.verb + " " + right.resource);
  }
  return missing;
}

TEST(RightsTest, AreGrantedByVerbGroupAndResource) {
  EXPECT_THAT(missingUnder(R"({"verbs": ["list", "create"], "apiGroups": ["postgresql.cnpg.io"],
                               "resources": ["clusters", "backups"]})",
                           {kCreateBackups}),
              IsEmpty());
}

TEST(RightsTest, AreMissingWhenTheVerbTheGroupOrTheResourceIsAnother) {
  EXPECT_THAT(missingUnder(R"({"verbs": ["list"], "apiGroups": ["postgresql.cnpg.io"],
                               "resources": ["backups"]})",
                           {kCreateBackups}),
              ElementsAre("create backups"));
  EXPECT_THAT(missingUnder(R"({"verbs": ["create"], "apiGroups": ["postgresql.cnpg.noobaa.io"],
                               "resources": ["backups"]})",
                           {kCreateBackups}),
              ElementsAre("create backups"));
  EXPECT_THAT(missingUnder(R"({"verbs": ["create"], "apiGroups": ["postgresql.cnpg.io"],
                               "resources": ["clusters"]})",
                           {kCreateBackups}),
              ElementsAre("create backups"));
}

TEST(RightsTest, AreGrantedByWildcards) {
  EXPECT_THAT(missingUnder(R"({"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]})",
                           {kCreateBackups, kGetNooBaa, kPatchStatus, kListClaims}),
              IsEmpty());
}

TEST(RightsTest, KnowTheCoreGroup) {
  EXPECT_THAT(missingUnder(R"({"verbs": ["list"], "apiGroups": [""],
                               "resources": ["persistentvolumeclaims"]})",
                           {kListClaims}),
              IsEmpty());
}

TEST(RightsTest, OnAnObjectDoNotIncludeItsStatus) {
  EXPECT_THAT(
      missingUnder(R"({"verbs": ["*"], "apiGroups": ["noobaa.io"], "resources": ["noobaas"]})",
                   {kPatchStatus}),
      ElementsAre("patch noobaas/status"));
  for (const char* resource : {"noobaas/status", "*/status"}) {
    EXPECT_THAT(missingUnder(R"({"verbs": ["*"], "apiGroups": ["noobaa.io"], "resources": [")" +
                                 std::string(resource) + "\"]}",
                             {kPatchStatus}),
                IsEmpty());
  }
}

TEST(RightsTest, UnderNamesAreOnThoseNamesOnly) {
  constexpr const char* kOther = R"({"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"],
                                     "resourceNames": ["other"]})";
  constexpr const char* kRight = R"({"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"],
                                     "resourceNames": ["other", "noobaa"]})";
  EXPECT_THAT(missingUnder(kOther, {kGetNooBaa}), ElementsAre("get noobaas"));
  EXPECT_THAT(missingUnder(kRight, {kGetNooBaa}), IsEmpty());
}

TEST(RightsTest, UnderNamesNeitherListNorCreate) {
  const Right create_named{"create", "coordination.k8s.io", "leases", "noobaa", kToBackUp};
  EXPECT_THAT(missingUnder(R"({"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"],
                               "resourceNames": ["noobaa"]})",
                           {kListClaims, create_named}),
              ElementsAre("list persistentvolumeclaims", "create leases"));
}

TEST(RightsTest, AddUpOverTheRules) {
  const json::Value review = parsed(R"({"status": {"incomplete": false, "resourceRules": [
    {"verbs": ["get"], "apiGroups": ["noobaa.io"], "resources": ["noobaas"]},
    {"verbs": ["create"], "apiGroups": ["postgresql.cnpg.io"], "resources": ["backups"]}]}})");
  EXPECT_THAT(missingRights(review, {kGetNooBaa, kCreateBackups}).value(), IsEmpty());
}

TEST(RightsTest, AreAllMissingWithoutRules) {
  EXPECT_EQ(missingRights(parsed(R"({"status": {"resourceRules": []}})"), {kGetNooBaa})->size(),
            1U);
}

TEST(RightsTest, AreNotJudgedByAnIncompleteAnswer) {
  EXPECT_FALSE(missingRights(parsed(R"({"status": {"incomplete": true, "resourceRules": []}})"),
                             {kGetNooBaa}));
  EXPECT_FALSE(missingRights(parsed("{}"), {kGetNooBaa}));
  EXPECT_FALSE(missingRights(parsed(R"({"status": {"resourceRules": "none"}})"), {kGetNooBaa}));
}

TEST(RightsTest, AreDescribedByVerbResourceAndNamespace) {
  EXPECT_EQ(describe(kCreateBackups, "noobaa"),
            "create backups.postgresql.cnpg.io in namespace noobaa");
  EXPECT_EQ(describe(kPatchStatus, "noobaa"),
            "patch noobaas.noobaa.io/status \"noobaa\" in namespace noobaa");
  EXPECT_EQ(describe(kListClaims, "noobaa"), "list persistentvolumeclaims in namespace noobaa");
}

class RightsOfPassTest : public testing::Test {
 protected:
  static PassScope scope() {
    return {.cnpg_group = "postgresql.cnpg.noobaa.io",
            .cluster = "pg",
            .system = "noobaa",
            .cron_job = ""};
  }
  static std::vector<std::string> described(Right::Needed needed, const PassScope& scope) {
    std::vector<std::string> texts;
    for (const Right& right : rightsOfPass(scope)) {
      if (right.needed != needed) continue;
      texts.push_back(right.verb + " " + right.resource +
                      (right.group.empty() ? "" : "." + right.group) +
                      (right.name.empty() ? "" : " " + right.name));
    }
    return texts;
  }
};

TEST_F(RightsOfPassTest, NameWhatABackupNeeds) {
  EXPECT_THAT(
      described(Right::Needed::kToBackUp, scope()),
      testing::UnorderedElementsAre(
          "get noobaas.noobaa.io noobaa", "get clusters.postgresql.cnpg.noobaa.io pg",
          "list clusters.postgresql.cnpg.noobaa.io pg",
          "watch clusters.postgresql.cnpg.noobaa.io pg", "get backups.postgresql.cnpg.noobaa.io",
          "get volumesnapshots.snapshot.storage.k8s.io",
          "watch volumesnapshots.snapshot.storage.k8s.io",
          "list scheduledbackups.postgresql.cnpg.noobaa.io",
          "list backups.postgresql.cnpg.noobaa.io", "watch backups.postgresql.cnpg.noobaa.io",
          "create backups.postgresql.cnpg.noobaa.io",
          "list volumesnapshots.snapshot.storage.k8s.io", "list persistentvolumeclaims",
          "get leases.coordination.k8s.io pg-db-backup", "create leases.coordination.k8s.io",
          "update leases.coordination.k8s.io pg-db-backup"));
}

TEST_F(RightsOfPassTest, NameWhatFinishingNeeds) {
  EXPECT_THAT(described(Right::Needed::kToFinish, scope()),
              testing::UnorderedElementsAre("patch volumesnapshots.snapshot.storage.k8s.io",
                                            "delete volumesnapshots.snapshot.storage.k8s.io",
                                            "delete backups.postgresql.cnpg.noobaa.io",
                                            "list clusters.postgresql.cnpg.noobaa.io",
                                            "patch noobaas/status.noobaa.io noobaa"));
}

TEST_F(RightsOfPassTest, LeaveOutWhatIsNotDone) {
  PassScope labelling = scope();
  labelling.prunes = false;
  EXPECT_THAT(described(Right::Needed::kToFinish, labelling),
              testing::ElementsAre("patch volumesnapshots.snapshot.storage.k8s.io"));
  labelling.labels = false;
  EXPECT_THAT(described(Right::Needed::kToFinish, labelling), testing::IsEmpty());
}

TEST_F(RightsOfPassTest, IncludeThePatchOfTheClusterOnlyWhenItIsDue) {
  constexpr const char* kPatch = "patch clusters.postgresql.cnpg.noobaa.io pg";
  PassScope patching = scope();
  patching.patches_cluster = true;
  EXPECT_THAT(described(kToBackUp, scope()), Not(Contains(kPatch)));
  EXPECT_THAT(described(kToBackUp, patching), Contains(kPatch));
}

TEST_F(RightsOfPassTest, IncludeThePatchOfSchedulesOnlyWhenSomeAreToBeSuspended) {
  constexpr const char* kPatch = "patch scheduledbackups.postgresql.cnpg.noobaa.io";
  PassScope suspending = scope();
  suspending.suspends_schedules = true;
  EXPECT_THAT(described(kToBackUp, scope()), Not(Contains(kPatch)));
  EXPECT_THAT(described(kToBackUp, suspending), Contains(kPatch));
}

TEST_F(RightsOfPassTest, IncludeThoseOnTheCronJobForSyncAlone) {
  PassScope syncing = scope();
  syncing.cron_job = "nightly";
  EXPECT_THAT(
      described(Right::Needed::kToSync, syncing),
      testing::UnorderedElementsAre("get cronjobs.batch nightly", "patch cronjobs.batch nightly"));
}

}  // namespace
}  // namespace job
