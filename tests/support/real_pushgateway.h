#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/support/child_process.h"

namespace testing_support {

/// Debian's prometheus-pushgateway on a free loopback port, for as long as this lives.
class RealPushgateway {
 public:
  static bool isInstalled();

  /// Waits until it listens; aborts the test program when it does not within minutes. Of `folder`,
  /// which outlives this, it takes files named pushgateway*. `user` with the password
  /// "recognizable" alone may talk to it; empty: anybody.
  explicit RealPushgateway(const ScratchFolder& folder, const std::string& user = "");

  std::string address() const { return address_; }  // 127.0.0.1:PORT
  /// What it shows a Prometheus of the metrics whose names begin so, in the exposition format.
  std::string metrics(const std::string& prefix) const;
  /// The value of a series there, such as a{b="c"}, labels sorted; empty when there is none.
  std::string value(const std::string& series) const;

 private:
  std::string user_;
  std::string address_;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace testing_support
