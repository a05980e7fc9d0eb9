#include "common/k8s/transport/name_lookup.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "common/k8s/connection/ip_address.h"
#include "common/k8s/transport/wake_event.h"

namespace k8s {
namespace {

using Kind = TransportError::Kind;
using Found = tl::expected<Addresses, std::string>;

constexpr auto kLookUpCap = std::chrono::seconds(10);

/// A look-up on its way. Shared, for either side may be the last to need it.
class Pending {
 public:
  void set(Found found) {
    const std::lock_guard lock(mutex_);
    found_ = std::move(found);
    done_.signal();
  }
  /// Once.
  std::optional<Found> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(found_, std::nullopt);
  }
  int descriptor() const { return done_.descriptor(); }

 private:
  WakeEvent done_;
  std::mutex mutex_;
  std::optional<Found> found_;
};

TransportError notSent(Kind kind, std::string message) {
  return {kind, std::move(message), false};
}

}  // namespace

Found askResolver(const std::string& name, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(name.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (error != 0) return tl::unexpected(std::string(::gai_strerror(error)));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  Addresses addresses;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    if (entry->ai_family != AF_INET && entry->ai_family != AF_INET6) continue;
    addresses.emplace_back(entry->ai_addr, entry->ai_addrlen);
  }
  return addresses;
}

tl::expected<Addresses, TransportError> addressesOf(const std::string& host, std::uint16_t port,
                                                    const LookUp& look_up,
                                                    const Interruption& interruption) try {
  if (parseIpAddress(host)) return Addresses{Poco::Net::SocketAddress(host, port)};
  const auto pending = std::make_shared<Pending>();
  std::thread([pending, look_up, host, port] { pending->set(look_up(host, port)); }).detach();
  const auto cap = timing::Deadline::in(interruption.clock(), kLookUpCap);
  while (true) {
    if (auto found = pending->take()) {
      if (!*found || (*found)->empty()) {
        return tl::unexpected(
            notSent(Kind::kConnect, "the name " + host + " can't be resolved: " +
                                        (*found ? "it has no address" : found->error())));
      }
      return **std::move(found);
    }
    if (const auto cause = interruption.cause()) {
      return tl::unexpected(notSent(*cause, "while the name " + host + " was resolved"));
    }
    if (cap.passed(interruption.clock())) {
      return tl::unexpected(
          notSent(Kind::kConnect, "the name " + host + " was not resolved within 10 s"));
    }
    interruption.wait(pending->descriptor(), POLLIN);
  }
} catch (const std::system_error& exception) {
  return tl::unexpected(notSent(
      Kind::kConnect, "the name " + host + " can't be looked up: " + exception.code().message()));
}

}  // namespace k8s
