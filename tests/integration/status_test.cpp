#include "common/json/parse.h"
#include "job/program/show_status.h"
#include "tests/integration/pass_fixture.h"
#include "tests/sim/kinds.h"

namespace job {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// `db-backup-status` of a cluster with one good backup, and that it leaves it alone.
class StatusTest : public PassTest {
 protected:
  StatusTest() {
    settings_.command = Command::kStatus;
    settings_.output = Output::kTable;
    world_.add(sim::aBackup("backup-20250114-020000").ours());
  }

  std::string show(Output output = Output::kTable) {
    settings_.output = output;
    const auto text = inSession("run-1", "pod-1", showStatus);
    EXPECT_TRUE(text) << text.error().message;
    EXPECT_THAT(writes(), IsEmpty());
    return text.value_or("");
  }
  Failure failure() {
    const auto text = inSession("run-1", "pod-1", showStatus);
    EXPECT_FALSE(text);
    return text ? Failure{} : text.error();
  }
  void forbid(const std::string& verb, const std::string& resource) {
    world_.server().forbid("admin", verb, resource);
  }
  std::string inCnpgGroup(const std::string& resource) const {
    return resource + "." + world_.shape().cnpg_group;
  }
};

constexpr const char* kGoodLine = "Last good backup:  23h59m ago";

TEST_F(StatusTest, NeedsNoRightToChangeAnything) {
  for (const char* verb : {"create", "update", "patch", "delete"}) {
    for (const std::string& resource :
         {std::string("volumesnapshots.snapshot.storage.k8s.io"), inCnpgGroup("backups"),
          inCnpgGroup("clusters"), std::string("noobaas.noobaa.io"),
          std::string("leases.coordination.k8s.io")}) {
      forbid(verb, resource);
    }
  }
  EXPECT_THAT(show(), AllOf(HasSubstr(kGoodLine), HasSubstr("offline"), Not(HasSubstr("Warning"))));
}

TEST_F(StatusTest, TellsWhatItCouldNotSeeAndShowsTheRest) {
  forbid("list", "persistentvolumeclaims");
  forbid("list", inCnpgGroup("clusters"));
  forbid("list", inCnpgGroup("scheduledbackups"));
  EXPECT_THAT(show(), AllOf(HasSubstr(kGoodLine),
                            HasSubstr("Warning: backups held by a Pending PVC are not shown: "),
                            HasSubstr("Warning: backups held by a Cluster are not shown: "),
                            HasSubstr("Warning: operators' schedules are not shown: ")));
}

TEST_F(StatusTest, ACronJobThatMayNotBeReadIsAWarning) {
  settings_.cron_job = "nightly";
  forbid("get", "cronjobs.batch");
  EXPECT_THAT(show(), AllOf(HasSubstr(kGoodLine), HasSubstr("Warning: "), HasSubstr("cronjobs")));
}

TEST_F(StatusTest, BackupsThatMayNotBeListedAreAFailureThatNamesTheRight) {
  forbid("list", "volumesnapshots.snapshot.storage.k8s.io");
  const Failure why = failure();
  EXPECT_EQ(why.code, ExitCode::kForbidden);
  EXPECT_THAT(why.message, HasSubstr("volumesnapshots"));
}

TEST_F(StatusTest, NeedsNoStatusInTheCr) {
  world_.editNoobaa([](json::Value& noobaa) { noobaa.object()->erase("status"); });
  EXPECT_THAT(show(), HasSubstr(kGoodLine));
}

TEST_F(StatusTest, ShowsTheBackupsOfAClusterThatIsGone) {
  world_.server().remove(world_.clusterRef());
  EXPECT_THAT(show(), AllOf(HasSubstr(kGoodLine), HasSubstr("backup-20250114-020000"),
                            HasSubstr("Warning: Cluster noobaa/noobaa-db-pg-cluster does not")));
  EXPECT_EQ(show(Output::kName), "backup-20250114-020000\n");
}

TEST_F(StatusTest, TellsADrillFromAnotherClusterThatComesFromABackup) {
  world_.addClusterFrom("copy", "backup-20250114-020000");
  EXPECT_THAT(show(), HasSubstr("held by a Cluster"));
  const k8s::ObjectRef copy{sim::clusterType(world_.shape().cnpg_group), world_.shape().name_space,
                            "copy"};
  world_.server().update(copy, [&](json::Value& cluster) {
    cluster["metadata"]["labels"][kDrillLabel] = world_.shape().clusterName();
  });
  EXPECT_THAT(show(), HasSubstr("held by a restore drill"));
}

TEST_F(StatusTest, ShowsTheBackupsThatAreLeftWhenNoneAreConfigured) {
  world_.editNoobaa(
      [](json::Value& noobaa) { noobaa["spec"]["dbSpec"].object()->erase("dbBackup"); });
  EXPECT_THAT(show(), AllOf(HasSubstr(kGoodLine), HasSubstr("none, there is no schedule"),
                            HasSubstr("1 good backup; 1 backup in all")));
  const auto object = json::parse(show(Output::kJson));
  ASSERT_TRUE(object);
  EXPECT_TRUE(object->object()->find("maxSnapshots")->isNull());
}

}  // namespace
}  // namespace job
