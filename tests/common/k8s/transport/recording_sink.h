#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/k8s/http.h"

namespace testing_support {

/// Keeps the response; a test may hook into its calls.
class RecordingSink final : public k8s::ResponseSink {
 public:
  void onHead(const k8s::HttpResponseHead& received) override {
    ++heads;
    head = received;
  }
  bool onData(std::string_view piece) override {
    body += piece;
    pieces.emplace_back(piece);
    return !on_data || on_data(piece);
  }
  bool onIdle() override { return !on_idle || on_idle(); }

  int heads = 0;
  k8s::HttpResponseHead head;
  std::string body;
  std::vector<std::string> pieces;
  std::function<bool(std::string_view)> on_data;
  std::function<bool()> on_idle;
};

}  // namespace testing_support
