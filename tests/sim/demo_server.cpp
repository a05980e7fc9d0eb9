#include <sys/prctl.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "common/json/write.h"
#include "common/time/clock.h"
#include "tests/sim/demo_backups.h"
#include "tests/sim/json_path.h"
#include "tests/sim/loopback_server.h"
#include "tests/sim/world.h"

// A simulated cluster with NooBaa and a week of backups, on a loopback port, to try the worker
// against and to measure it.

namespace {

struct Settings {
  std::string kubeconfig_out;
  std::string ready_file;
  std::string status_out;
  std::string request_log;
  double speed = 6;  // a backup takes 16 seconds in a real cluster
  int snapshots = 0;
  int others = 0;
  int max_snapshots = 0;  // 0: more than there are
  std::string cnpg_group = sim::Shape().cnpg_group;
};

constexpr const char* kUsage =
    "usage: noobaa-db-backup-simcluster --kubeconfig-out FILE --ready-file FILE [flags]\n"
    "Serves a simulated cluster on a loopback port until SIGTERM or SIGINT.\n"
    "  --kubeconfig-out FILE  written at start: how to reach it\n"
    "  --ready-file FILE      written when it serves: its URL\n"
    "  --speed FACTOR         how much faster it is than a real one (6)\n"
    "  --snapshots N          N good backups, of 20 KiB a snapshot, and no need to prune any;\n"
    "                         without it a week of backups, some of which a pass prunes\n"
    "  --others N             so many of them, the oldest, are another Cluster's\n"
    "  --max-snapshots N      the CR's maxSnapshots, with --snapshots\n"
    "  --cnpg-api-group NAME  the group of the Cluster and its Backups\n"
    "  --status-out FILE      written at the end: .status.dbStatus of the NooBaa CR\n"
    "  --request-log FILE     a line a request: nanoseconds of the monotonic clock, verb, target\n";

template <typename Number>
std::optional<Number> numberIn(std::string_view text, Number least, Number most) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || !(value >= least) || value > most) return std::nullopt;
  return value;
}

bool apply(Settings& settings, std::string_view flag, std::string_view value) {
  if (flag == "--kubeconfig-out") {
    settings.kubeconfig_out = value;
  } else if (flag == "--ready-file") {
    settings.ready_file = value;
  } else if (flag == "--status-out") {
    settings.status_out = value;
  } else if (flag == "--request-log") {
    settings.request_log = value;
  } else if (flag == "--cnpg-api-group") {
    settings.cnpg_group = value;
  } else if (const auto speed = numberIn(value, 0.01, 1e6); flag == "--speed" && speed) {
    settings.speed = *speed;
  } else if (const auto count = numberIn(value, 1, 100'000); flag == "--snapshots" && count) {
    settings.snapshots = *count;
  } else if (flag == "--others" && count) {
    settings.others = *count;
  } else if (flag == "--max-snapshots" && count) {
    settings.max_snapshots = *count;
  } else {
    return false;
  }
  return true;
}

std::optional<Settings> parseArguments(int argc, char** argv) {
  Settings settings;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (!apply(settings, argv[i], argv[i + 1])) return std::nullopt;
  }
  if (argc % 2 == 0 || settings.kubeconfig_out.empty() || settings.ready_file.empty()) {
    return std::nullopt;
  }
  return settings;
}

/// The file appears whole or not at all, readable by its owner alone.
bool writeFile(const std::string& path, const std::string& content) {
  const std::string draft = path + ".new";
  {
    std::ofstream file(draft, std::ios::trunc);
    std::error_code ignored;
    std::filesystem::permissions(
        draft, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, ignored);
    file << content;
    if (!file.flush()) return false;
  }
  std::error_code error;
  std::filesystem::rename(draft, path, error);
  return !error;
}

/// The end of the process that started it ends this one; false when that has happened already.
bool endWithParent() {
  const pid_t parent = getppid();
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  return getppid() == parent;
}

sim::WorldOptions optionsFor(const Settings& settings) {
  sim::WorldOptions options = sim::WorldOptions().fasterBy(settings.speed);
  options.shape.cnpg_group = settings.cnpg_group;
  // Room for those that are there and many more.
  if (settings.snapshots > 0) options.shape.max_snapshots = settings.snapshots + 1000;
  if (settings.max_snapshots > 0) options.shape.max_snapshots = settings.max_snapshots;
  return options;
}

/// Writes each request down as it comes.
std::function<void(const sim::ApiServer::Request&)> loggedTo(std::ofstream& file,
                                                             timing::Clock& clock) {
  return [&file, &clock](const sim::ApiServer::Request& request) {
    const std::chrono::nanoseconds at = clock.monotonic().time_since_epoch();
    file << at.count() << ' ' << request.method << ' ' << request.target << std::endl;
  };
}

std::string statusText(const sim::World& world) {
  const json::Value noobaa = world.noobaa();
  const json::Value* status = sim::valueAt(noobaa, {"status", "dbStatus"});
  return json::writePretty(status == nullptr ? json::Value() : *status) + "\n";
}

int run(const Settings& settings, const sigset_t& endings) {
  timing::SystemClock clock;
  sim::Timeline timeline;
  sim::World world(clock, timeline, optionsFor(settings));
  if (settings.snapshots > 0) {
    sim::addHourlyBackups(world, clock.now(), settings.snapshots, settings.others);
  } else {
    sim::addRecentNights(world, clock.now());
  }

  std::ofstream request_log;
  if (!settings.request_log.empty()) request_log.open(settings.request_log, std::ios::trunc);
  sim::LoopbackServer server(world.server(), timeline, clock);
  if (request_log.is_open()) server.onRequest(loggedTo(request_log, clock));

  const auto written = [](const std::string& path, const std::string& content) {
    if (path.empty() || writeFile(path, content)) return true;
    std::fprintf(stderr, "cannot write %s\n", path.c_str());
    return false;
  };
  if (!written(settings.kubeconfig_out, server.kubeconfig(world.shape().name_space)) ||
      !written(settings.ready_file, server.url() + "\n")) {
    return 1;
  }
  int signal = 0;
  sigwait(&endings, &signal);
  std::string status;
  server.locked([&] { status = statusText(world); });
  return written(settings.status_out, status) ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const auto settings = parseArguments(argc, argv);
  if (!settings) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  // Blocked before the server's threads start, so that they inherit it.
  sigset_t endings;
  sigemptyset(&endings);
  sigaddset(&endings, SIGTERM);
  sigaddset(&endings, SIGINT);
  pthread_sigmask(SIG_BLOCK, &endings, nullptr);
  if (!endWithParent()) return 0;
  return run(*settings, endings);
}
