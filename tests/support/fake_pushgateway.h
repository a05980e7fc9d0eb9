#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/test_certificates.h"

namespace testing_support {

/// A Prometheus Pushgateway on a free loopback port, as far as pushing goes: POST replaces the
/// metrics that it names in their group and keeps the group's others, PUT replaces the group, and
/// what is no exposition format is answered with 400. Thread-safe.
class FakePushgateway {
 public:
  /// With an identity it speaks https.
  explicit FakePushgateway(const std::optional<CertificateAndKey>& identity = std::nullopt);
  ~FakePushgateway();

  std::string address() const;  // 127.0.0.1:PORT

  /// Of a series such as `a{b="c"}` in the group of that path; empty when there is none.
  std::string value(const std::string& path, const std::string& series) const;
  /// Requests so far, answered or not, as "METHOD path".
  std::vector<std::string> requests() const;
  /// The header Authorization of each; empty where there was none.
  std::vector<std::string> authorizations() const;

  /// Takes nothing from now on, and answers like this.
  struct Refusal {
    int status;
    std::string body;
    std::string location = {};
  };
  void refuse(const Refusal& refusal);
  /// Answers nothing from now on, until destruction.
  void holdAnswers();
  /// Waits until a request is there that is not answered. False when none comes in minutes.
  bool holdsOne();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace testing_support
