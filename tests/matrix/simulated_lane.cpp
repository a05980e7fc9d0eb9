#include "tests/matrix/simulated_lane.h"

#include "common/time/clock.h"
#include "tests/sim/loopback_server.h"
#include "tests/sim/world.h"

namespace matrix {
namespace {

sim::WorldOptions options(const Installation& installation) {
  constexpr double kFactor = 50;
  sim::WorldOptions options;
  options.shape.max_snapshots = installation.max_snapshots;
  options.shape.wal_storage = true;
  return options.fasterBy(kFactor);
}

class SimulatedLane final : public Lane {
 public:
  SimulatedLane() {
    server_.locked([&] { world_.add(sim::aBackup("backup-20250101-020000").ours().withWal()); });
    installation_.name_space = world_.shape().name_space;
    installation_.cnpg_group = world_.shape().cnpg_group;
    installation_.connection.source = "the simulated cluster";
    installation_.connection.server = server_.url();
    installation_.connection.ca.pem = server_.caPem();
    installation_.connection.token = server_.token();
  }
  const Installation& installation() const override { return installation_; }

 private:
  Installation installation_;
  timing::SystemClock clock_;
  sim::Timeline timeline_;
  sim::World world_{clock_, timeline_, options(installation_)};
  sim::LoopbackServer server_{world_.server(), timeline_, clock_};
};

}  // namespace

std::unique_ptr<Lane> makeSimulatedLane() {
  return std::make_unique<SimulatedLane>();
}

}  // namespace matrix
