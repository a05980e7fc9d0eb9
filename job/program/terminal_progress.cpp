#include "job/program/terminal_progress.h"

#include <sys/ioctl.h>
#include <unistd.h>
#include <cstdio>

#include "job/report/progress_line.h"

namespace job {
namespace {

std::size_t terminalColumns() {
  constexpr std::size_t kUsual = 80;
  winsize size{};
  const bool told = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return told ? size.ws_col : kUsual;
}

}  // namespace

void TerminalProgress::show(const std::string& what, timing::Duration elapsed) {
  const std::string line = progressLine(what, elapsed, terminalColumns());
  std::fprintf(stderr, "\r\x1b[K%s", line.c_str());
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
