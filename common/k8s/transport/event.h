#pragma once

namespace k8s {

/// Lets a thread that polls notice another one: an eventfd, readable once signalled.
class Event {
 public:
  Event();
  ~Event();
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  /// From any thread.
  void signal() const noexcept;
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

}  // namespace k8s
