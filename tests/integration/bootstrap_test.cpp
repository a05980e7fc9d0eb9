#include "job/pass/bootstrap.h"

#include <string>

#include "common/json/parse.h"
#include "job/report/yaml.h"
#include "tests/integration/pass_fixture.h"
#include "tests/sim/kinds.h"

namespace job {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr const char* kBackup = "backup-20250114-020000";

class BootstrapTest : public PassTest {
 protected:
  explicit BootstrapTest(sim::WorldOptions options = {}) : PassTest(std::move(options)) {
    settings_.command = Command::kBootstrap;
    settings_.initdb = true;
    settings_.timeout = std::chrono::minutes(10);
  }

  Outcome<std::string> bootstrap() { return inSession("run-1", "pod-1", job::bootstrap); }
  Outcome<std::string> apply() {
    settings_.apply = true;
    return bootstrap();
  }
  std::string applied() {
    const auto text = apply();
    EXPECT_TRUE(text) << text.error().message;
    return text.value_or("");
  }
  Failure refused(const Outcome<std::string>& outcome) {
    EXPECT_FALSE(outcome) << *outcome;
    return outcome ? Failure{ExitCode::kDone, ""} : outcome.error();
  }
  json::Value printed() {
    settings_.output = Output::kJson;
    const auto text = bootstrap();
    EXPECT_TRUE(text) << text.error().message;
    return json::parse(text.value_or("{}")).value_or(json::Value());
  }

  void fromSnapshot(const std::string& name = kBackup) {
    settings_.initdb = false;
    settings_.from_snapshot = name;
  }
  /// The Cluster and all it owned are gone.
  void loseCluster() {
    world_.server().remove(world_.clusterRef());
    world_.advance(std::chrono::minutes(1));
  }
  /// Somebody creates a Cluster of the name when our pass is about to: it asks for the Lease then.
  void beatenTo(const std::string& run) {
    world_.server().onChange([this, run](const sim::Change& change) {
      if (change.resource.plural != "leases" || change.type != sim::Change::Type::kModified ||
          !world_.cluster().isNull()) {
        return;
      }
      json::Value cluster = sim::clusterObject(world_.shape(), nullptr);
      cluster["metadata"]["annotations"][kRunLabel] = run;
      world_.server().create(cluster);
    });
  }
  std::string phase() {
    json::Value cluster = world_.cluster();
    const json::Value& phase = cluster["status"]["phase"];
    return phase.string() == nullptr ? "" : *phase.string();
  }
  std::string sourceOf(const std::string& claim) {
    json::Value object = world_.get(world_.claimRef(claim));
    const json::Value& name = object["spec"]["dataSource"]["name"];
    return name.string() == nullptr ? "" : *name.string();
  }
  std::string instance(int number) const { return world_.shape().instanceName(number); }
};

TEST_F(BootstrapTest, PrintsWhatItWouldCreateAndChangesNothing) {
  const auto text = bootstrap();
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_THAT(writes(), IsEmpty());
  EXPECT_THAT(*text, StartsWith("# Cluster noobaa/noobaa-db-pg-cluster with an empty database. To "
                                "create it: kubectl create -f FILE\napiVersion: "
                                "postgresql.cnpg.noobaa.io/v1\nkind: Cluster\n"));
  EXPECT_EQ(text->substr(text->find('\n') + 1), writeYaml(printed()));
}

TEST_F(BootstrapTest, AnEmptyDatabaseIsTheSystemsOwn) {
  json::Value object = printed();
  EXPECT_EQ(*object["spec"]["bootstrap"]["initdb"]["database"].string(), "nbcore");
  EXPECT_EQ(*object["spec"]["storage"]["storageClass"].string(), "csi-block");
  json::Value noobaa = world_.noobaa();
  json::Value owner = (*object["metadata"]["ownerReferences"].array())[0];
  EXPECT_EQ(owner["uid"], noobaa["metadata"]["uid"]);
  EXPECT_EQ(owner["blockOwnerDeletion"], json::Value(false));
}

TEST_F(BootstrapTest, CreatesAnEmptyDatabaseWhereThereIsNone) {
  loseCluster();
  const std::string text = applied();
  EXPECT_THAT(text, HasSubstr("Cluster noobaa/noobaa-db-pg-cluster was created with an empty "
                              "database (postgresql.cnpg.noobaa.io): 2 instances of 50Gi"));
  EXPECT_THAT(text, HasSubstr("kubectl -n noobaa get clusters.postgresql.cnpg.noobaa.io "
                              "noobaa-db-pg-cluster --watch"));
  EXPECT_THAT(eventReasons(), Contains("ClusterCreated"));
  EXPECT_EQ(leaseHolder(), "");
  world_.advance(std::chrono::minutes(5));
  EXPECT_EQ(phase(), kHealthyPhase);
  EXPECT_EQ(sourceOf(instance(1)), "");
}

TEST_F(BootstrapTest, TheServerValidatesBeforeAnythingIsCreated) {
  loseCluster();
  applied();
  std::vector<std::string> creations;
  for (const std::string& line : writes()) {
    if (line.find("/clusters") != std::string::npos) creations.push_back(line);
  }
  EXPECT_THAT(creations, ElementsAre(HasSubstr("dryRun=All"), Not(HasSubstr("dryRun"))));
}

TEST_F(BootstrapTest, RestoresASnapshotIntoANewCluster) {
  world_.add(sim::aBackup(kBackup).ours());
  loseCluster();
  fromSnapshot();
  EXPECT_THAT(applied(),
              HasSubstr("was created from VolumeSnapshot noobaa/" + std::string(kBackup)));
  world_.advance(std::chrono::minutes(5));
  EXPECT_EQ(phase(), kHealthyPhase);
  EXPECT_EQ(sourceOf(instance(1)), kBackup);
}

TEST_F(BootstrapTest, ASnapshotThatIsNotThereFailsTheRecovery) {
  loseCluster();
  fromSnapshot("backup-1");
  const Failure failure = refused(apply());
  EXPECT_EQ(failure.code, ExitCode::kRecoveryFailed);
  EXPECT_THAT(failure.message, HasSubstr("VolumeSnapshot noobaa/backup-1 does not exist"));
  EXPECT_TRUE(world_.cluster().isNull());
}

TEST_F(BootstrapTest, WithoutAManifestTheClusterIsWhatTheCrAsksFor) {
  world_.add(sim::aBackup(kBackup).ours());
  world_.server().update(world_.snapshotRef(kBackup), [](json::Value& snapshot) {
    snapshot["metadata"]["annotations"][kClusterManifestAnnotation] = "{cut";
    snapshot["status"]["restoreSize"] = "60Gi";
  });
  fromSnapshot();
  json::Value object = printed();
  EXPECT_EQ(*object["spec"]["storage"]["size"].string(), "60Gi");
  EXPECT_EQ(*object["spec"]["imageCatalogRef"]["name"].string(), "noobaa-db-pg-image-catalog");
  json::Value& volumes = object["spec"]["bootstrap"]["recovery"]["volumeSnapshots"];
  EXPECT_EQ(*volumes["storage"]["name"].string(), kBackup);
  EXPECT_THAT(log_lines_, Contains(HasSubstr("clusterManifest can't be read")));
}

TEST_F(BootstrapTest, AnImportCopiesTheOldServersDatabase) {
  settings_.initdb = false;
  settings_.import_host = "noobaa-db-pg-0";
  settings_.import_secret = "noobaa-db";
  json::Value object = printed();
  EXPECT_EQ(*object["spec"]["bootstrap"]["initdb"]["import"]["type"].string(), "microservice");
  json::Value server = (*object["spec"]["externalClusters"].array())[0];
  EXPECT_EQ(*server["connectionParameters"]["host"].string(), "noobaa-db-pg-0");
  EXPECT_EQ(*server["password"]["name"].string(), "noobaa-db");
}

TEST_F(BootstrapTest, NeverReplacesAClusterThatExists) {
  json::Value before = world_.cluster();
  const Failure failure = refused(apply());
  EXPECT_EQ(failure.code, ExitCode::kRefused);
  EXPECT_THAT(failure.message, HasSubstr("exists"));
  EXPECT_EQ(world_.cluster(), before);
  EXPECT_THAT(writes(), Each(HasSubstr("/leases")));
}

TEST_F(BootstrapTest, AClusterThatExistsIsToldBeforeWhatCouldNotBeMadeAnyway) {
  fromSnapshot("backup-1");
  const Failure failure = refused(apply());
  EXPECT_EQ(failure.code, ExitCode::kRefused);
  EXPECT_THAT(failure.message, HasSubstr("exists"));
}

TEST_F(BootstrapTest, NothingIsMadeForASystemThatIsBeingDeleted) {
  world_.editNoobaa([](json::Value& noobaa) {
    noobaa["metadata"]["finalizers"] = json::Array{"noobaa.io/graceful_finalizer"};
  });
  loseCluster();
  world_.server().remove(world_.noobaaRef());
  const Failure failure = refused(apply());
  EXPECT_EQ(failure.code, ExitCode::kConfiguration);
  EXPECT_THAT(failure.message, HasSubstr("is being deleted"));
  EXPECT_TRUE(world_.cluster().isNull());
}

TEST_F(BootstrapTest, NothingButTheWishedBackupIsMadeWhereOneIsWishedFor) {
  world_.add(sim::aBackup(kBackup).ours());
  world_.editNoobaa([](json::Value& noobaa) {
    noobaa["spec"]["dbSpec"]["dbRecovery"]["volumeSnapshotName"] = kBackup;
  });
  loseCluster();
  const Failure failure = refused(apply());
  EXPECT_EQ(failure.code, ExitCode::kRefused);
  EXPECT_THAT(failure.message, HasSubstr("dbRecovery asks for the database of VolumeSnapshot " +
                                         std::string(kBackup)));
  EXPECT_TRUE(world_.cluster().isNull());
  fromSnapshot();
  EXPECT_THAT(applied(), HasSubstr("was created from VolumeSnapshot"));
}

TEST_F(BootstrapTest, WhoeverMakesAnEmptyDatabaseIsToldOfTheBackups) {
  world_.add(sim::aBackup(kBackup).ours());
  loseCluster();
  applied();
  EXPECT_THAT(log_lines_, Contains(HasSubstr("there is 1 good backup of Cluster")));
}

class TwoGroupsBootstrapTest : public BootstrapTest {
 protected:
  static sim::WorldOptions twoGroups() {
    sim::WorldOptions options;
    options.more_cnpg_groups = {sim::kUpstreamCnpgGroup};
    return options;
  }
  TwoGroupsBootstrapTest() : BootstrapTest(twoGroups()) {}
};

TEST_F(TwoGroupsBootstrapTest, ALivingClusterOfTheOtherGroupIsRefusedToo) {
  world_.addClusterInGroup(sim::kUpstreamCnpgGroup);
  loseCluster();
  settings_.cnpg_api_group = sim::kNoobaaCnpgGroup;
  const Failure failure = refused(apply());
  EXPECT_EQ(failure.code, ExitCode::kRefused);
  EXPECT_THAT(failure.message, HasSubstr("(postgresql.cnpg.io) exists"));
  EXPECT_TRUE(world_.cluster().isNull());
}

TEST_F(TwoGroupsBootstrapTest, AnEmptyDatabaseNeedsToBeToldTheGroup) {
  const Failure failure = refused(bootstrap());
  EXPECT_EQ(failure.code, ExitCode::kConfiguration);
  EXPECT_THAT(failure.message, HasSubstr("--cnpg-api-group"));
  settings_.cnpg_api_group = sim::kNoobaaCnpgGroup;
  EXPECT_EQ(*printed()["apiVersion"].string(), "postgresql.cnpg.noobaa.io/v1");
}

TEST_F(TwoGroupsBootstrapTest, ABackupTellsTheGroupItself) {
  world_.add(sim::aBackup(kBackup).ours());
  fromSnapshot();
  EXPECT_EQ(*printed()["apiVersion"].string(), "postgresql.cnpg.noobaa.io/v1");
}

TEST_F(BootstrapTest, WaitsUntilTheOldClusterIsGone) {
  world_.add(sim::aBackup(kBackup).ours());
  world_.server().remove(world_.clusterRef());
  fromSnapshot();
  EXPECT_THAT(applied(), HasSubstr("was created"));
  EXPECT_THAT(log_lines_, Contains(HasSubstr("waiting until it is gone")));
  world_.advance(std::chrono::minutes(5));
  EXPECT_EQ(phase(), kHealthyPhase);
  EXPECT_EQ(sourceOf(instance(1)), kBackup);
}

TEST_F(BootstrapTest, GivesUpWaitingAtTheDeadlineAndCreatesNothing) {
  world_.faults().claims_never_go = true;
  loseCluster();
  const Failure failure = refused(apply());
  EXPECT_EQ(failure.code, ExitCode::kTimedOut);
  EXPECT_THAT(failure.message, HasSubstr("PersistentVolumeClaim noobaa-db-pg-cluster-1"));
  EXPECT_TRUE(world_.cluster().isNull());
  EXPECT_EQ(leaseHolder(), "");
}

TEST_F(BootstrapTest, AStopEndsTheWait) {
  world_.faults().claims_never_go = true;
  loseCluster();
  world_.timeline().at(world_.clock().now() + std::chrono::seconds(30),
                       [this] { stop_.request_stop(); });
  const Failure failure = refused(apply());
  EXPECT_EQ(failure.code, ExitCode::kInterrupted);
  EXPECT_TRUE(world_.cluster().isNull());
}

TEST_F(BootstrapTest, OrphanedClaimsAreNotBuiltUpon) {
  for (const int number : {1, 2}) {
    world_.server().update(world_.claimRef(instance(number)), [](json::Value& claim) {
      claim["metadata"].object()->erase("ownerReferences");
    });
  }
  loseCluster();
  const Failure failure = refused(apply());
  EXPECT_EQ(failure.code, ExitCode::kRefused);
  EXPECT_THAT(failure.message,
              AllOf(HasSubstr("has no owner"), HasSubstr("noobaa-db-pg-cluster-1")));
  EXPECT_TRUE(world_.cluster().isNull());
}

TEST_F(BootstrapTest, ALostRaceIsRefusedAndLeavesTheWinnersCluster) {
  loseCluster();
  beatenTo("another-run");
  const Failure failure = refused(apply());
  EXPECT_EQ(failure.code, ExitCode::kRefused);
  EXPECT_THAT(failure.message, HasSubstr("appeared meanwhile"));
}

TEST_F(BootstrapTest, ACreationWhoseAnswerWasLostIsItsOwn) {
  loseCluster();
  beatenTo("run-1");
  EXPECT_THAT(applied(), HasSubstr("was created"));
}

TEST_F(BootstrapTest, WarnsOfAnOperatorThatIsAtWork) {
  loseCluster();
  applied();
  EXPECT_THAT(log_lines_, Not(Contains(HasSubstr("noobaa-operator is at work"))));
  loseCluster();
  world_.addNoobaaOperator();
  applied();
  EXPECT_THAT(log_lines_, Contains(HasSubstr("noobaa-operator is at work")));
}

TEST_F(BootstrapTest, ADryRunHasTheServerValidateAndCreatesNothing) {
  loseCluster();
  settings_.dry_run = true;
  EXPECT_THAT(applied(), StartsWith("Dry run: Cluster noobaa/noobaa-db-pg-cluster would be created "
                                    "with an empty database"));
  EXPECT_THAT(writes(), ElementsAre(AllOf(HasSubstr("/clusters"), HasSubstr("dryRun=All"))));
  EXPECT_TRUE(world_.cluster().isNull());
}

TEST_F(BootstrapTest, ADryRunWaitsForNothing) {
  world_.faults().claims_never_go = true;
  loseCluster();
  settings_.dry_run = true;
  EXPECT_THAT(applied(), HasSubstr("once the old one is gone: PersistentVolumeClaim"));
}

TEST_F(BootstrapTest, AnImageThatNothingNamesIsAskedFor) {
  world_.server().remove(
      {imageCatalogType(world_.shape().cnpg_group), "noobaa", "noobaa-db-pg-image-catalog"});
  loseCluster();
  const Failure failure = refused(apply());
  EXPECT_EQ(failure.code, ExitCode::kConfiguration);
  EXPECT_THAT(failure.message, HasSubstr("which PostgreSQL image to run is not known"));
}

TEST_F(BootstrapTest, ADatabaseOutsideTheClusterIsNoneToMake) {
  world_.editNoobaa([](json::Value& noobaa) {
    noobaa["spec"]["externalPgSecret"] = json::Object{{"name", "pg"}};
  });
  const Failure failure = refused(bootstrap());
  EXPECT_EQ(failure.code, ExitCode::kConfiguration);
  EXPECT_THAT(failure.message, HasSubstr("spec.externalPgSecret"));
}

class WalBootstrapTest : public BootstrapTest {
 protected:
  static sim::WorldOptions withWal() {
    sim::WorldOptions options;
    options.shape.wal_storage = true;
    return options;
  }
  WalBootstrapTest() : BootstrapTest(withWal()) {}
};

TEST_F(WalBootstrapTest, TheWalVolumeComesFromItsOwnSnapshot) {
  world_.add(sim::aBackup(kBackup).ours().withWal());
  loseCluster();
  fromSnapshot();
  applied();
  world_.advance(std::chrono::minutes(5));
  EXPECT_EQ(phase(), kHealthyPhase);
  EXPECT_EQ(sourceOf(instance(1) + "-wal"), std::string(kBackup) + "-wal");
}

}  // namespace
}  // namespace job
