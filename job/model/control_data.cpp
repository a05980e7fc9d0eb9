#include "job/model/control_data.h"

#include "common/text/trimmed.h"

namespace job {

using text::trimmed;

std::optional<ControlData> readControlData(std::string_view text) {
  ControlData data;
  std::string_view timeline;
  std::string_view checkpoint;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);

    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view key = trimmed(line.substr(0, colon));
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (key == "Database cluster state") data.state = value;
    if (key == "Database system identifier") data.system_identifier = value;
    if (key == "Latest checkpoint's TimeLineID") timeline = value;
    if (key == "Latest checkpoint location") checkpoint = value;
  }
  if (data.state.empty()) return std::nullopt;
  data.checkpoint = readWalPosition(timeline, checkpoint);
  return data;
}

}  // namespace job
