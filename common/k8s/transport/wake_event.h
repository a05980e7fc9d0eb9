#pragma once

namespace k8s {

/// Lets a thread that polls notice another one: an eventfd, readable once signalled.
class WakeEvent {
 public:
  WakeEvent();
  ~WakeEvent();
  WakeEvent(const WakeEvent&) = delete;
  WakeEvent& operator=(const WakeEvent&) = delete;

  /// From any thread.
  void signal() const noexcept;
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

}  // namespace k8s
