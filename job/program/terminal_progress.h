#pragma once

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

}  // namespace job
