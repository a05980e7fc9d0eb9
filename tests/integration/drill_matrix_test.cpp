#include <chrono>
#include <functional>
#include <optional>

#include "tests/integration/drill_fixture.h"
#include "tests/integration/faulty_transport.h"

namespace job {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

/// A drill that something befalls at each of its requests.
class DrillMatrixTest : public DrillTest {
 protected:
  DrillMatrixTest() { world_.add(sim::aBackup(kNew).ours()); }

  /// How many requests an undisturbed one makes.
  static int requests() {
    class Undisturbed : public DrillMatrixTest {
     public:
      void TestBody() override {}
      int count() {
        FaultyTransport wire(transport_, world_.clock());
        EXPECT_EQ(drillOver(wire, "count", {}).exit_code, ExitCode::kDone);
        return static_cast<int>(wire.asked().size());
      }
    };
    return Undisturbed().count();
  }
  /// One request of one drill meets the fault, then another drill comes.
  void meet(Fault fault, Moment moment) {
    SCOPED_TRACE("fault " + std::to_string(static_cast<int>(fault)) + " at request " +
                 std::to_string(moment.request) + ", second " + std::to_string(moment.second));
    FaultyTransport wire(transport_, world_.clock());
    wire.plan(fault, moment);
    DrillGuard guard(wire);
    std::optional<DrillReport> cut;
    try {
      cut = drillOver(guard, "cut-short", wire.stopSource().get_token());
    } catch (const Killed&) {
    }
    // No request may be left over that would take effect later.
    if (cut && !wire.dead() && fault != Fault::kPartition && fault != Fault::kRevoked) {
      world_.advance(1min);
      EXPECT_THAT(leftOfDrills(), IsEmpty()) << cut->reason;
    }
    const DrillReport next = drill("next-run");
    EXPECT_EQ(next.exit_code, ExitCode::kDone) << next.reason;
    EXPECT_TRUE(next.verified());
    EXPECT_THAT(leftOfDrills(), IsEmpty());
    EXPECT_THAT(world_.backupNames(), ElementsAre(kNew));
  }
};

TEST_F(DrillMatrixTest, WhateverBefallsOneTheNextLeavesNothing) {
  class Cell : public DrillMatrixTest {
   public:
    void TestBody() override {}
    using DrillMatrixTest::meet;
  };
  const int count = requests();
  ASSERT_GT(count, 20);
  for (const Fault fault :
       {Fault::kKillBefore, Fault::kKillAfter, Fault::kStopBefore, Fault::kStopAfter,
        Fault::kDropAfter, Fault::kError, Fault::kPartition, Fault::kRevoked}) {
    for (int request = 0; request < count; ++request) Cell().meet(fault, {request});
  }
}

TEST_F(DrillMatrixTest, OneThatIsKilledOrStoppedWhileItWaitsLeavesNothingForLong) {
  class Cell : public DrillMatrixTest {
   public:
    void TestBody() override {}
    using DrillMatrixTest::meet;
    std::vector<Moment> waits() {
      FaultyTransport wire(transport_, world_.clock());
      drillOver(wire, "count", {});
      std::vector<Moment> moments;
      for (std::size_t i = 0; i < wire.asked().size(); ++i) {
        for (int second = 1; second <= wire.asked()[i].seconds; ++second) {
          if (wire.asked()[i].watch) moments.push_back({static_cast<int>(i), second});
        }
      }
      return moments;
    }
  };
  const auto moments = Cell().waits();
  ASSERT_FALSE(moments.empty());
  for (const Moment& moment : moments) {
    for (const Fault fault : {Fault::kKillBefore, Fault::kStopBefore}) Cell().meet(fault, moment);
  }
}

/// Lets a whole other drill take place before one request, as where the node of the first one is
/// frozen: its Lease has lapsed by then.
class Freezing final : public k8s::HttpTransport {
 public:
  Freezing(k8s::HttpTransport& inner, int request, std::function<void()> act)
      : inner_(inner), left_(request), act_(std::move(act)) {}
  tl::expected<void, k8s::TransportError> send(const k8s::HttpRequest& request,
                                               k8s::ResponseSink& sink, timing::Deadline deadline,
                                               const std::stop_token& stop) override {
    if (left_-- == 0) act_();
    return inner_.send(request, sink, deadline, stop);
  }

 private:
  k8s::HttpTransport& inner_;
  int left_;
  std::function<void()> act_;
};

TEST_F(DrillMatrixTest, OneThatIsFrozenWhileAnotherTakesPlaceDisturbsNothing) {
  class Cell : public DrillMatrixTest {
   public:
    void TestBody() override {}
    void freezeAt(int request) {
      SCOPED_TRACE("frozen before request " + std::to_string(request));
      std::optional<DrillReport> other;
      Freezing wire(transport_, request, [&] { other = drill("other-run"); });
      DrillGuard guard(wire);
      const DrillReport frozen = drillOver(guard, "frozen", {});
      ASSERT_TRUE(other);
      EXPECT_EQ(other->exit_code, ExitCode::kDone) << other->reason;
      EXPECT_TRUE(other->verified());
      EXPECT_TRUE(frozen.exit_code == ExitCode::kDone || frozen.exit_code == ExitCode::kBusy)
          << static_cast<int>(frozen.exit_code) << " " << frozen.reason;
      world_.advance(1min);
      EXPECT_THAT(leftOfDrills(), IsEmpty());
      EXPECT_EQ(drillLeaseHolder(), "");
      EXPECT_EQ(leaseHolder(), "");
    }
  };
  const int count = requests();
  for (int request = 0; request < count; ++request) Cell().freezeAt(request);
}

TEST_F(DrillMatrixTest, AnOutageOfOneRequestIsNotNoticed) {
  class Cell : public DrillMatrixTest {
   public:
    void TestBody() override {}
    void meetUnnoticed(Fault fault, int request) {
      FaultyTransport wire(transport_, world_.clock());
      wire.plan(fault, {request});
      DrillGuard guard(wire);
      const DrillReport report = drillOver(guard, "run", {});
      EXPECT_EQ(report.exit_code, ExitCode::kDone) << request << ": " << report.reason;
      EXPECT_THAT(leftOfDrills(), IsEmpty());
    }
  };
  const int count = requests();
  for (const Fault fault : {Fault::kDropBefore, Fault::kDropAfter, Fault::kUnavailable,
                            Fault::kGateway, Fault::kTooMany, Fault::kTruncated}) {
    for (int request = 0; request < count; ++request) Cell().meetUnnoticed(fault, request);
  }
}

}  // namespace
}  // namespace job
