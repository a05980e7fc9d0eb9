#include "common/k8s/watch_lines.h"

#include <algorithm>
#include <utility>

namespace k8s {

WatchLines::Progress WatchLines::feed(std::string_view piece,
                                      const std::function<bool(std::string_view)>& line) {
  for (;;) {
    const std::size_t end = piece.find('\n');
    if (begun_.size() + std::min(end, piece.size()) > kLongest) return Progress::kTooLong;
    begun_ += piece.substr(0, end);
    if (end == std::string_view::npos) return Progress::kMore;
    piece.remove_prefix(end + 1);
    const std::string whole = std::exchange(begun_, {});
    const bool blank = whole.find_first_not_of(" \t\r") == std::string::npos;
    if (!blank && !line(whole)) return Progress::kEndedByReceiver;
  }
}

}  // namespace k8s
