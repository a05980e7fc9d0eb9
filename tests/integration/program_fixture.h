#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "common/json/parse.h"
#include "common/json/value.h"
#include "common/time/clock.h"
#include "tests/sim/loopback_server.h"
#include "tests/sim/world.h"
#include "tests/support/child_process.h"
#include "tests/support/json_schema.h"

namespace job {

/// The executable as it was built, run as a process: what it prints where, and how it ends.
class ProgramTest : public testing::Test {
 protected:
  using End = testing_support::ChildProcess::End;
  using Arguments = std::vector<std::string>;
  using Environment = std::map<std::string, std::string>;

  ProgramTest() { environment_["HOME"] = folder_.path("home"); }

  std::unique_ptr<testing_support::ChildProcess> start(const Arguments& arguments) {
    return std::make_unique<testing_support::ChildProcess>(folder_, NDB_EXECUTABLE, arguments,
                                                           environment_);
  }
  End run(const Arguments& arguments) { return start(arguments)->wait(); }

  static std::vector<std::string> linesOf(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
  }
  /// The object that the last line is; fails the test when it is none.
  static json::Value lastObject(const std::string& text) {
    const auto lines = linesOf(text);
    const auto parsed = json::parse(lines.empty() ? "" : lines.back());
    EXPECT_TRUE(parsed && parsed->object() != nullptr) << text;
    return parsed.value_or(json::Value());
  }
  /// What docs/<schema>.schema.json has against that object.
  std::string complaints(const std::string& schema, const std::string& object) {
    if (!testing_support::canValidate(folder_)) return "";
    return testing_support::complaints(folder_, schema, object);
  }
  static std::vector<std::string> keysOf(const json::Value& object) {
    std::vector<std::string> keys;
    if (object.object() == nullptr) return keys;
    for (const auto& [key, value] : *object.object()) keys.push_back(key);
    return keys;
  }

  testing_support::ScratchFolder folder_;
  Environment environment_;
};

/// The same with a simulated cluster to talk to, in real time and fifty times as fast as one.
/// KUBECONFIG leads to it.
class ServedProgramTest : public ProgramTest {
 protected:
  ServedProgramTest() {
    environment_["KUBECONFIG"] = folder_.put("config", server_.kubeconfig(nameSpace()));
  }

  std::string nameSpace() const { return world_.shape().name_space; }
  /// The kubeconfig with one part of its text replaced.
  std::string kubeconfigWith(const std::string& part, const std::string& replacement) const {
    std::string text = server_.kubeconfig(nameSpace());
    const auto at = text.find(part);
    EXPECT_NE(at, std::string::npos) << part;
    return text.replace(at, part.size(), replacement);
  }
  /// Lets the program be somebody else.
  void actAs(const std::string& token) {
    environment_["KUBECONFIG"] = folder_.put("other", kubeconfigWith(server_.token(), token));
  }
  template <typename Work>
  auto look(Work work) {
    decltype(work()) seen;
    server_.locked([&] { seen = work(); });
    return seen;
  }
  /// Waits until it is so; false when it does not come to that in minutes.
  bool comesTrue(const std::function<bool()>& condition) {
    for (int i = 0; i < 20'000; ++i) {
      if (look(condition)) return true;
      clock_.sleepUntil(clock_.monotonic() + std::chrono::milliseconds(5), {});
    }
    return false;
  }
  std::string leaseHolder() {
    json::Value lease = look([&] {
      return world_.get({{"coordination.k8s.io", "v1", "leases", "Lease"},
                         nameSpace(),
                         world_.shape().clusterName() + "-db-backup"});
    });
    const json::Value& holder = lease["spec"]["holderIdentity"];
    return holder.string() == nullptr ? "" : *holder.string();
  }

  static sim::WorldOptions quickly() {
    constexpr double kFactor = 50;
    return sim::WorldOptions().fasterBy(kFactor);
  }

  timing::SystemClock clock_;
  sim::Timeline timeline_;
  sim::World world_{clock_, timeline_, quickly()};
  sim::LoopbackServer server_{world_.server(), timeline_, clock_};
};

}  // namespace job
