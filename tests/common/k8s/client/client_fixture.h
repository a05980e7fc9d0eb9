#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "common/k8s/client.h"
#include "common/log/logger.h"
#include "tests/common/k8s/client/scripted_transport.h"
#include "tests/support/fake_clock.h"

namespace testing_support {

/// A client before a scripted server, without a rate limit. Jitter is zero: each wait is as long as
/// it can get.
class ClientFixture : public testing::Test {
 protected:
  static constexpr timing::Instant kStart{std::chrono::seconds(1736936430)};
  using Kind = k8s::ApiError::Kind;
  using Broken = k8s::TransportError::Kind;

  class LogLines final : public logging::Logger::Sink {
   public:
    explicit LogLines(std::vector<std::string>& lines) : lines_(lines) {}
    void write(std::string_view line) override { lines_.emplace_back(line); }

   private:
    std::vector<std::string>& lines_;
  };

  explicit ClientFixture(const k8s::ClientOptions& options = defaults(),
                         logging::Level level = logging::Level::kInfo)
      : log(clock, level, logging::Format::kText, std::make_unique<LogLines>(log_lines)),
        client(clientWith(options)) {}

  static k8s::ClientOptions defaults() {
    k8s::ClientOptions options;
    options.user_agent = "test/1.0";
    options.field_manager = "tester";
    options.requests_per_second = 0;
    return options;
  }

  k8s::Client clientWith(k8s::ClientOptions options) {
    return k8s::Client(
        transport, clock, [this] { return jitter; }, log, std::move(options));
  }

  k8s::CallContext within(timing::Duration duration) {
    return {timing::Deadline::in(clock, duration), stop.get_token()};
  }
  k8s::CallContext unbounded() { return {timing::Deadline::never(), stop.get_token()}; }

  std::vector<std::chrono::milliseconds> waits() const {
    std::vector<std::chrono::milliseconds> out;
    for (const auto& sleep : clock.sleeps()) {
      out.push_back(std::chrono::floor<std::chrono::milliseconds>(sleep));
    }
    return out;
  }

  std::string logText() const {
    std::string text;
    for (const std::string& line : log_lines) text += line + "\n";
    return text;
  }

  static std::string status(int code, const std::string& reason, const std::string& message,
                            const std::string& details = "{}") {
    return R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":")" +
           message + R"(","reason":")" + reason + R"(","details":)" + details + R"(,"code":)" +
           std::to_string(code) + "}";
  }

  const k8s::ResourceType kBackups{"postgresql.cnpg.io", "v1", "backups", "Backup"};
  const k8s::ObjectRef kBackup{kBackups, "noobaa", "backup-1"};
  const k8s::ObjectRef kAllBackups{kBackups, "noobaa", ""};

  FakeClock clock{kStart};
  ScriptedTransport transport{clock};
  std::stop_source stop;
  double jitter = 0.0;
  std::vector<std::string> log_lines;
  logging::Logger log;
  k8s::Client client;
};

}  // namespace testing_support
