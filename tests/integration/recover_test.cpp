#include "job/pass/recover.h"

#include <chrono>
#include <functional>

#include "tests/integration/recover_fixture.h"

namespace job {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;
using testing::UnorderedElementsAre;

TEST_F(RecoverTest, BringsADeletedDatabaseBackFromTheSnapshot) {
  lose();
  const PassResult result = recover();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_EQ(outcomeOf(result), PassOutcome::kCompleted);
  EXPECT_EQ(result.backup, kName);
  EXPECT_THAT(result.snapshots, ElementsAre(kName));
  EXPECT_THAT(result.reason, AllOf(HasSubstr("recovered from backup-20250114-020000"),
                                   HasSubstr("take dbRecovery out")));
  EXPECT_EQ(phase(), sim::kHealthyPhase);
  EXPECT_EQ(sourceOf(instance(1)), kName);
  EXPECT_THAT(recoveryStatus(), MatchesRegex("Completed backup-20250114-020000 2025-01-15T.*Z"));
  EXPECT_THAT(eventReasons(), UnorderedElementsAre("RecoveryStarted", "RecoveryCompleted"));
  EXPECT_EQ(leaseHolder(), "");
}

TEST_F(RecoverTest, TheClusterIsOwnedByTheSystemAndSaysWhatItCameFrom) {
  lose();
  json::Value snapshot = world_.snapshot(kName);
  recover();
  json::Value cluster = world_.cluster();
  EXPECT_EQ(cluster["metadata"]["annotations"][kRecoverySourceAnnotation],
            json::Value(std::string(kName) + "/" + *snapshot["metadata"]["uid"].string()));
  const json::Value& recovery = cluster["spec"]["bootstrap"]["recovery"];
  EXPECT_EQ(json::write(recovery),
            R"({"database":"nbcore","owner":"noobaa","volumeSnapshots":{"storage":{)"
            R"("apiGroup":"snapshot.storage.k8s.io","kind":"VolumeSnapshot",)"
            R"("name":"backup-20250114-020000"}}})");
  EXPECT_THAT(json::write(cluster["metadata"]["ownerReferences"]),
              AllOf(HasSubstr("\"kind\":\"NooBaa\""), HasSubstr("\"controller\":true"),
                    HasSubstr("\"blockOwnerDeletion\":false")));
  EXPECT_EQ(fence(), "");
}

class RecoverVolumesTest : public RecoverTest {
 protected:
  static sim::WorldOptions allVolumes() {
    sim::WorldOptions options;
    options.shape.wal_storage = true;
    options.shape.tablespaces = {"hot"};
    return options;
  }
  RecoverVolumesTest() : RecoverTest(allVolumes()) {}
};

TEST_F(RecoverVolumesTest, WalAndTablespacesComeBackWithTheData) {
  lose();
  const PassResult result = recover();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_THAT(result.snapshots, SizeIs(3));
  EXPECT_EQ(sourceOf(instance(1)), kName);
  EXPECT_EQ(sourceOf(instance(1) + "-wal"), std::string(kName) + "-wal");
  EXPECT_EQ(sourceOf(instance(1) + "-tbs-hot"), std::string(kName) + "-tbs-hot");
}

TEST_F(RecoverVolumesTest, WithoutItsWalSnapshotABackupIsRefused) {
  lose();
  world_.server().remove(world_.snapshotRef(std::string(kName) + "-wal"));
  world_.advance(std::chrono::minutes(1));
  const PassResult result = recover();
  EXPECT_EQ(result.exit_code, ExitCode::kRecoveryFailed);
  EXPECT_TRUE(world_.cluster().isNull());
  EXPECT_EQ(recoveryStatus(), std::string("Failed ") + kName);
}

/// Each value of recoveryStatus.status as it came.
class RecoverStatusTest : public RecoverTest {
 protected:
  RecoverStatusTest() {
    world_.server().onChange([this](const sim::Change& change) {
      if (change.resource != sim::noobaaType()) return;
      json::Value noobaa = change.object;
      const json::Value& status = noobaa["status"]["dbStatus"]["recoveryStatus"]["status"];
      if (status.string() == nullptr) return;
      if (seen_.empty() || seen_.back() != *status.string()) seen_.push_back(*status.string());
    });
  }
  std::vector<std::string> seen_;
};

TEST_F(RecoverStatusTest, GoesFromPendingOverRunningToCompleted) {
  world_.add(sim::aBackup(kName).ours());
  want(kName);
  deleteCluster();
  EXPECT_EQ(recover().exit_code, ExitCode::kDone);
  EXPECT_THAT(seen_, ElementsAre("Pending", "Running", "Completed"));
}

TEST_F(RecoverTest, WritesNothingElseOfTheCr) {
  lose();
  json::Value before = world_.noobaa();
  recover();
  json::Value after = world_.noobaa();
  EXPECT_EQ(after["spec"], before["spec"]);
  after["status"]["dbStatus"].object()->erase("recoveryStatus");
  EXPECT_EQ(after["status"], before["status"]);
}

TEST_F(RecoverTest, WaitsUntilTheOldVolumesAreGone) {
  world_.add(sim::aBackup(kName).ours());
  want(kName);
  deleteCluster();
  ASSERT_FALSE(world_.get(world_.claimRef(instance(1))).isNull());
  EXPECT_EQ(recover().exit_code, ExitCode::kDone);
  EXPECT_EQ(phase(), sim::kHealthyPhase);
}

TEST_F(RecoverTest, APoolersPodWhichOutlivesTheClusterIsNotWaitedFor) {
  lose();
  world_.server().create(json::Object{
      {"apiVersion", "v1"},
      {"kind", "Pod"},
      {"metadata",
       json::Object{{"name", "pooler-rw-1"},
                    {"namespace", world_.shape().name_space},
                    {"labels", json::Object{{"cnpg.io/cluster", world_.shape().clusterName()},
                                            {"cnpg.io/podRole", "pooler"}}}}}});
  EXPECT_EQ(recover().exit_code, ExitCode::kDone);
}

TEST_F(RecoverTest, VolumesThatNeverGoEndInATimeoutAndStayPending) {
  world_.faults().claims_never_go = true;
  lose();
  const PassResult result = recover();
  EXPECT_EQ(result.exit_code, ExitCode::kTimedOut);
  EXPECT_EQ(outcomeOf(result), PassOutcome::kTimedOut);
  EXPECT_THAT(result.reason, HasSubstr(instance(1)));
  EXPECT_EQ(recoveryStatus(), std::string("Pending ") + kName);
  EXPECT_TRUE(world_.cluster().isNull());
  EXPECT_EQ(leaseHolder(), "");
}

class RecoverLeftoverTest : public RecoverTest,
                            public testing::WithParamInterface<k8s::ResourceType> {};

TEST_P(RecoverLeftoverTest, IsWaitedForToo) {
  lose();
  const k8s::ObjectRef ref{GetParam(), world_.shape().name_space, "left-over"};
  json::Value left = json::Object{{"apiVersion", ref.type.apiVersion()}, {"kind", ref.type.kind}};
  left["metadata"]["name"] = ref.name;
  left["metadata"]["namespace"] = ref.name_space;
  left["metadata"]["labels"][kClusterLabel] = world_.shape().clusterName();
  left["metadata"]["finalizers"] = json::Array{"example.com/not-yet"};
  left["spec"] = json::Object{};
  world_.server().create(left);
  world_.server().remove(ref);
  settings_.timeout = std::chrono::minutes(1);
  const PassResult early = recover();
  EXPECT_EQ(early.exit_code, ExitCode::kTimedOut) << early.reason;
  EXPECT_THAT(early.reason, HasSubstr("left-over"));
  EXPECT_TRUE(world_.cluster().isNull());
  world_.server().update(
      ref, [](json::Value& object) { object["metadata"]["finalizers"] = json::Array(); });
  EXPECT_EQ(recover("run-2").exit_code, ExitCode::kDone);
}

INSTANTIATE_TEST_SUITE_P(Kinds, RecoverLeftoverTest, testing::Values(podType(), jobType()),
                         [](const auto& type) { return type.param.kind; });

TEST_F(RecoverTest, OrphanedVolumesAreRefusedAndStayPending) {
  json::Value orphan = world_.get(world_.claimRef(instance(1)));
  lose();
  orphan["metadata"].object()->erase("ownerReferences");
  orphan["metadata"].object()->erase("resourceVersion");
  orphan["metadata"].object()->erase("uid");
  world_.server().create(orphan);
  const PassResult result = recover();
  EXPECT_EQ(result.exit_code, ExitCode::kRefused) << result.reason;
  EXPECT_EQ(outcomeOf(result), PassOutcome::kRefused);
  EXPECT_THAT(result.reason, HasSubstr(instance(1)));
  EXPECT_EQ(recoveryStatus(), std::string("Pending ") + kName);
  EXPECT_TRUE(world_.cluster().isNull());
  EXPECT_THAT(eventReasons(), ElementsAre("RecoveryRefused"));
}

TEST_F(RecoverTest, AMissingSnapshotFailsBeforeAnythingIsWaitedFor) {
  world_.faults().claims_never_go = true;
  lose("no-such-snapshot");
  const PassResult result = recover();
  EXPECT_EQ(result.exit_code, ExitCode::kRecoveryFailed);
  EXPECT_EQ(outcomeOf(result), PassOutcome::kFailed);
  EXPECT_THAT(result.reason, HasSubstr("no-such-snapshot"));
  EXPECT_EQ(recoveryStatus(), "Failed no-such-snapshot");
  EXPECT_TRUE(world_.cluster().isNull());
  EXPECT_THAT(eventReasons(), ElementsAre("RecoveryFailed"));
  EXPECT_THAT(eventNote("RecoveryFailed"), HasSubstr("no-such-snapshot"));
}

/// Answers the creation of a Cluster as a ResourceQuota does that has no room for it.
class FullQuota final : public k8s::HttpTransport {
 public:
  explicit FullQuota(k8s::HttpTransport& inner) : inner_(inner) {}
  tl::expected<void, k8s::TransportError> send(const k8s::HttpRequest& request,
                                               k8s::ResponseSink& sink, timing::Deadline deadline,
                                               const std::stop_token& stop) override {
    if (request.method != "POST" || request.target.find("/clusters?") == std::string::npos) {
      return inner_.send(request, sink, deadline, stop);
    }
    sink.onHead({403, {{"Content-Type", "application/json"}}});
    sink.onData(R"({"kind":"Status","status":"Failure","reason":"Forbidden","code":403,"message":)"
                R"("clusters is forbidden: exceeded quota: team, requested: count/clusters=1"})");
    return {};
  }

 private:
  k8s::HttpTransport& inner_;
};

TEST_F(RecoverTest, AQuotaThatForbidsTheClusterFailsItAndIsNoMissingRight) {
  lose();
  FullQuota quota(transport_);
  const PassResult result = inSessionOver(quota, "run-1", "pod-1", stop_.get_token(), job::recover);
  EXPECT_EQ(result.exit_code, ExitCode::kRecoveryFailed) << result.reason;
  EXPECT_THAT(result.reason, HasSubstr("exceeded quota: team"));
  EXPECT_THAT(recoveryStatus(), StartsWith("Failed "));
  EXPECT_THAT(eventNote("RecoveryFailed"), HasSubstr("exceeded quota: team"));
  EXPECT_TRUE(world_.cluster().isNull());
  EXPECT_EQ(recover("run-2").exit_code, ExitCode::kDone) << "once there is room";
}

/// Answers the creation of a Cluster with a warning, as of a field that is not in the CRD.
class UnknownField final : public k8s::HttpTransport {
 public:
  static constexpr const char* kWords = "unknown field 'spec.ofAnotherVersion'";

  explicit UnknownField(k8s::HttpTransport& inner) : inner_(inner) {}
  tl::expected<void, k8s::TransportError> send(const k8s::HttpRequest& request,
                                               k8s::ResponseSink& sink, timing::Deadline deadline,
                                               const std::stop_token& stop) override {
    if (request.method != "POST" || request.target.find("/clusters?") == std::string::npos) {
      return inner_.send(request, sink, deadline, stop);
    }
    Warning warning(sink);
    return inner_.send(request, warning, deadline, stop);
  }

 private:
  class Warning final : public k8s::ResponseSink {
   public:
    explicit Warning(k8s::ResponseSink& sink) : sink_(sink) {}
    void onHead(const k8s::HttpResponseHead& head) override {
      k8s::HttpResponseHead with_warning = head;
      with_warning.headers.emplace_back("Warning", std::string("299 - \"") + kWords + "\"");
      sink_.onHead(with_warning);
    }
    bool onData(std::string_view piece) override { return sink_.onData(piece); }
    bool onIdle() override { return sink_.onIdle(); }

   private:
    k8s::ResponseSink& sink_;
  };

  k8s::HttpTransport& inner_;
};

TEST_F(RecoverTest, AFieldThatTheServerDoesNotKnowIsAWarningInTheResult) {
  lose();
  UnknownField wire(transport_);
  const PassResult result = inSessionOver(wire, "run-1", "pod-1", stop_.get_token(), job::recover);
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_THAT(result.warnings,
              ElementsAre(std::string("the API server warns: ") + UnknownField::kWords));
}

struct Unfit {
  const char* what;
  std::function<void(sim::TestWorld&)> spoil;
  const char* says;
};

class RecoverUnfitTest : public RecoverTest, public testing::WithParamInterface<Unfit> {};

TEST_P(RecoverUnfitTest, FailsAndCreatesNothing) {
  lose();
  GetParam().spoil(world_);
  const PassResult result = recover();
  EXPECT_EQ(result.exit_code, ExitCode::kRecoveryFailed) << result.reason;
  EXPECT_THAT(result.reason, HasSubstr(GetParam().says));
  EXPECT_THAT(recoveryStatus(), StartsWith("Failed "));
  EXPECT_TRUE(world_.cluster().isNull());
  EXPECT_THAT(eventReasons(), ElementsAre("RecoveryFailed"));
}

void editSnapshot(sim::TestWorld& world, const std::function<void(json::Value&)>& edit) {
  world.server().update(world.snapshotRef("backup-20250114-020000"), edit);
}

INSTANTIATE_TEST_SUITE_P(
    Snapshots, RecoverUnfitTest,
    testing::Values(Unfit{"NotReady",
                          [](sim::TestWorld& world) {
                            editSnapshot(world, [](json::Value& object) {
                              object["status"]["readyToUse"] = false;
                            });
                          },
                          "backup-20250114-020000"},
                    Unfit{"OfAnotherCluster",
                          [](sim::TestWorld& world) {
                            editSnapshot(world, [](json::Value& object) {
                              object["metadata"]["labels"][kClusterLabel] = "other";
                            });
                          },
                          "other"},
                    Unfit{"OfAnotherRole",
                          [](sim::TestWorld& world) {
                            editSnapshot(world, [](json::Value& object) {
                              object["metadata"]["annotations"][kPvcRoleAnnotation] = "PG_WAL";
                            });
                          },
                          "PG_WAL"},
                    Unfit{"OfAnotherMajor",
                          [](sim::TestWorld& world) {
                            world.editNoobaa([](json::Value& noobaa) {
                              noobaa["spec"]["dbSpec"]["postgresMajorVersion"] = 17;
                            });
                          },
                          "17"},
                    Unfit{"OfAFailedBackup",
                          [](sim::TestWorld& world) {
                            world.server().update(world.backupRef("backup-20250114-020000"),
                                                  [](json::Value& backup) {
                                                    backup["status"]["phase"] = "failed";
                                                    backup["status"]["error"] = "timed out";
                                                  });
                          },
                          "failed"},
                    Unfit{"WithoutItsImage",
                          [](sim::TestWorld& world) {
                            world.server().remove({sim::imageCatalogType(world.shape().cnpg_group),
                                                   world.shape().name_space,
                                                   "noobaa-db-pg-image-catalog"});
                          },
                          "noobaa-db-pg-image-catalog"}),
    [](const auto& unfit) { return std::string(unfit.param.what); });

TEST_F(RecoverTest, AFailureIsLookedAtAnewSoThatACorrectedCrRecovers) {
  lose("no-such-snapshot");
  EXPECT_EQ(recover().exit_code, ExitCode::kRecoveryFailed);
  want(kName);
  EXPECT_EQ(recover("run-2").exit_code, ExitCode::kDone);
  EXPECT_THAT(recoveryStatus(), StartsWith(std::string("Completed ") + kName));
}

TEST_F(RecoverTest, ANameWithAStrayBlankIsTheSnapshotThatWasMeant) {
  lose(std::string(kName) + " ");
  EXPECT_EQ(recover().exit_code, ExitCode::kDone);
  EXPECT_THAT(recoveryStatus(), StartsWith(std::string("Completed ") + kName + " 2"));
}

TEST_F(RecoverTest, AnotherClusterIsLeftAloneAndHasToBeDeletedFirst) {
  world_.add(sim::aBackup(kName).ours());
  want(kName);
  const std::string uid = clusterUid();
  const PassResult result = recover();
  EXPECT_EQ(result.exit_code, ExitCode::kDone);
  EXPECT_EQ(outcomeOf(result), PassOutcome::kNothingToDo);
  EXPECT_THAT(result.reason, AllOf(HasSubstr("is fit"), HasSubstr("delete the Cluster first"),
                                   HasSubstr("kubectl -n noobaa delete clusters.")));
  EXPECT_THAT(writes(), IsEmpty());
  EXPECT_EQ(clusterUid(), uid);
  EXPECT_EQ(recoveryStatus(), "");
}

TEST_F(RecoverTest, NobodyIsToldToDeleteTheDatabaseForASnapshotThatIsUnfit) {
  want("no-such-snapshot");
  const PassResult result = recover();
  EXPECT_EQ(outcomeOf(result), PassOutcome::kNothingToDo);
  EXPECT_THAT(result.reason, AllOf(HasSubstr("don't delete it"), HasSubstr("no-such-snapshot"),
                                   Not(HasSubstr("kubectl -n noobaa delete"))));
}

TEST_F(RecoverTest, NorWhereItsImageIsGone) {
  world_.add(sim::aBackup(kName).ours());
  want(kName);
  world_.server().remove({sim::imageCatalogType(world_.shape().cnpg_group),
                          world_.shape().name_space, "noobaa-db-pg-image-catalog"});
  EXPECT_THAT(recover().reason,
              AllOf(HasSubstr("don't delete it"), HasSubstr("noobaa-db-pg-image-catalog"),
                    Not(HasSubstr("kubectl -n noobaa delete"))));
}

TEST_F(RecoverTest, NorWhereTheBackupWouldGoWithTheCluster) {
  world_.add(sim::aBackup(kName).ours());
  want(kName);
  const std::string uid = clusterUid();
  const json::Value owner = json::Object{{"apiVersion", "postgresql.cnpg.noobaa.io/v1"},
                                         {"kind", "Cluster"},
                                         {"name", world_.shape().clusterName()},
                                         {"uid", uid}};
  for (const auto& ref : {world_.snapshotRef(kName), world_.backupRef(kName)}) {
    world_.server().update(ref, [&](json::Value& object) {
      object["metadata"]["ownerReferences"] = json::Array{owner};
    });
    EXPECT_THAT(recover().reason, AllOf(HasSubstr(ref.type.kind + " " + ref.name + " is owned"),
                                        HasSubstr("kubectl -n noobaa patch"),
                                        Not(HasSubstr("kubectl -n noobaa delete"))));
    world_.server().update(
        ref, [&](json::Value& object) { object["metadata"]["ownerReferences"] = json::Array(); });
  }
  EXPECT_THAT(recover().reason, HasSubstr("kubectl -n noobaa delete clusters."));
}

TEST_F(RecoverTest, AClusterThatSomebodyElseMadeFromTheSnapshotIsDone) {
  world_.add(sim::aBackup(kName).ours());
  want(kName);
  world_.server().update(world_.clusterRef(), [](json::Value& cluster) {
    json::Value& storage = cluster["spec"]["bootstrap"]["recovery"]["volumeSnapshots"]["storage"];
    storage["kind"] = "VolumeSnapshot";
    storage["name"] = kName;
  });
  EXPECT_THAT(recover().reason, AllOf(HasSubstr("already"), HasSubstr("take dbRecovery out"),
                                      Not(HasSubstr("kubectl -n noobaa delete"))));
}

TEST_F(RecoverTest, ASystemThatIsBeingDeletedGetsNoDatabase) {
  lose();
  world_.editNoobaa([](json::Value& noobaa) {
    noobaa["metadata"]["finalizers"] = json::Array{"noobaa.io/graceful_finalizer"};
  });
  world_.server().remove({sim::noobaaType(), world_.shape().name_space, "noobaa"});
  const PassResult result = recover();
  EXPECT_EQ(outcomeOf(result), PassOutcome::kNothingToDo) << result.reason;
  EXPECT_THAT(result.reason, HasSubstr("is being deleted"));
  EXPECT_TRUE(world_.cluster().isNull());
}

TEST_F(RecoverTest, WhatWasBegunIsFollowedAlsoWhenAnotherSnapshotIsWantedMeanwhile) {
  lose();
  sync();
  want("backup-2");
  const PassResult result = recover();
  EXPECT_EQ(outcomeOf(result), PassOutcome::kCompleted) << result.reason;
  EXPECT_THAT(recoveryStatus(), StartsWith(std::string("Completed ") + kName));
}

TEST_F(RecoverTest, APendingWithoutAWishIsTakenBack) {
  world_.faults().claims_never_go = true;
  lose();
  sync();
  ASSERT_EQ(recoveryStatus(), std::string("Pending ") + kName);
  wantNothing();
  EXPECT_EQ(outcomeOf(recover()), PassOutcome::kNothingToDo);
  EXPECT_EQ(recoveryStatus(), "");
}

TEST_F(RecoverTest, APendingIsTakenBackWhenSomebodyElsesClusterAppears) {
  world_.faults().claims_never_go = true;
  lose();
  sync();
  world_.server().create(sim::clusterObject(world_.shape(), json::Value()));
  sync();
  EXPECT_EQ(recoveryStatus(), "");
}

TEST_F(RecoverTest, AnOperatorsPendingIsItsOwn) {
  world_.editNoobaa([](json::Value& noobaa) {
    noobaa["status"]["dbStatus"]["recoveryStatus"]["status"] = "Pending";
  });
  world_.addNoobaaOperator();
  recover();
  EXPECT_EQ(recoveryStatus(), "Pending");
}

/// Does something once, just before the n-th request that begins like this is answered.
class RecoverRaceTest : public RecoverTest {
 protected:
  void before(const std::string& method, const std::string& part, std::function<void()> act) {
    transport_.intercept([method, part, act, done = false](
                             const k8s::HttpRequest& request, int,
                             bool acted) mutable -> tl::expected<void, k8s::TransportError> {
      if (!acted && !done && request.method == method &&
          request.target.find(part) != std::string::npos) {
        done = true;
        act();
      }
      return {};
    });
  }
};

TEST_F(RecoverRaceTest, AWishThatIsTakenBackBeforeTheCreationCreatesNothing) {
  lose();
  before("PATCH", "/noobaas/", [this] { wantNothing(); });
  EXPECT_EQ(outcomeOf(recover()), PassOutcome::kNothingToDo);
  EXPECT_TRUE(world_.cluster().isNull());
}

TEST_F(RecoverRaceTest, NorDoesOneThatIsTakenBackAfterTheStatusWasWritten) {
  lose();
  before("POST", "/events?", [] {});
  world_.server().onChange([this, done = false](const sim::Change& change) mutable {
    if (done || change.resource != sim::noobaaType()) return;
    if (recoveryStatus() != std::string("Pending ") + kName) return;
    done = true;
    world_.timeline().at(world_.clock().now(), [this] { wantNothing(); });
    wantNothing();
  });
  EXPECT_EQ(outcomeOf(recover()), PassOutcome::kNothingToDo);
  EXPECT_TRUE(world_.cluster().isNull());
}

TEST_F(RecoverRaceTest, ACorrectedWishIsWhatComesBack) {
  world_.add(sim::aBackup("backup-20250113-020000").ours());
  lose();
  before("PATCH", "/noobaas/", [this] { want("backup-20250113-020000"); });
  EXPECT_EQ(outcomeOf(recover()), PassOutcome::kCompleted);
  EXPECT_EQ(sourceOf(instance(1)), "backup-20250113-020000");
}

TEST_F(RecoverTest, AStatusThatConflictsForEverKeepsNoDatabaseDown) {
  lose();
  transport_.intercept([this](const k8s::HttpRequest& request, int,
                              bool acted) -> tl::expected<void, k8s::TransportError> {
    if (!acted && request.method == "PATCH" &&
        request.target.find("/noobaas/") != std::string::npos) {
      world_.editNoobaa([](json::Value& noobaa) {
        json::Value& label = noobaa["metadata"]["labels"]["busy"];
        label = (label.string() == nullptr ? "" : *label.string()) + "x";
      });
    }
    return {};
  });
  EXPECT_EQ(recover().exit_code, ExitCode::kIncomplete);
  EXPECT_EQ(phase(), sim::kHealthyPhase);
}

TEST_F(RecoverTest, WithoutDbRecoveryAnAbsentClusterIsNotReplaced) {
  world_.add(sim::aBackup(kName).ours());
  loseCluster();
  const PassResult result = recover();
  EXPECT_EQ(result.exit_code, ExitCode::kDone);
  EXPECT_EQ(outcomeOf(result), PassOutcome::kNothingToDo);
  EXPECT_THAT(result.reason, HasSubstr("no .spec.dbSpec.dbRecovery"));
  EXPECT_THAT(writes(), IsEmpty());
}

TEST_F(RecoverTest, CompletedStaysAndIsNotProvenAgain) {
  lose();
  recover();
  const std::string before = recoveryStatus();
  const std::string uid = clusterUid();
  world_.advance(std::chrono::hours(1));
  const PassResult again = recover("run-2");
  EXPECT_EQ(outcomeOf(again), PassOutcome::kNothingToDo);
  EXPECT_THAT(again.reason, HasSubstr("already"));
  EXPECT_EQ(recoveryStatus(), before);
  EXPECT_EQ(clusterUid(), uid);
  EXPECT_THAT(writes(), IsEmpty());
}

TEST_F(RecoverTest, DeletingTheRecoveredClusterRecoversItOnceMore) {
  lose();
  recover();
  const std::string uid = clusterUid();
  loseCluster();
  EXPECT_EQ(recover("run-2").exit_code, ExitCode::kDone);
  EXPECT_NE(clusterUid(), uid);
  EXPECT_THAT(recoveryStatus(), StartsWith("Completed "));
}

TEST_F(RecoverTest, AnOperatorAtWorkIsLeftToRecoverAndTheSnapshotIsLookedAt) {
  lose();
  world_.addNoobaaOperator();
  const PassResult result = recover();
  EXPECT_EQ(result.exit_code, ExitCode::kDone);
  EXPECT_EQ(outcomeOf(result), PassOutcome::kDeferred);
  EXPECT_THAT(result.reason, AllOf(HasSubstr("noobaa-operator"), HasSubstr("is fit")));
  EXPECT_THAT(writes(), IsEmpty());
  EXPECT_EQ(result.backup, kName);
}

TEST_F(RecoverTest, AnOperatorThatWouldWaitForEverIsWarnedOf) {
  lose("no-such-snapshot");
  world_.addNoobaaOperator();
  const PassResult result = recover();
  EXPECT_EQ(result.exit_code, ExitCode::kDone);
  EXPECT_EQ(outcomeOf(result), PassOutcome::kDeferred);
  EXPECT_THAT(result.warnings, Contains(HasSubstr("no-such-snapshot")));
  EXPECT_THAT(writes(), IsEmpty());
}

TEST_F(RecoverTest, AnOperatorAtWorkCanBeIgnored) {
  settings_.operator_recovery = OperatorRecoveryPolicy::kIgnore;
  lose();
  world_.addNoobaaOperator();
  EXPECT_EQ(recover().exit_code, ExitCode::kDone);
  EXPECT_THAT(recoveryStatus(), StartsWith("Completed "));
}

TEST_F(RecoverTest, AnOperatorThatIsNotReadyIsNone) {
  lose();
  world_.addNoobaaOperator(0);
  EXPECT_EQ(outcomeOf(recover()), PassOutcome::kCompleted);
}

TEST_F(RecoverTest, AnOperatorThatComesBackIsLeftWithTheStatus) {
  lose();
  sync();  // makes the Cluster and goes
  ASSERT_THAT(recoveryStatus(), StartsWith("Running "));
  world_.addNoobaaOperator();
  const PassResult result = recover();
  EXPECT_EQ(outcomeOf(result), PassOutcome::kDeferred);
  EXPECT_THAT(writes(), IsEmpty());
}

TEST_F(RecoverTest, ARestoreThatGivesUpIsFailedAndTheClusterLeft) {
  world_.faults().recovery_job_fails = true;
  lose();
  const PassResult result = recover();
  EXPECT_EQ(result.exit_code, ExitCode::kRecoveryFailed) << result.reason;
  EXPECT_THAT(result.reason, HasSubstr("kubectl -n noobaa delete clusters."));
  EXPECT_THAT(recoveryStatus(), MatchesRegex("Failed backup-20250114-020000 2025-.*"));
  EXPECT_FALSE(world_.cluster().isNull());
  EXPECT_THAT(eventReasons(), UnorderedElementsAre("RecoveryStarted", "RecoveryFailed"));

  world_.faults().recovery_job_fails = false;
  loseCluster();
  EXPECT_EQ(recover("run-2").exit_code, ExitCode::kDone);
}

TEST_F(RecoverTest, DataThatPostgresDoesNotStartOnIsFailed) {
  world_.faults().instance_crashes = true;
  lose();
  const PassResult result = recover();
  EXPECT_EQ(result.exit_code, ExitCode::kRecoveryFailed) << result.reason;
  EXPECT_THAT(result.reason, HasSubstr(instance(1)));
  EXPECT_THAT(recoveryStatus(), MatchesRegex("Failed backup-20250114-020000 2025-.*"));
}

TEST_F(RecoverTest, ASnapshotThatVanishesUnderwayIsFailed) {
  lose();
  sync();
  world_.server().remove(world_.snapshotRef(kName));
  world_.advance(std::chrono::seconds(1));
  const PassResult result = recover();
  // The volume may have been filled already: then it comes up all the same.
  if (result.exit_code != ExitCode::kDone) {
    EXPECT_EQ(result.exit_code, ExitCode::kRecoveryFailed) << result.reason;
    EXPECT_THAT(recoveryStatus(), StartsWith("Failed "));
  }
}

TEST_F(RecoverTest, APassThatFindsTheClusterItMadeGoesOnWaiting) {
  lose();
  sync();
  const std::string uid = clusterUid();
  ASSERT_NE(uid, "");
  const std::string running = recoveryStatus();
  EXPECT_EQ(recover().exit_code, ExitCode::kDone);
  EXPECT_EQ(clusterUid(), uid);
  EXPECT_EQ(recoveryStatus(), "Completed" + running.substr(std::string("Running").size()));
}

TEST_F(RecoverTest, WhatWasBegunIsFollowedAlsoWhenTheWishIsTakenBack) {
  lose();
  sync();
  wantNothing();
  EXPECT_EQ(outcomeOf(recover()), PassOutcome::kCompleted);
  EXPECT_THAT(recoveryStatus(), StartsWith(std::string("Completed ") + kName));
}

TEST_F(RecoverTest, AClusterDeletedWhileItComesUpIsMadeAnew) {
  lose();
  sync();
  const std::string uid = clusterUid();
  deleteCluster();
  EXPECT_EQ(recover().exit_code, ExitCode::kDone);
  EXPECT_NE(clusterUid(), uid);
}

TEST_F(RecoverTest, ALostRaceIsLookedAtAgain) {
  lose();
  transport_.intercept([this](const k8s::HttpRequest& request, int,
                              bool acted) -> tl::expected<void, k8s::TransportError> {
    if (!acted && request.method == "POST" &&
        request.target.find("/clusters?") != std::string::npos && world_.cluster().isNull()) {
      world_.server().create(sim::clusterObject(world_.shape(), json::Value()));
    }
    return {};
  });
  const PassResult result = recover();
  EXPECT_EQ(result.exit_code, ExitCode::kDone);
  EXPECT_EQ(outcomeOf(result), PassOutcome::kNothingToDo);
  EXPECT_THAT(result.reason, HasSubstr("was not made by this recovery"));
}

TEST_F(RecoverTest, ADryRunSaysWhatWouldBeCreatedAndChangesNothing) {
  lose();
  settings_.dry_run = true;
  const json::Value before = world_.noobaa();
  const PassResult result = recover();
  EXPECT_EQ(result.exit_code, ExitCode::kDone);
  EXPECT_THAT(result.reason, AllOf(HasSubstr("would be created from backup-20250114-020000"),
                                   HasSubstr("nothing changed")));
  EXPECT_TRUE(world_.cluster().isNull());
  EXPECT_EQ(world_.noobaa(), before);
  EXPECT_THAT(eventReasons(), IsEmpty());
  EXPECT_EQ(leaseHolder(), "");
}

TEST_F(RecoverTest, ADryRunWaitsForNothing) {
  world_.faults().claims_never_go = true;
  lose();
  settings_.dry_run = true;
  const PassResult result = recover();
  EXPECT_EQ(result.exit_code, ExitCode::kDone);
  EXPECT_THAT(result.reason, HasSubstr("would wait"));
  EXPECT_EQ(recoveryStatus(), "");
}

TEST_F(RecoverTest, AnOutageIsSatOut) {
  lose();
  const auto began = world_.clock().monotonic();
  transport_.intercept(
      [this, began](const k8s::HttpRequest&, int, bool) -> tl::expected<void, k8s::TransportError> {
        const auto since = world_.clock().monotonic() - began;
        if (since > std::chrono::seconds(6) && since < std::chrono::minutes(4)) {
          return tl::unexpected(
              k8s::TransportError{k8s::TransportError::Kind::kBroken, "no route", false});
        }
        return {};
      });
  const PassResult result = recover();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_THAT(recoveryStatus(), StartsWith("Completed "));
}

TEST_F(RecoverTest, AStopLeavesTheRestToTheNextPass) {
  world_.faults().claims_never_go = true;
  lose();
  world_.timeline().at(world_.clock().now() + std::chrono::seconds(20),
                       [this] { stop_.request_stop(); });
  const PassResult result = recover();
  EXPECT_EQ(result.exit_code, ExitCode::kInterrupted);
  EXPECT_EQ(leaseHolder(), "");
  EXPECT_EQ(recoveryStatus(), std::string("Pending ") + kName);
}

TEST_F(RecoverTest, AnotherPassAtWorkIsWaitedForThenBusy) {
  lose();
  holdLeaseByAnother();
  settings_.lock_wait = std::chrono::seconds(30);
  const PassResult result = recover();
  EXPECT_EQ(result.exit_code, ExitCode::kBusy);
  EXPECT_TRUE(world_.cluster().isNull());
  EXPECT_EQ(recoveryStatus(), "");
}

TEST_F(RecoverTest, EveryRightThatIsMissingIsNamedAtOnce) {
  world_.server().forbid("admin", "create", "clusters.postgresql.cnpg.noobaa.io");
  world_.server().forbid("admin", "list", "pods");
  lose();
  const PassResult result = recover();
  EXPECT_EQ(result.exit_code, ExitCode::kForbidden);
  EXPECT_THAT(result.reason, AllOf(HasSubstr("list pods in namespace noobaa"),
                                   HasSubstr("create clusters.postgresql.cnpg.noobaa.io"),
                                   HasSubstr("recovery.enabled")));
  EXPECT_TRUE(world_.cluster().isNull());
}

TEST_F(RecoverTest, AStatusThatMayNotBeWrittenKeepsNoDatabaseDown) {
  world_.server().forbid("admin", "patch", "noobaas/status.noobaa.io");
  lose();
  const PassResult result = recover();
  EXPECT_EQ(result.exit_code, ExitCode::kIncomplete) << result.reason;
  EXPECT_THAT(result.reason,
              AllOf(HasSubstr("the database is recovered, but"), HasSubstr("noobaas/status")));
  EXPECT_EQ(phase(), sim::kHealthyPhase);
}

TEST_F(RecoverTest, AnExternalDatabaseIsNotOurs) {
  lose();
  world_.editNoobaa(
      [](json::Value& noobaa) { noobaa["spec"]["externalPgSecret"]["name"] = "secret"; });
  EXPECT_EQ(outcomeOf(recover()), PassOutcome::kNothingToDo);
  EXPECT_THAT(writes(), IsEmpty());
}

TEST_F(RecoverTest, TheWaitHasALogLineAChange) {
  lose();
  recover();
  int lines = 0;
  for (const std::string& line : log_lines_) {
    if (line.find("recovery goes on") != std::string::npos) ++lines;
  }
  EXPECT_GE(lines, 2);
  EXPECT_LE(lines, 12);
}

/// Recovery driven by `sync`, which takes one step and waits for nothing.
class SyncRecoverTest : public RecoverTest {
 protected:
  /// Every minute, at most so often, until recoveryStatus begins with `wanted`; how many it took.
  int syncUntil(const std::string& wanted, int most = 20) {
    for (int count = 1; count <= most; ++count) {
      last_ = sync();
      if (recoveryStatus().starts_with(wanted)) return count;
      world_.advance(std::chrono::minutes(1));
    }
    return most + 1;
  }
  void unconfigure() {
    world_.editNoobaa([](json::Value& noobaa) { noobaa["spec"]["dbSpec"]["dbBackup"] = {}; });
  }
  PassResult last_;
};

TEST_F(SyncRecoverTest, StepsOnAndTheNextOneGoesOn) {
  world_.add(sim::aBackup(kName).ours());
  want(kName);
  deleteCluster();
  const PassResult first = sync();
  EXPECT_EQ(first.exit_code, ExitCode::kDone) << first.reason;
  EXPECT_EQ(recoveryStatus(), std::string("Pending ") + kName);
  EXPECT_THAT(first.reason, HasSubstr("the recovery from backup-20250114-020000"));
  world_.advance(std::chrono::minutes(1));
  sync();
  EXPECT_THAT(recoveryStatus(), StartsWith("Running "));
  const std::string uid = clusterUid();
  EXPECT_LE(syncUntil("Completed "), 3);
  EXPECT_EQ(clusterUid(), uid);
  EXPECT_THAT(eventReasons(), AllOf(Contains("RecoveryStarted"), Contains("RecoveryCompleted")));
}

// Which of them the history has.
TEST_F(SyncRecoverTest, TheOneThatCreatesTheClusterAndTheOneThatSeesTheEndSayThatTheyMovedIt) {
  lose();
  std::vector<std::string> moved;
  for (int i = 0; i < 6; ++i) {
    if (sync().moved_recovery) moved.push_back(recoveryStatus().substr(0, 9));
    world_.advance(std::chrono::minutes(1));
  }
  EXPECT_THAT(moved, ElementsAre("Running b", "Completed"));
}

TEST_F(SyncRecoverTest, AfterOneThatWasKilledAsItHadCreatedTheClusterTheNextSaysThatItMovedIt) {
  lose();
  ASSERT_LE(syncUntil("Running "), 2);
  world_.editNoobaa([](json::Value& noobaa) {
    noobaa["status"]["dbStatus"]["recoveryStatus"] =
        json::Object{{"status", "Pending"}, {"snapshotName", kName}};
  });
  EXPECT_TRUE(sync().moved_recovery);
}

TEST_F(SyncRecoverTest, WhereTheStatusCannotBeWrittenTheCreationIsSaidOnceAndTheEndNever) {
  world_.server().forbid("admin", "patch", "noobaas/status.noobaa.io");
  lose();
  int moved = 0;
  for (int i = 0; i < 6; ++i) {
    if (sync().moved_recovery) ++moved;
    world_.advance(std::chrono::minutes(1));
  }
  EXPECT_EQ(phase(), sim::kHealthyPhase);
  EXPECT_EQ(moved, 1);
}

TEST_F(SyncRecoverTest, ADryRunDoesNotSayThatItMovedIt) {
  lose();
  settings_.dry_run = true;
  const PassResult result = sync();
  EXPECT_THAT(result.reason, HasSubstr("nothing is left of the old Cluster"))
      << "there is something to move";
  EXPECT_FALSE(result.moved_recovery);
}

TEST_F(SyncRecoverTest, RecoversAlsoWhenNoBackupsAreConfigured) {
  unconfigure();
  lose();
  EXPECT_LE(syncUntil("Completed "), 4);
}

TEST_F(SyncRecoverTest, RecoversAlsoWhenTheBackupsAreConfiguredWrongly) {
  settings_.overrides.schedule = "nonsense";
  lose();
  EXPECT_LE(syncUntil("Completed "), 4);
  EXPECT_EQ(last_.exit_code, ExitCode::kConfiguration);
}

TEST_F(SyncRecoverTest, RecoversAlsoWhileTheOperatorsScheduleMakesPassesDefer) {
  world_.add(sim::World::ScheduledBackup{.name = ""});
  lose();
  EXPECT_LE(syncUntil("Completed "), 4);
  EXPECT_EQ(outcomeOf(last_), PassOutcome::kDeferred);
}

TEST_F(SyncRecoverTest, WhatCannotSucceedIsAFailureAndToldOnce) {
  lose("no-such-snapshot");
  EXPECT_EQ(sync().exit_code, ExitCode::kRecoveryFailed);
  const PassResult again = sync();
  EXPECT_EQ(again.exit_code, ExitCode::kRecoveryFailed);
  EXPECT_THAT(again.reason, HasSubstr("no-such-snapshot"));
  EXPECT_THAT(eventReasons(), ElementsAre("RecoveryFailed"));
}

TEST_F(SyncRecoverTest, WithoutTheRightsItWarnsAndNamesThem) {
  world_.server().forbid("admin", "get", "deployments.apps");
  world_.server().forbid("admin", "create", "clusters.postgresql.cnpg.noobaa.io");
  lose();
  const PassResult result = sync();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_THAT(result.warnings,
              Contains(AllOf(HasSubstr("the recovery was not driven"),
                             HasSubstr("get deployments.apps \"noobaa-operator\""),
                             HasSubstr("create clusters.postgresql.cnpg.noobaa.io"))));
}

TEST_F(SyncRecoverTest, WithoutTheRightsNotEverythingIsInStep) {
  world_.server().forbid("admin", "create", "clusters.postgresql.cnpg.noobaa.io");
  lose();
  sync();
  EXPECT_THAT(sync().reason, Not(HasSubstr("everything is in step")));
}

TEST_F(SyncRecoverTest, ANewReasonIsToldThoughTheStatusStays) {
  lose("no-such-snapshot");
  sync();
  world_.add(sim::aBackup("no-such-snapshot").ours());
  world_.server().update(world_.snapshotRef("no-such-snapshot"), [](json::Value& object) {
    object["metadata"]["labels"][kClusterLabel] = "other";
  });
  EXPECT_EQ(sync().exit_code, ExitCode::kRecoveryFailed);
  EXPECT_THAT(eventReasons(), ElementsAre("RecoveryFailed", "RecoveryFailed"));
}

TEST_F(SyncRecoverTest, SaysOnceThatThereIsNoCr) {
  world_.server().remove({sim::noobaaType(), world_.shape().name_space, "noobaa"});
  const PassResult result = sync();
  EXPECT_EQ(result.exit_code, ExitCode::kConfiguration);
  EXPECT_THAT(result.reason, Not(HasSubstr("the recovery was not driven")));
}

TEST_F(SyncRecoverTest, LeavesItToAPassThatIsAtWork) {
  lose();
  holdLeaseByAnother();
  const PassResult result = sync();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_THAT(result.warnings, Contains(HasSubstr("the recovery was not driven, as another pass")));
  EXPECT_TRUE(world_.cluster().isNull());
}

TEST_F(SyncRecoverTest, LooksOnWhileAnOperatorIsAtWork) {
  lose();
  world_.addNoobaaOperator();
  sync();
  const PassResult result = sync();
  EXPECT_THAT(result.reason, HasSubstr("noobaa-operator is at work"));
  EXPECT_TRUE(world_.cluster().isNull());
  EXPECT_EQ(recoveryStatus(), "");
}

TEST_F(SyncRecoverTest, OnceItIsCompletedAnUnchangedWorldTakesAtMostEightRequests) {
  lose();
  ASSERT_LE(syncUntil("Completed "), 4);
  sync();
  const PassResult result = sync();
  EXPECT_EQ(result.exit_code, ExitCode::kDone);
  EXPECT_THAT(writes(), IsEmpty());
  EXPECT_LE(counts_.requests, 8);
  EXPECT_THAT(result.reason, HasSubstr("take dbRecovery out"));
}

TEST_F(SyncRecoverTest, AnotherClusterInTheWayCostsNothingEither) {
  world_.add(sim::aBackup(kName).ours());
  want(kName);
  sync();
  const PassResult result = sync();
  EXPECT_THAT(writes(), IsEmpty());
  EXPECT_LE(counts_.requests, 8);
  EXPECT_THAT(result.reason, AllOf(HasSubstr("recover --dry-run"), Not(HasSubstr("kubectl"))));
}

TEST_F(SyncRecoverTest, ADryRunChangesNothing) {
  lose();
  settings_.dry_run = true;
  const json::Value before = world_.noobaa();
  sync();
  EXPECT_TRUE(world_.cluster().isNull());
  EXPECT_EQ(world_.noobaa(), before);
}

}  // namespace
}  // namespace job
