#include "common/k8s/lease_lock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/json/parse.h"
#include "common/json/view.h"
#include "common/json/write.h"
#include "tests/common/k8s/client/client_fixture.h"

namespace k8s {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing_support::Reply;

/// One Lease, with the API server's optimistic locking.
class LeaseStore {
 public:
  Reply answer(const HttpRequest& request) {
    if (before) before(request);
    if (fault) return *fault;
    if (request.method == "GET") {
      return lease_ ? Reply(200, json::write(*lease_)) : refusal(404, "NotFound");
    }
    const auto body = json::parse(request.body);
    if (request.method == "POST") {
      if (lease_) return refusal(409, "AlreadyExists");
      return store(*body, 201);
    }
    // One that is absent has no uid, and without a uid this would create it.
    if (read(*body, "metadata", "uid") != read("metadata", "uid")) return refusal(409, "Conflict");
    if (!lease_) return store(*body, 201);
    if (read(*body, "metadata", "resourceVersion") != read("metadata", "resourceVersion")) {
      return refusal(409, "Conflict");
    }
    return store(*body, 200);
  }

  /// As another would write it, whatever the version.
  void write(const std::string& holder, int duration = 30) {
    json::Value lease = lease_.value_or(*json::parse(
        R"({"metadata":{"name":"l","labels":{"kept":"yes"}},"spec":{"leaseTransitions":4}})"));
    lease["spec"]["holderIdentity"] = holder;
    lease["spec"]["leaseDurationSeconds"] = duration;
    lease["spec"]["renewTime"] = "write " + std::to_string(version_);
    store(std::move(lease), 200);
  }
  void erase() { lease_.reset(); }

  std::string holder() const { return read("spec", "holderIdentity"); }
  std::string read(const std::string& part, const std::string& key) const {
    return lease_ ? read(*lease_, part, key) : "";
  }
  /// Strings without their quotes, other values as JSON.
  static std::string read(const json::Value& lease, const std::string& part,
                          const std::string& key) {
    json::Decoder decoder(lease);
    const json::View view = decoder.root()[part][key];
    if (!view.present()) return "";
    if (view.value()->string() != nullptr) return *view.value()->string();
    return std::to_string(view.integer());
  }

  std::function<void(const HttpRequest&)> before;
  std::optional<Reply> fault;

 private:
  Reply store(json::Value lease, int code) {
    if (!lease_) lease["metadata"]["uid"] = "uid-" + std::to_string(version_);
    lease["metadata"]["resourceVersion"] = std::to_string(++version_);
    lease_ = lease;
    return Reply(code, json::write(lease));
  }
  static Reply refusal(int code, const std::string& reason) {
    return Reply(code, R"({"kind":"Status","reason":")" + reason +
                           R"(","message":"no","details":{"name":"l"}})");
  }

  std::optional<json::Value> lease_;
  int version_ = 100;
};

class LeaseLockTest : public testing_support::ClientFixture {
 protected:
  LeaseLockTest() {
    transport.handle([this](const HttpRequest& request) { return store.answer(request); });
  }
  static LeaseOptions optionsOf(const std::string& holder) {
    return {.name_space = "noobaa", .name = "l", .holder = holder, .same_run_prefix = ""};
  }
  ApiResult<bool> acquire(LeaseLock& lock, timing::Duration limit = hours(1)) {
    return acquire(lock, limit, limit);
  }
  ApiResult<bool> acquire(LeaseLock& lock, timing::Duration limit, timing::Duration patience) {
    return lock.acquire(within(limit), timing::Deadline::in(clock, patience),
                        [this](const std::string& holder) { told.push_back(holder); });
  }
  std::vector<std::string> methods() const {
    std::vector<std::string> out;
    for (const HttpRequest& request : transport.requests) out.push_back(request.method);
    return out;
  }

  LeaseStore store;
  LeaseLock ours{client, optionsOf("us")};
  LeaseLock theirs{client, optionsOf("them")};
  std::vector<std::string> told;
};

TEST_F(LeaseLockTest, CreatesTheLease) {
  EXPECT_EQ(acquire(ours), true);
  EXPECT_TRUE(ours.held());
  EXPECT_EQ(ours.holder(), "us");
  EXPECT_EQ(transport.requests.at(0).target,
            "/apis/coordination.k8s.io/v1/namespaces/noobaa/leases/l");
  EXPECT_EQ(*json::parse(transport.requests.at(1).body), *json::parse(R"({
      "apiVersion":"coordination.k8s.io/v1","kind":"Lease",
      "metadata":{"name":"l","namespace":"noobaa"},
      "spec":{"holderIdentity":"us","leaseDurationSeconds":30,
              "acquireTime":"2025-01-15T10:20:30.000000Z","renewTime":"2025-01-15T10:20:30.000000Z",
              "leaseTransitions":0}})"));
  EXPECT_THAT(told, IsEmpty());
}

TEST_F(LeaseLockTest, OutwaitsADeadHolderHoweverShortItsPatience) {
  store.write("dead");
  EXPECT_EQ(acquire(ours, hours(1), seconds(1)), true);
  EXPECT_EQ(store.holder(), "us");
}

TEST_F(LeaseLockTest, StopsWaitingForALivingHolderWhenItsPatienceEnds) {
  store.write("them", 30);
  int reads = 0;
  store.before = [&](const HttpRequest& request) {
    if (request.method == "GET" && ++reads % 3 == 0) store.write("them", 30);
  };
  const timing::Monotonic began = clock.monotonic();
  EXPECT_EQ(acquire(ours, hours(1), seconds(60)), false);
  EXPECT_EQ(ours.holder(), "them");
  EXPECT_GE(clock.monotonic() - began, seconds(60));
  EXPECT_LT(clock.monotonic() - began, seconds(90));
}

TEST_F(LeaseLockTest, TakesAReleasedLeaseAtOnceAndCountsTheTransition) {
  store.write("");
  EXPECT_EQ(acquire(ours), true);
  EXPECT_EQ(store.holder(), "us");
  EXPECT_EQ(store.read("spec", "leaseTransitions"), "5");
  EXPECT_THAT(waits(), IsEmpty());
}

TEST_F(LeaseLockTest, KeepsWhatElseTheLeaseHolds) {
  store.write("");
  EXPECT_EQ(acquire(ours), true);
  EXPECT_THAT(transport.requests.back().body, testing::HasSubstr(R"("kept":"yes")"));
}

TEST_F(LeaseLockTest, RenewsItsOwnRecordWithoutATransition) {
  store.write("us");
  EXPECT_EQ(acquire(ours), true);
  EXPECT_EQ(store.read("spec", "leaseTransitions"), "4");
}

TEST_F(LeaseLockTest, WaitsUntilAnotherReleasesIt) {
  ASSERT_EQ(acquire(theirs), true);
  int polls = 0;
  store.before = [&](const HttpRequest&) {
    if (++polls == 4) store.write("");
  };
  EXPECT_EQ(acquire(ours), true);
  EXPECT_THAT(told, ElementsAre("them"));
  EXPECT_THAT(waits(), ElementsAre(seconds(1), seconds(1), seconds(1)));
}

TEST_F(LeaseLockTest, PollsWithJitter) {
  jitter = 0.75;
  store.write("them");
  EXPECT_EQ(acquire(ours, seconds(3)), false);
  EXPECT_THAT(waits(), ElementsAre(milliseconds(2500), milliseconds(500)));
}

TEST_F(LeaseLockTest, TakesOverWhatItHasSeenUnchangedForItsDuration) {
  store.write("them", 10);
  const auto began = clock.monotonic();
  EXPECT_EQ(acquire(ours), true);
  EXPECT_EQ(clock.monotonic() - began, seconds(10));
  EXPECT_EQ(store.holder(), "us");
}

TEST_F(LeaseLockTest, WaitsAsLongAsTheRecordChanges) {
  int polls = 0;
  store.write("them", 10);
  store.before = [&](const HttpRequest&) {
    if (++polls % 8 == 0 && polls < 100) store.write("them", 10);
  };
  EXPECT_EQ(acquire(ours, seconds(90)), false);
  EXPECT_EQ(ours.holder(), "them");
  EXPECT_FALSE(ours.held());
}

TEST_F(LeaseLockTest, IsIndifferentToTheWallClock) {
  store.write("them", 10);
  int polls = 0;
  store.before = [&](const HttpRequest&) {
    ++polls;
    clock.setNow(polls % 2 == 0 ? kStart + hours(1000) : kStart - hours(1000));
  };
  const auto began = clock.monotonic();
  EXPECT_EQ(acquire(ours), true);
  EXPECT_EQ(clock.monotonic() - began, seconds(10));
}

TEST_F(LeaseLockTest, TellsOfEachHolderOnce) {
  int polls = 0;
  store.write("one");
  store.before = [&](const HttpRequest&) {
    ++polls;
    if (polls == 3) store.write("two");
    if (polls == 5) store.write("");
  };
  EXPECT_EQ(acquire(ours), true);
  EXPECT_THAT(told, ElementsAre("one", "two"));
}

TEST_F(LeaseLockTest, TakesOverFromItsEarlierLifeAtOnce) {
  store.write("job-7/pod-a");
  LeaseOptions options = optionsOf("job-7/pod-b");
  options.same_run_prefix = "job-7/";
  LeaseLock again(client, options);
  EXPECT_EQ(acquire(again), true);
  EXPECT_EQ(store.holder(), "job-7/pod-b");
  EXPECT_EQ(store.read("spec", "leaseTransitions"), "5");
  EXPECT_THAT(waits(), IsEmpty());
}

TEST_F(LeaseLockTest, LosesARaceToCreateAndReadsTheWinner) {
  store.before = [&](const HttpRequest& request) {
    if (request.method == "POST") store.write("them");
  };
  EXPECT_EQ(acquire(ours, seconds(5)), false);
  EXPECT_EQ(ours.holder(), "them");
  EXPECT_EQ(store.holder(), "them");
}

TEST_F(LeaseLockTest, LosesARaceToTakeOverAndReadsTheWinner) {
  store.write("");
  store.before = [&](const HttpRequest& request) {
    if (request.method == "PUT") store.write("them");
  };
  EXPECT_EQ(acquire(ours, seconds(5)), false);
  EXPECT_EQ(store.holder(), "them");
  EXPECT_THAT(told, ElementsAre("them"));
}

TEST_F(LeaseLockTest, HasOneHolderOfTwoThatRace) {
  ASSERT_EQ(acquire(ours), true);
  EXPECT_EQ(acquire(theirs, seconds(20)), false);
  EXPECT_EQ(theirs.holder(), "us");
  EXPECT_TRUE(ours.keep(within(hours(1))));
  EXPECT_EQ(acquire(theirs, seconds(20)), false);
  ours.release(within(hours(1)));
  EXPECT_EQ(acquire(theirs, seconds(20)), true);
  EXPECT_FALSE(ours.held());
}

TEST_F(LeaseLockTest, RecognisesItsOwnLostCreation) {
  int posts = 0;
  transport.handle([&](const HttpRequest& request) {
    Reply reply = store.answer(request);
    return request.method == "POST" && ++posts == 1 ? Reply::broken() : reply;
  });
  EXPECT_EQ(acquire(ours), true);
  EXPECT_EQ(store.holder(), "us");
}

TEST_F(LeaseLockTest, RecognisesItsOwnLostTakeover) {
  store.write("");
  int puts = 0;
  transport.handle([&](const HttpRequest& request) {
    Reply reply = store.answer(request);
    return request.method == "PUT" && ++puts == 1 ? Reply::broken() : reply;
  });
  EXPECT_EQ(acquire(ours), true);
  EXPECT_EQ(store.read("spec", "leaseTransitions"), "5");
}

TEST_F(LeaseLockTest, ReturnsARefusal) {
  store.fault = Reply(403, status(403, "Forbidden", "no leases"));
  EXPECT_TRUE(acquire(ours).error().isForbidden());
}

TEST_F(LeaseLockTest, ReturnsThatTheApiIsMissing) {
  store.fault = Reply(404, "404 page not found");
  EXPECT_TRUE(acquire(ours).error().isApiMissing());
  EXPECT_THAT(methods(), ElementsAre("GET"));
}

TEST_F(LeaseLockTest, ReturnsAStop) {
  store.write("them");
  store.before = [this](const HttpRequest&) { stop.request_stop(); };
  EXPECT_EQ(acquire(ours).error().kind, Kind::kStopped);
}

TEST_F(LeaseLockTest, ReturnsADeadlineBeforeAnyoneWasSeen) {
  EXPECT_EQ(acquire(ours, seconds(0)).error().kind, Kind::kTimeout);
}

TEST_F(LeaseLockTest, TakesForeignRecordsWithNonsenseInThem) {
  store.write("them", -5);
  EXPECT_EQ(acquire(ours), true);
}

class LeaseKeepTest : public LeaseLockTest {
 protected:
  void SetUp() override {
    ASSERT_EQ(acquire(ours), true);
    transport.requests.clear();
  }
  bool keepAfter(timing::Duration pause) {
    clock.advance(pause);
    return ours.keep(within(hours(1)));
  }
};

TEST_F(LeaseKeepTest, DoesNothingUntilItIsTime) {
  EXPECT_TRUE(keepAfter(milliseconds(9999)));
  EXPECT_THAT(transport.requests, IsEmpty());
}

TEST_F(LeaseKeepTest, RenewsByOnePut) {
  EXPECT_TRUE(keepAfter(seconds(10)));
  EXPECT_THAT(methods(), ElementsAre("PUT"));
  EXPECT_EQ(store.read("spec", "renewTime"), "2025-01-15T10:20:40.000000Z");
  EXPECT_EQ(store.read("spec", "acquireTime"), "2025-01-15T10:20:30.000000Z");
  EXPECT_EQ(store.read("spec", "leaseTransitions"), "0");
  EXPECT_TRUE(keepAfter(seconds(10)));
  EXPECT_THAT(methods(), ElementsAre("PUT", "PUT"));
}

TEST_F(LeaseKeepTest, IsLostWhenAnotherHasTakenIt) {
  store.write("them");
  EXPECT_FALSE(keepAfter(seconds(10)));
  EXPECT_FALSE(ours.held());
  EXPECT_EQ(ours.holder(), "them");
  EXPECT_EQ(store.holder(), "them");
  EXPECT_FALSE(keepAfter(seconds(0)));
}

TEST_F(LeaseKeepTest, IsLostWhenAnotherTookAndReleasedIt) {
  store.write("");
  EXPECT_FALSE(keepAfter(seconds(10)));
  EXPECT_EQ(store.holder(), "");
}

TEST_F(LeaseKeepTest, IsLostWhenItsNextLifeHasTakenIt) {
  LeaseOptions options = optionsOf("run/1");
  options.same_run_prefix = "run/";
  LeaseLock first(client, options);
  store.write("");
  ASSERT_EQ(acquire(first), true);
  store.write("run/2");
  clock.advance(seconds(10));
  EXPECT_FALSE(first.keep(within(hours(1))));
  EXPECT_EQ(store.holder(), "run/2");
}

TEST_F(LeaseKeepTest, SurvivesAChangeOfItsRecordByOthers) {
  store.write("us");
  EXPECT_TRUE(keepAfter(seconds(10)));
  EXPECT_THAT(methods(), ElementsAre("PUT", "GET", "PUT"));
  EXPECT_TRUE(keepAfter(seconds(10)));
  EXPECT_THAT(methods(), ElementsAre("PUT", "GET", "PUT", "PUT"));
}

TEST_F(LeaseKeepTest, RenewsThoughItsAnswerWasLost) {
  int puts = 0;
  transport.handle([&](const HttpRequest& request) {
    Reply reply = store.answer(request);
    return request.method == "PUT" && ++puts == 1 ? Reply::broken() : reply;
  });
  EXPECT_TRUE(keepAfter(seconds(10)));
}

TEST_F(LeaseKeepTest, MakesADeletedLeaseAnew) {
  store.erase();
  EXPECT_TRUE(keepAfter(seconds(10)));
  EXPECT_EQ(store.holder(), "us");
}

TEST_F(LeaseKeepTest, DoesNotTakeAnothersLeaseThatWasMadeAfterItsOwnWasDeleted) {
  store.erase();
  store.write("them");
  EXPECT_FALSE(keepAfter(seconds(10)));
  EXPECT_EQ(store.holder(), "them");
}

TEST_F(LeaseKeepTest, DoesNotMakeADeletedLeaseAnewToReleaseIt) {
  store.erase();
  ours.release(within(hours(1)));
  EXPECT_THAT(methods(), ElementsAre("PUT", "GET"));
  EXPECT_EQ(store.read("metadata", "uid"), "");
  EXPECT_THAT(log_lines, IsEmpty());
}

TEST_F(LeaseKeepTest, IsHeldThroughAnOutageShorterThanItsDuration) {
  store.fault = Reply(503, "starting");
  EXPECT_TRUE(keepAfter(seconds(10)));
  store.fault.reset();
  EXPECT_TRUE(keepAfter(seconds(0)));
  EXPECT_EQ(store.holder(), "us");
}

TEST_F(LeaseKeepTest, IsLostInAnOutageLongerThanItsDuration) {
  store.fault = Reply(503, "starting");
  const auto began = clock.monotonic();
  while (clock.monotonic() - began < seconds(60) && keepAfter(seconds(1))) {
  }
  EXPECT_FALSE(ours.held());
  EXPECT_GE(clock.monotonic() - began, seconds(30));
  EXPECT_LE(clock.monotonic() - began, seconds(41));
}

TEST_F(LeaseKeepTest, TakesNoLongerThanARenewalInterval) {
  store.fault = Reply(0).silence(seconds(1000));
  clock.advance(seconds(10));
  const auto began = clock.monotonic();
  EXPECT_TRUE(ours.keep(within(hours(1))));
  EXPECT_EQ(clock.monotonic() - began, seconds(10));
}

// Others count from when they saw the record, which can be long before its answer is here.
TEST_F(LeaseKeepTest, CountsItsTimeFromBeforeTheRequest) {
  clock.advance(seconds(10));
  store.before = [this](const HttpRequest&) { clock.advance(seconds(8)); };
  EXPECT_TRUE(ours.keep(within(hours(1))));
  clock.advance(seconds(21));
  EXPECT_TRUE(ours.held());
  clock.advance(seconds(1));
  EXPECT_FALSE(ours.held());
}

TEST_F(LeaseKeepTest, DoesNotCallItselfThroughTheIdleHook) {
  store.fault = Reply(0).silence(seconds(5));
  clock.advance(seconds(10));
  CallContext context = within(hours(1));
  context.idle = [&] {
    ADD_FAILURE() << "called";
    return true;
  };
  EXPECT_TRUE(ours.keep(context));
}

TEST_F(LeaseKeepTest, RenewsAfterALongSleepWhenNobodyTookIt) {
  EXPECT_TRUE(keepAfter(hours(1)));
  EXPECT_EQ(store.holder(), "us");
}

TEST_F(LeaseKeepTest, ReleasesAsClientGoDoes) {
  clock.advance(seconds(5));
  ours.release(within(hours(1)));
  EXPECT_FALSE(ours.held());
  EXPECT_EQ(store.holder(), "");
  EXPECT_EQ(store.read("spec", "leaseDurationSeconds"), "1");
  EXPECT_EQ(store.read("spec", "renewTime"), "2025-01-15T10:20:35.000000Z");
  EXPECT_THAT(methods(), ElementsAre("PUT"));
  ours.release(within(hours(1)));
  EXPECT_THAT(methods(), ElementsAre("PUT"));
}

TEST_F(LeaseKeepTest, LeavesAnothersRecordAloneOnRelease) {
  store.write("them");
  ours.release(within(hours(1)));
  EXPECT_EQ(store.holder(), "them");
}

TEST_F(LeaseKeepTest, ReleasesARecordThatAWriteOfOursMovedOnUnanswered) {
  store.write("us");
  ours.release(within(hours(1)));
  EXPECT_EQ(store.holder(), "");
}

TEST_F(LeaseKeepTest, IsLapsedNotLostAfterAnOutageAndHeldAgainOnceItRenews) {
  clock.advance(seconds(31));
  EXPECT_FALSE(ours.held());
  EXPECT_FALSE(ours.lost());
  EXPECT_TRUE(ours.renewNow(within(hours(1))));
  EXPECT_TRUE(ours.held());
}

TEST_F(LeaseKeepTest, IsLostOnceAnotherIsSeenToHoldIt) {
  store.write("them");
  clock.advance(seconds(11));
  EXPECT_FALSE(ours.keep(within(hours(1))));
  EXPECT_TRUE(ours.lost());
}

}  // namespace
}  // namespace k8s
