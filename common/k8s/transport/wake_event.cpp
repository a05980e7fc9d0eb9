#include "common/k8s/transport/wake_event.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace k8s {

WakeEvent::WakeEvent() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

WakeEvent::~WakeEvent() {
  ::close(descriptor_);
}

void WakeEvent::signal() const noexcept {
  const std::uint64_t one = 1;
  // Can't fail: the counter is far from its limit.
  [[maybe_unused]] const auto written = ::write(descriptor_, &one, sizeof(one));
}

}  // namespace k8s
