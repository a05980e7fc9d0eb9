#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace k8s {

/// Cuts the body of a watch into its lines as they come. What follows the last line end is never
/// handed out: a cut line comes again from the last resourceVersion.
class WatchLines {
 public:
  static constexpr std::size_t kLongest = std::size_t{16} << 20;

  enum class Progress { kMore, kEndedByReceiver, kTooLong };
  /// `line` gets each whole line that is not blank, without its end; false ends. Not to be called
  /// again after anything but kMore.
  Progress feed(std::string_view piece, const std::function<bool(std::string_view)>& line);

 private:
  std::string begun_;
};

}  // namespace k8s
