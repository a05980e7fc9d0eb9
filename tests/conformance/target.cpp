#include "tests/conformance/target.h"

#include <cstdlib>
#include <stdexcept>
#include <utility>

#include "tests/sim/api_server.h"
#include "tests/sim/loopback_server.h"
#include "tests/sim/timeline.h"

namespace conformance {
namespace {

constexpr const char* kVariable = "NDB_CONFORMANCE_KUBECONFIG";

k8s::Connection connectionOf(const std::string& file, const k8s::Surroundings& surroundings) {
  tl::expected<k8s::Connection, std::string> found = k8s::findConnection({file, ""}, surroundings);
  if (!found) throw std::runtime_error(found.error());
  return std::move(*found);
}

struct Simulation {
  explicit Simulation(timing::Clock& clock) : server(clock), loopback(server, timeline, clock) {}
  sim::ApiServer server;
  sim::Timeline timeline;
  sim::LoopbackServer loopback;
};

}  // namespace

struct Target::Impl {
  Impl() {
    if (const char* file = std::getenv(kVariable); file != nullptr && *file != '\0') {
      connection = connectionOf(file, k8s::Surroundings::ofProcess());
      return;
    }
    simulation = std::make_unique<Simulation>(clock);
    k8s::Surroundings surroundings;
    surroundings.read_file = [this](const std::string&) {
      return simulation->loopback.kubeconfig("default");
    };
    connection = connectionOf("simulated", surroundings);
  }

  timing::SystemClock clock;
  std::unique_ptr<Simulation> simulation;
  k8s::Connection connection;
};

Target::Target() : impl_(std::make_unique<Impl>()) {}

Target::~Target() = default;

timing::Clock& Target::clock() {
  return impl_->clock;
}

const k8s::Connection& Target::connection() const {
  return impl_->connection;
}

bool Target::isSimulated() const {
  return impl_->simulation != nullptr;
}

void Target::denyAll(const std::string& user) {
  if (!isSimulated()) return;
  impl_->simulation->loopback.locked([&] {
    for (const char* resource : {"configmaps", "widgets.conformance.noobaa-db-backup.io",
                                 "widgets/status.conformance.noobaa-db-backup.io"}) {
      impl_->simulation->server.forbid(user, "*", resource);
    }
  });
}

}  // namespace conformance
