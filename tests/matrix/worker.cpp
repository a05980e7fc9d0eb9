#include "tests/matrix/worker.h"

#include <chrono>
#include <csignal>
#include <thread>

#include "tests/matrix/stop.h"

namespace matrix {

using testing_support::ChildProcess;

Worker::End Worker::run(const std::vector<std::string>& arguments) {
  {
    const std::lock_guard lock(mutex_);
    // Its --timeout and grace end it; this is for one that hangs.
    child_ = std::make_unique<ChildProcess>(folder_, program_, arguments,
                                            std::map<std::string, std::string>{});
  }
  const auto patience = std::chrono::steady_clock::now() + std::chrono::minutes(40);
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (child_->endsWithin(std::chrono::milliseconds(0))) return child_->wait();
      if (isStopping() || std::chrono::steady_clock::now() > patience) child_->signal(SIGKILL);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

void Worker::signal(int number) {
  const std::lock_guard lock(mutex_);
  child_->signal(number);
}

}  // namespace matrix
