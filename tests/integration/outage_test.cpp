#include "tests/integration/pass_fixture.h"

namespace job {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

/// The API server away for a while, and others at work meanwhile.
class OutageTest : public PassTest {
 protected:
  /// From `after` on, for `length`, no request gets through.
  void outage(std::chrono::seconds after, std::chrono::seconds length) {
    const auto from = world_.clock().monotonic() + after;
    transport_.intercept(
        [this, from, until = from + length](const k8s::HttpRequest&, int,
                                            bool) -> tl::expected<void, k8s::TransportError> {
          const auto now = world_.clock().monotonic();
          if (now < from || now >= until) return {};
          return tl::unexpected(
              k8s::TransportError{k8s::TransportError::Kind::kBroken, "connection reset", true});
        });
  }
};

TEST_F(OutageTest, LongerThanTheLeaseIsSatOutWhileTheBackupIsAwaited) {
  outage(std::chrono::seconds(3), std::chrono::seconds(90));
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_EQ(result.verdict, Verdict::kCertified);
  EXPECT_EQ(leaseHolder(), "");
}

TEST_F(OutageTest, ALeaseTakenByAnotherMeanwhileEndsThePassBusyAndChangesNothing) {
  for (const char* night : {"11", "12", "13", "14"}) {
    world_.add(sim::aBackup(std::string("backup-202501") + night + "-020000").ours());
  }
  world_.timeline().at(world_.clock().now() + std::chrono::seconds(4), [&] {
    world_.server().update(
        {{"coordination.k8s.io", "v1", "leases", "Lease"},
         world_.shape().name_space,
         world_.shape().clusterName() + "-db-backup"},
        [](json::Value& lease) { lease["spec"]["holderIdentity"] = "other/pod"; });
  });
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kBusy) << result.reason;
  EXPECT_THAT(result.reason, HasSubstr("other/pod"));
  EXPECT_EQ(leaseHolder(), "other/pod");
  EXPECT_THAT(world_.snapshotNames(), testing::Contains("backup-20250111-020000"));
}

TEST_F(OutageTest, AChangeThatIsTriedAgainEndsWithTheLeaseThoughNobodyTookIt) {
  // From the creation on nothing gets through; the network heals when the Lease has lapsed.
  std::optional<timing::Monotonic> broken;
  bool created_late = false;
  transport_.intercept([&](const k8s::HttpRequest& request, int,
                           bool acted) -> tl::expected<void, k8s::TransportError> {
    const bool create =
        request.method == "POST" && request.target.find("/backups") != std::string::npos;
    const auto now = world_.clock().monotonic();
    if (create && !acted && !broken) broken = now;
    if (!broken) return {};
    const auto gone = now - *broken;
    if (create && gone > std::chrono::seconds(30)) created_late = true;
    if (gone > std::chrono::seconds(35)) return {};
    world_.advance(std::chrono::seconds(8));
    return tl::unexpected(
        k8s::TransportError{k8s::TransportError::Kind::kBroken, "connection reset", true});
  });
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kUnavailable) << result.reason;
  EXPECT_FALSE(created_late);
  EXPECT_THAT(world_.backupNames(), SizeIs(0));
}

TEST_F(OutageTest, PastTheDeadlineIsATimeout) {
  settings_.timeout = std::chrono::minutes(5);
  outage(std::chrono::seconds(3), std::chrono::minutes(30));
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kTimedOut) << result.reason;
}

}  // namespace
}  // namespace job
