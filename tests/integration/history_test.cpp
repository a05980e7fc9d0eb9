#include <chrono>

#include "common/json/parse.h"
#include "job/model/history_key.h"
#include "job/pass/read_history.h"
#include "job/pass/record_history.h"
#include "job/program/show_history.h"
#include "job/report/recorded_run.h"
#include "tests/integration/faulty_transport.h"
#include "tests/integration/pass_fixture.h"

namespace job {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

/// The ring of runs in ConfigMap noobaa-db-backup-history.
class HistoryTest : public PassTest {
 protected:
  k8s::ObjectRef ref() const {
    return {configMapType(), world_.shape().name_space, std::string(kHistoryName)};
  }
  json::Object data() {
    const json::Value map = world_.get(ref());
    const json::Value* values = map.object() == nullptr ? nullptr : map.object()->find("data");
    return values == nullptr || values->object() == nullptr ? json::Object() : *values->object();
  }
  void put(json::Object values) {
    if (!world_.get(ref()).isNull()) {
      return world_.server().update(ref(), [&](json::Value& map) { map["data"] = values; });
    }
    world_.server().create(json::Object{
        {"apiVersion", "v1"},
        {"kind", "ConfigMap"},
        {"metadata",
         json::Object{{"name", kHistoryName}, {"namespace", world_.shape().name_space}}},
        {"data", std::move(values)}});
  }
  /// Writes a run down that ends now; the warning.
  std::string record(const std::string& run_id = "run-1", PassResult result = {}) {
    return recordOver(guard_, stop_.get_token(), run_id, std::move(result));
  }
  /// The same over a connection of which one request is disturbed.
  std::string recordOver(FaultyTransport& wire) {
    return recordOver(wire, wire.stopSource().get_token(), "run-1", {});
  }
  std::string recordOver(k8s::HttpTransport& wire, std::stop_token stop, const std::string& run_id,
                         PassResult result) {
    result.command = "run";
    return inSessionOver(wire, run_id, "pod-1", std::move(stop), [&](Session& session) {
      return recordHistory(session, entryOf(result, session.clock.now(), session.run_id));
    });
  }
  std::string keyAt(timing::Instant at, const std::string& cluster) const {
    return historyKey(cluster, at, "run", "id", "holder");
  }
  std::string keyHoursAgo(int hours) {
    return keyAt(world_.clock().now() - std::chrono::hours(hours), world_.shape().clusterName());
  }
  std::vector<std::string> requests() {
    std::vector<std::string> found;
    for (const std::string& line : world_.server().requestLog()) {
      if (line.find("configmaps") != std::string::npos)
        found.push_back(line.substr(0, line.find(' ')));
    }
    return found;
  }
  std::string show() {
    settings_.output = Output::kTable;
    const auto text = inSession("laptop", "pod-1", showHistory);
    EXPECT_TRUE(text) << text.error().message;
    return text.value_or("");
  }
  void forbid(const std::string& verb) { world_.server().forbid("admin", verb, "configmaps"); }
};

TEST_F(HistoryTest, TheFirstRunMakesTheConfigMapAndTheNextAddsToItByOneRequest) {
  EXPECT_EQ(record("run-1"), "");
  EXPECT_THAT(requests(), ElementsAre("PATCH", "POST"));
  json::Value map = world_.get(ref());
  EXPECT_EQ(map["metadata"]["labels"][kManagedByLabel], json::Value(kProgramName));
  EXPECT_EQ(map["metadata"].object()->find("ownerReferences"), nullptr);
  world_.advance(std::chrono::hours(1));
  EXPECT_EQ(record("run-2"), "");
  EXPECT_THAT(requests(), ElementsAre("PATCH"));
  EXPECT_THAT(data(), SizeIs(2));
}

TEST_F(HistoryTest, ASteadyPassMakesOneRequestMore) {
  record();
  const auto requests_of = [&](bool recorded) {
    world_.advance(std::chrono::hours(24));
    const std::string id = recorded ? "recorded" : "plain";
    return inSession(id, "pod-1", [&](Session& session) {
      const PassResult result = runPass(session);
      EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
      if (recorded) {
        EXPECT_EQ(recordHistory(session, entryOf(result, session.clock.now(), id)), "");
      }
      return session.client.counts().requests - session.client.counts().watches;
    });
  };
  requests_of(false);
  const auto plain = requests_of(false);
  EXPECT_EQ(requests_of(true), plain + 1);
}

TEST_F(HistoryTest, AnEntryHasTheResultAndWhyEachBackupWasDeleted) {
  for (const char* day : {"11", "12", "13", "14"}) {
    world_.add(sim::aBackup("backup-202501" + std::string(day) + "-020000").ours());
  }
  settings_.overrides.max_snapshots = 3;
  const PassResult result = run("run-7");
  ASSERT_THAT(result.pruned, SizeIs(2));
  EXPECT_EQ(record("run-7", result), "");
  const auto history = inSession("x", "pod-1", findHistory);
  ASSERT_TRUE(history && history->has_value());
  const HistoryEntry entry = (*history)->runs.at(0).entry;
  EXPECT_EQ(entry.run_id, "run-7");
  EXPECT_EQ(entry.text("backup"), *result.backup);
  EXPECT_EQ(entry.deleted.at("ExceedsMaxSnapshots"), result.pruned);
}

TEST_F(HistoryTest, TwoPassesThatWriteAtOnceLoseNoEntry) {
  bool other_done = false;
  // Between the 404 of our patch and our create another pass makes the ConfigMap.
  transport_.intercept([&](const k8s::HttpRequest& request, int,
                           bool acted) -> tl::expected<void, k8s::TransportError> {
    if (!acted && !other_done && request.method == "POST" &&
        request.target.find("configmaps") != std::string::npos) {
      other_done = true;
      put({{keyHoursAgo(1), "{}"}});
    }
    return {};
  });
  EXPECT_EQ(record(), "");
  EXPECT_TRUE(other_done);
  EXPECT_THAT(data(), SizeIs(2));
  EXPECT_NE(data().find(keyHoursAgo(1)), nullptr);
}

TEST_F(HistoryTest, ARunKilledBetweenTheTwoWritesLeavesTheRestToTheNext) {
  settings_.history_limit = 4;
  json::Object old;
  for (int hours = 1; hours <= 7; ++hours) old.set(keyHoursAgo(hours), "{}");
  put(old);
  EXPECT_EQ(record(), "");
  EXPECT_THAT(requests(), ElementsAre("PATCH", "PATCH"));
  EXPECT_THAT(data(), SizeIs(4));
  EXPECT_NE(data().find(keyHoursAgo(3)), nullptr);
  EXPECT_EQ(data().find(keyHoursAgo(4)), nullptr);
}

TEST_F(HistoryTest, AnotherClustersRunsAndOtherPeoplesKeysStay) {
  settings_.history_limit = 1;
  json::Object old{{"notes", "mine"}, {keyHoursAgo(5), "garbage"}};
  for (int hours = 1; hours <= 5; ++hours) {
    old.set(keyAt(world_.clock().now() - std::chrono::hours(hours), "other"), "{}");
  }
  put(old);
  EXPECT_EQ(record(), "");
  EXPECT_THAT(data(), SizeIs(7));
  EXPECT_EQ(data().find(keyHoursAgo(5)), nullptr);
  EXPECT_THAT(show(), HasSubstr("Of other Clusters, which --cluster shows: other (5 runs)\n"));
}

TEST_F(HistoryTest, WhatMayNotBeWrittenIsAWarning) {
  forbid("patch");
  EXPECT_THAT(record(), AllOf(StartsWith("this run is missing from the history: "),
                              HasSubstr("grant verb patch on resource configmaps")));
}

TEST_F(HistoryTest, NorIsItAFailureThatItMayNotBeMade) {
  forbid("create");
  EXPECT_THAT(record(), HasSubstr("grant verb create on resource configmaps"));
  EXPECT_THAT(data(), IsEmpty());
}

TEST_F(HistoryTest, AFullConfigMapLosesItsOldestRunsAndThatIsTold) {
  constexpr std::size_t kThird = 1024 * 1024 / 3;
  put({{keyHoursAgo(3), std::string(kThird, 'x')},
       {keyHoursAgo(2), std::string(kThird, 'x')},
       {keyHoursAgo(1), std::string(kThird, 'x')}});
  EXPECT_THAT(record(),
              AllOf(HasSubstr("was full (1 MiB)"), HasSubstr("taken out of the history (1)")));
  EXPECT_THAT(requests(), ElementsAre("PATCH", "GET", "PATCH"));
  EXPECT_EQ(data().find(keyHoursAgo(3)), nullptr);
  EXPECT_THAT(data(), SizeIs(3));
}

TEST_F(HistoryTest, OneThatIsFullOfOtherThingsIsLeftAlone) {
  put({{"notes", std::string(1024 * 1024, 'x')}, {keyHoursAgo(1), ""}});
  EXPECT_THAT(record(), HasSubstr("is full of what is not of Cluster noobaa-db-pg-cluster"));
  EXPECT_THAT(data(), SizeIs(2));
}

TEST_F(HistoryTest, AnApiThatDoesNotAnswerCostsFiveSecondsAndOneOnceStopped) {
  transport_.intercept([&](const k8s::HttpRequest&, int, bool acted) {
    if (!acted) world_.advance(std::chrono::milliseconds(700));
    return tl::expected<void, k8s::TransportError>(
        tl::unexpect,
        k8s::TransportError{.kind = k8s::TransportError::Kind::kBroken, .message = "reset"});
  });
  auto began = world_.clock().now();
  EXPECT_THAT(record(), HasSubstr("this run is missing from the history"));
  EXPECT_LE(world_.clock().now() - began, std::chrono::seconds(6));
  stop_.request_stop();
  began = world_.clock().now();
  EXPECT_THAT(record(), HasSubstr("this run is missing from the history"));
  EXPECT_LE(world_.clock().now() - began, std::chrono::seconds(2));
}

TEST_F(HistoryTest, AServerThatTakesTheRequestAndNeverAnswersCostsFiveSeconds) {
  FaultyTransport wire(guard_, world_.clock());
  wire.plan(Fault::kStall, {.request = 0});
  const auto began = world_.clock().now();
  const std::string warning = recordOver(wire);
  EXPECT_TRUE(wire.struck());
  EXPECT_THAT(warning, HasSubstr("this run is missing from the history"));
  EXPECT_LE(world_.clock().now() - began, std::chrono::seconds(6));
}

TEST_F(HistoryTest, AStopWhileNobodyAnswersLeavesItASecondMore) {
  transport_.intercept([&](const k8s::HttpRequest&, int, bool acted) {
    if (!acted) world_.advance(std::chrono::milliseconds(700));
    stop_.request_stop();
    return tl::expected<void, k8s::TransportError>(
        tl::unexpect,
        k8s::TransportError{.kind = k8s::TransportError::Kind::kBroken, .message = "reset"});
  });
  const auto began = world_.clock().now();
  EXPECT_THAT(record(), HasSubstr("this run is missing from the history"));
  EXPECT_LE(world_.clock().now() - began, std::chrono::seconds(3));
}

TEST_F(HistoryTest, ARunStoppedWhileItIsWrittenDownIsWrittenDownOnce) {
  for (const Fault fault : {Fault::kStopBefore, Fault::kStopAfter}) {
    for (int request = 0; request < 2; ++request) {
      world_.server().remove(ref());
      FaultyTransport wire(guard_, world_.clock());
      wire.plan(fault, {.request = request});
      EXPECT_EQ(recordOver(wire), "");
      EXPECT_TRUE(wire.struck());
      EXPECT_THAT(data(), SizeIs(1));
    }
  }
}

TEST_F(HistoryTest, AStoppedRunIsWrittenDownAllTheSame) {
  stop_.request_stop();
  EXPECT_EQ(record(), "");
  EXPECT_THAT(data(), SizeIs(1));
}

TEST_F(HistoryTest, WhichRunsAreWrittenDown) {
  const auto recorded = [&](Command command, const PassResult& result = {}) {
    settings_.command = command;
    return isRecorded(settings_, result);
  };
  for (const Command command :
       {Command::kRun, Command::kBackup, Command::kPrune, Command::kRecover}) {
    EXPECT_TRUE(recorded(command));
  }
  EXPECT_FALSE(recorded(Command::kSync));
  PassResult moved;
  moved.moved_recovery = true;
  EXPECT_TRUE(recorded(Command::kSync, moved));
  settings_.plan_out = "plan.json";
  EXPECT_FALSE(recorded(Command::kPrune));
  settings_.dry_run = true;
  EXPECT_FALSE(recorded(Command::kRun));
  EXPECT_FALSE(isRecorded(settings_, DrillReport()));
  settings_.dry_run = false;
  EXPECT_TRUE(isRecorded(settings_, DrillReport()));
  settings_.history_limit = 0;
  EXPECT_FALSE(recorded(Command::kRun));
  EXPECT_FALSE(isRecorded(settings_, DrillReport()));
}

TEST_F(HistoryTest, IsShownByOneReadAndChangesNothing) {
  PassResult failed;
  failed.exit_code = ExitCode::kBackupFailed;
  failed.backup = "backup-20250115-020000";
  failed.reason = "the backup failed";
  record("run-1", failed);
  put([&] {
    json::Object values = data();
    values.set(keyHoursAgo(1), "garbage");
    return values;
  }());
  const std::string text = show();
  EXPECT_THAT(world_.server().requestLog(), SizeIs(1));
  EXPECT_THAT(text,
              AllOf(StartsWith("ENDED"), HasSubstr("failed (3)"), HasSubstr("the backup failed"),
                    HasSubstr("\nUnreadable: key " + keyHoursAgo(1))));
}

TEST_F(HistoryTest, ThatThereIsNoneYetIsNoFailure) {
  EXPECT_THAT(show(), AllOf(HasSubstr("No run is recorded of Cluster noobaa/noobaa-db-pg-cluster"),
                            HasSubstr("there is no ConfigMap noobaa/noobaa-db-backup-history")));
  forbid("get");
  const auto text = inSession("laptop", "pod-1", showHistory);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, ExitCode::kForbidden);
}

}  // namespace
}  // namespace job
