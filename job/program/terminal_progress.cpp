#include "job/program/terminal_progress.h"

#include <chrono>
#include <cstdio>

namespace job {

void TerminalProgress::show(const std::string& what, timing::Duration elapsed) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(elapsed).count();
  std::fprintf(stderr, "\r\x1b[K%s (%lld:%02lld)", what.c_str(),
               static_cast<long long>(seconds / 60), static_cast<long long>(seconds % 60));
  std::fflush(stderr);
  shown_ = true;
}

void TerminalProgress::clear() {
  if (!shown_) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  shown_ = false;
}

void SinkAroundProgress::write(std::string_view line) {
  progress_.clear();
  stderr_->write(line);
}

}  // namespace job
