#pragma once

#include <memory>
#include <string_view>

#include "common/log/logger.h"
#include "job/report/progress.h"

namespace job {

/// One live line on the terminal behind stderr, rewritten in place.
class TerminalProgress final : public Progress {
 public:
  void show(const std::string& what, timing::Duration elapsed) override;
  void clear() override;

 private:
  bool shown_ = false;
};

/// To stderr too: takes the live line away first, so that a log line does not run into it. Not
/// thread-safe, as progress is not.
class SinkAroundProgress final : public logging::Logger::Sink {
 public:
  explicit SinkAroundProgress(Progress& progress) : progress_(progress) {}
  void write(std::string_view line) override;
  void flush() override { stderr_->flush(); }

 private:
  Progress& progress_;
  std::unique_ptr<logging::Logger::Sink> stderr_ = logging::Logger::stderrSink();
};

}  // namespace job
