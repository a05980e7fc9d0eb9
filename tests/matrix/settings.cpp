#include "tests/matrix/settings.h"

#include <charconv>

namespace matrix {

const char* const kUsage =
    "usage: kill-matrix --simulated|--kubeconfig FILE [flags]\n"
    "Runs the worker against a fault at each of its requests, then once more without, and looks "
    "whether what docs/safety.md says holds.\n"
    "  --simulated         simulated clusters, fifty times as fast as a real one\n"
    "  --kubeconfig FILE   a real cluster with CloudNativePG; see tests/matrix/real_lane.h\n"
    "  --lanes N           cells at a time, each on a database of its own (1)\n"
    "  --cells all|slice   every fault at every request, or every request once (slice)\n"
    "  --only INDEX:FAULT  this cell alone, with the worker's log\n"
    "  --table FILE        writes the table there, too\n"
    "  --worker FILE       the executable under test, else the one built beside this\n";

namespace {

std::optional<int> numberIn(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 1) return std::nullopt;
  return value;
}

std::optional<Cell> cellIn(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto request = numberIn(text.substr(0, colon));
  const auto fault = faultNamed(text.substr(colon + 1));
  if (!request || !fault) return std::nullopt;
  return Cell{*request, *fault};
}

/// False when the value can't be meant.
bool apply(Settings& settings, const std::string& flag, const std::string& value) {
  if (flag == "--kubeconfig") {
    settings.kubeconfig = value;
  } else if (flag == "--worker") {
    settings.worker = value;
  } else if (flag == "--table") {
    settings.table_file = value;
  } else if (const auto lanes = numberIn(value); flag == "--lanes" && lanes) {
    settings.lanes = *lanes;
  } else if (flag == "--cells" && (value == "all" || value == "slice")) {
    settings.all = value == "all";
  } else if (const auto cell = cellIn(value); flag == "--only" && cell) {
    settings.only = cell;
  } else {
    return false;
  }
  return !value.empty();
}

}  // namespace

tl::expected<Settings, std::string> parseSettings(const std::vector<std::string>& arguments) {
  Settings settings;
  settings.worker = NDB_EXECUTABLE;
  bool simulated = false;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--simulated") {
      simulated = true;
      continue;
    }
    const std::string value = i + 1 < arguments.size() ? arguments[i + 1] : "";
    if (!apply(settings, arguments[i], value)) {
      return tl::unexpected("can't use " + arguments[i] + " '" + value + "'");
    }
    ++i;
  }
  if (simulated == !settings.kubeconfig.empty()) {
    return tl::unexpected(std::string("say either --simulated or --kubeconfig FILE"));
  }
  return settings;
}

}  // namespace matrix
