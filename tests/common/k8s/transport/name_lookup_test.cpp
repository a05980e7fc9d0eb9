#include "common/k8s/transport/name_lookup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <future>
#include <thread>

#include "tests/common/k8s/transport/unreachable_ports.h"
#include "tests/support/fake_clock.h"

namespace testing_support {
namespace {

using k8s::Addresses;
using Kind = k8s::TransportError::Kind;
using Poco::Net::SocketAddress;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

/// A resolver that does not answer before the test lets it.
class HangingResolver {
 public:
  ~HangingResolver() { gate_.set_value(); }
  k8s::LookUp lookUp() {
    return [opened = opened_](const std::string&, std::uint16_t) {
      opened.wait();
      return Addresses{};
    };
  }

 private:
  std::promise<void> gate_;
  std::shared_future<void> opened_ = gate_.get_future().share();
};

class NameLookupTest : public ::testing::Test {
 protected:
  static k8s::LookUp answers(tl::expected<Addresses, std::string> answer) {
    return [answer](const std::string&, std::uint16_t) { return answer; };
  }

  void expectFailure(const tl::expected<Addresses, k8s::TransportError>& result, Kind kind) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, kind);
    EXPECT_FALSE(result.error().sent);
    EXPECT_THAT(result.error().message, HasSubstr("the name api.example "));
  }

  FakeClock clock_{timing::Instant(1'700'000'000s)};
  std::stop_source stop_;
  k8s::Interruption interruption_{clock_, timing::Deadline::never(), stop_.get_token()};
  HangingResolver hanging_;
};

TEST_F(NameLookupTest, AddressIsItsOwnAndNobodyIsAsked) {
  // Asking would take for ever.
  EXPECT_THAT(k8s::addressesOf("127.0.0.1", 6443, hanging_.lookUp(), interruption_).value(),
              ElementsAre(SocketAddress("127.0.0.1", 6443)));
  EXPECT_THAT(k8s::addressesOf("fd00::1", 6443, hanging_.lookUp(), interruption_).value(),
              ElementsAre(SocketAddress("fd00::1", 6443)));
}

TEST_F(NameLookupTest, NameHasTheResolversAddressesInItsOrder) {
  const SocketAddress one("10.0.0.2", 6443);
  const SocketAddress two("10.0.0.1", 6443);
  const k8s::LookUp look_up = [=](const std::string& name, std::uint16_t port) {
    return name == "api.example" && port == 6443 ? Addresses{one, two} : Addresses{};
  };
  EXPECT_THAT(k8s::addressesOf("api.example", 6443, look_up, interruption_).value(),
              ElementsAre(one, two));
}

TEST_F(NameLookupTest, UnknownNameIsNoConnection) {
  const auto result = k8s::addressesOf(
      "api.example", 443, answers(tl::unexpected(std::string("no such name"))), interruption_);
  expectFailure(result, Kind::kConnect);
  EXPECT_THAT(result.error().message, HasSubstr("no such name"));
}

TEST_F(NameLookupTest, NameWithoutAddressIsNoConnection) {
  expectFailure(k8s::addressesOf("api.example", 443, answers(Addresses{}), interruption_),
                Kind::kConnect);
}

TEST_F(NameLookupTest, HangingLookUpIsGivenUpAfterTenSeconds) {
  const HastyClock clock;
  const k8s::Interruption interruption(clock, timing::Deadline::never(), {});
  const auto result = k8s::addressesOf("api.example", 443, hanging_.lookUp(), interruption);
  expectFailure(result, Kind::kConnect);
  EXPECT_THAT(result.error().message, HasSubstr("not resolved within 10 s"));
}

TEST_F(NameLookupTest, HangingLookUpIsLeftAtTheDeadline) {
  const HastyClock clock;
  const k8s::Interruption interruption(clock, timing::Deadline::in(clock, 5s), {});
  expectFailure(k8s::addressesOf("api.example", 443, hanging_.lookUp(), interruption),
                Kind::kTimeout);
}

TEST_F(NameLookupTest, HangingLookUpIsLeftByStop) {
  const std::jthread stopping([this] { stop_.request_stop(); });
  expectFailure(k8s::addressesOf("api.example", 443, hanging_.lookUp(), interruption_),
                Kind::kStopped);
}

TEST(NameLookupDeathTest, ProcessEndsWhileALookUpHangs) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        static auto* const resolver = new HangingResolver;  // never lets go
        const HastyClock clock;
        const k8s::Interruption interruption(clock, timing::Deadline::never(), {});
        const bool found =
            k8s::addressesOf("api.example", 443, resolver->lookUp(), interruption).has_value();
        std::exit(found ? 1 : 0);
      },
      ::testing::ExitedWithCode(0), "");
}

TEST(ResolverTest, KnowsAddressesWithoutAsking) {
  EXPECT_THAT(k8s::askResolver("127.0.0.1", 6443).value(),
              ElementsAre(SocketAddress("127.0.0.1", 6443)));
}

TEST(ResolverTest, SaysWhyThereIsNoAddress) {
  // No such interface: this is known without a name server.
  const auto addresses = k8s::askResolver("fe80::1%nosuch", 6443);
  ASSERT_FALSE(addresses);
  EXPECT_THAT(addresses.error(), HasSubstr("not known"));
}

}  // namespace
}  // namespace testing_support
