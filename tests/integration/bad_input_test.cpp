#include "tests/integration/pass_fixture.h"

namespace job {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

/// Whatever is wrong with what the pass is given: the code, one line with object, path, value and
/// cure. No Backup is made and nothing is deleted or changed but our own Lease, the status and an
/// Event that says why.
class BadInputTest : public PassTest {
 protected:
  PassResult refused(ExitCode code) {
    PassResult result = run();
    EXPECT_EQ(result.exit_code, code) << result.reason;
    EXPECT_THAT(changes(), IsEmpty());
    EXPECT_THAT(result.reason, testing::Not(HasSubstr("\n")));
    return result;
  }
  std::vector<std::string> changes() {
    std::vector<std::string> found;
    for (const std::string& line : writes()) {
      const bool bookkeeping = line.find("/leases") != std::string::npos ||
                               line.find("/events?") != std::string::npos ||
                               line.find("/status?") != std::string::npos;
      if (!bookkeeping) found.push_back(line);
    }
    return found;
  }
  void editBackup(const std::function<void(json::Value&)>& edit) {
    world_.editNoobaa([&](json::Value& noobaa) { edit(noobaa["spec"]["dbSpec"]["dbBackup"]); });
  }
};

TEST_F(BadInputTest, AnInvalidCrLeavesNoTraceAtAll) {
  editBackup([](json::Value& backup) { backup["schedule"] = "@reboot"; });
  EXPECT_EQ(run().exit_code, ExitCode::kConfiguration);
  EXPECT_THAT(writes(), IsEmpty());
}

TEST_F(BadInputTest, AMissingSystemIsNamed) {
  settings_.system = "other";
  EXPECT_THAT(refused(ExitCode::kConfiguration).reason,
              AllOf(HasSubstr("NooBaa noobaa/other does not exist"), HasSubstr("--system")));
}

TEST_F(BadInputTest, AScheduleThatTheCrdAdmitsButIsNoneIsNamedWithPathAndValue) {
  editBackup([](json::Value& backup) { backup["schedule"] = "12345"; });
  EXPECT_THAT(refused(ExitCode::kConfiguration).reason,
              AllOf(HasSubstr(".spec.dbSpec.dbBackup.schedule"), HasSubstr("12345")));
}

TEST_F(BadInputTest, AClassThatDoesNotExistIsNamed) {
  editBackup([](json::Value& backup) {
    backup["volumeSnapshot"]["volumeSnapshotClass"] = "no-such-class";
  });
  EXPECT_THAT(refused(ExitCode::kRefused).reason, HasSubstr("no-such-class"));
}

TEST_F(BadInputTest, AClassOfAnotherDriverIsRefused) {
  world_.server().update(
      {volumeSnapshotClassType(), "", world_.shape().snapshot_class},
      [](json::Value& snapshot_class) { snapshot_class["driver"] = "other.example.com"; });
  EXPECT_THAT(refused(ExitCode::kRefused).reason, HasSubstr("other.example.com"));
}

TEST_F(BadInputTest, AMissingClusterIsRefused) {
  settings_.cluster = "other-cluster";
  EXPECT_THAT(refused(ExitCode::kRefused).reason,
              AllOf(HasSubstr("other-cluster"), HasSubstr("--cluster")));
}

TEST_F(BadInputTest, AnExternalDatabaseIsNothingToDo) {
  world_.editNoobaa([](json::Value& noobaa) { noobaa["spec"]["externalPgSecret"]["name"] = "pg"; });
  const PassResult result = refused(ExitCode::kDone);
  EXPECT_EQ(outcomeOf(result), PassOutcome::kNothingToDo);
}

TEST_F(BadInputTest, WithoutDbBackupTheStatusIsClearedAndNothingElseHappens) {
  ASSERT_EQ(run().exit_code, ExitCode::kDone);
  ASSERT_FALSE(status().isNull());
  world_.editNoobaa(
      [](json::Value& noobaa) { noobaa["spec"]["dbSpec"].object()->erase("dbBackup"); });
  const PassResult result = run("run-2");
  EXPECT_EQ(result.exit_code, ExitCode::kDone);
  EXPECT_EQ(outcomeOf(result), PassOutcome::kNothingToDo);
  EXPECT_TRUE(status().isNull());
  EXPECT_THAT(world_.snapshotNames(), testing::SizeIs(1));
}

struct ForbiddenCase {
  const char* verb;
  const char* resource;
};
class ForbiddenTest : public BadInputTest, public testing::WithParamInterface<ForbiddenCase> {};

TEST_P(ForbiddenTest, IsSeventySevenBeforeABackupIsMade) {
  world_.server().forbid("admin", GetParam().verb, GetParam().resource);
  EXPECT_THAT(refused(ExitCode::kForbidden).reason,
              AllOf(HasSubstr(GetParam().verb),
                    HasSubstr(std::string(GetParam().resource)
                                  .substr(0, std::string(GetParam().resource).find('.')))));
}

INSTANTIATE_TEST_SUITE_P(
    Verbs, ForbiddenTest,
    testing::Values(ForbiddenCase{"get", "noobaas.noobaa.io"},
                    ForbiddenCase{"get", "clusters.postgresql.cnpg.noobaa.io"},
                    ForbiddenCase{"create", "backups.postgresql.cnpg.noobaa.io"},
                    ForbiddenCase{"list", "backups.postgresql.cnpg.noobaa.io"},
                    ForbiddenCase{"watch", "backups.postgresql.cnpg.noobaa.io"},
                    ForbiddenCase{"list", "volumesnapshots.snapshot.storage.k8s.io"},
                    ForbiddenCase{"watch", "volumesnapshots.snapshot.storage.k8s.io"},
                    ForbiddenCase{"watch", "clusters.postgresql.cnpg.noobaa.io"},
                    ForbiddenCase{"list", "scheduledbackups.postgresql.cnpg.noobaa.io"},
                    ForbiddenCase{"list", "persistentvolumeclaims"},
                    ForbiddenCase{"create", "leases.coordination.k8s.io"}),
    [](const auto& forbidden) {
      const std::string resource = forbidden.param.resource;
      return std::string(forbidden.param.verb) + "_" + resource.substr(0, resource.find('.'));
    });

TEST_F(BadInputTest, AMissingRightToPruneIsWarnedAboutAndEndsIncomplete) {
  world_.server().forbid("admin", "delete", "volumesnapshots.snapshot.storage.k8s.io");
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kIncomplete);
  EXPECT_EQ(result.verdict, Verdict::kCertified);
  EXPECT_THAT(result.reason, HasSubstr("delete"));
}

class BothGroupsTest : public PassTest {
 protected:
  static sim::WorldOptions bothGroups() {
    sim::WorldOptions options;
    options.more_cnpg_groups = {std::string(kUpstreamCnpgGroup)};
    return options;
  }
  BothGroupsTest() : PassTest(bothGroups()) {
    world_.addClusterInGroup(std::string(kUpstreamCnpgGroup));
  }
};

TEST_F(BothGroupsTest, ClustersOfTheNameInBothAreRefused) {
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kConfiguration);
  EXPECT_THAT(result.reason, HasSubstr("--cnpg-api-group"));
  EXPECT_THAT(writes(), IsEmpty());
}

TEST_F(BothGroupsTest, TheFlagSaysWhich) {
  settings_.cnpg_api_group = world_.shape().cnpg_group;
  EXPECT_EQ(run().exit_code, ExitCode::kDone);
}

TEST_F(BadInputTest, AnUnreachableApiIsSeventyFive) {
  transport_.intercept([](const k8s::HttpRequest&, int,
                          bool) -> tl::expected<void, k8s::TransportError> {
    return tl::unexpected(k8s::TransportError{k8s::TransportError::Kind::kConnect,
                                              "https://10.0.0.1:443: connection refused", false});
  });
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kUnavailable);
  EXPECT_THAT(result.reason, HasSubstr("10.0.0.1"));
}

}  // namespace
}  // namespace job
