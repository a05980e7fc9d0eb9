#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "job/cli/settings.h"
#include "job/pass/session.h"
#include "job/report/pass_result.h"
#include "tests/integration/faulty_transport.h"
#include "tests/sim/test_world.h"

namespace job {

/// A process that runs one pass, or another command, on a simulated cluster in virtual time: a
/// client, a log and a Lease holder of its own, and a connection that a test may disturb.
class PassProcess {
 public:
  PassProcess(sim::TestWorld& world, std::string run_id);
  PassProcess(const PassProcess&) = delete;
  PassProcess& operator=(const PassProcess&) = delete;

  Settings settings;
  FaultyTransport& wire() { return wire_; }
  /// Somebody else does this just before the server gets the pass's request of that number.
  void before(int request, std::function<void(const k8s::HttpRequest&)> act);

  /// Empty: it was killed. Other exceptions fall through.
  std::optional<PassResult> run();
  std::optional<PassResult> run(PassResult (*command)(Session&));
  const std::vector<std::string>& log() const { return log_lines_; }

 private:
  sim::TestWorld& world_;
  std::string run_id_;
  sim::SimTransport inner_;
  FaultyTransport wire_;
  std::vector<std::string> log_lines_;
};

}  // namespace job
