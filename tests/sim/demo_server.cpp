#include <sys/prctl.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "common/time/clock.h"
#include "common/time/rfc3339.h"
#include "tests/sim/loopback_server.h"
#include "tests/sim/world.h"

// A simulated cluster with NooBaa and a week of backups, on a loopback port, to try the worker
// against.

namespace {

struct Settings {
  std::string kubeconfig_out;
  std::string ready_file;
  double speed = 6;  // a backup takes 16 seconds in a real cluster
};

constexpr const char* kUsage =
    "usage: noobaa-db-backup-simcluster --kubeconfig-out FILE --ready-file FILE [--speed FACTOR]\n";

std::optional<double> positiveNumber(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || !(value > 0) || value > 1e6) return std::nullopt;
  return value;
}

std::optional<Settings> parseArguments(int argc, char** argv) {
  Settings settings;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view flag = argv[i];
    const std::string_view value = argv[i + 1];
    if (flag == "--kubeconfig-out") {
      settings.kubeconfig_out = value;
    } else if (flag == "--ready-file") {
      settings.ready_file = value;
    } else if (const auto speed = positiveNumber(value); flag == "--speed" && speed) {
      settings.speed = *speed;
    } else {
      return std::nullopt;
    }
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

sim::WorldOptions optionsFor(double speed) {
  sim::WorldOptions options;
  options.cnpg.timing = options.cnpg.timing.fasterBy(speed);
  options.snapshotter = options.snapshotter.fasterBy(speed);
  return options;
}

/// Five backups, each at two in the morning: more than maxSnapshots, so that the first run prunes.
void addRecentNights(sim::World& world, timing::Instant now) {
  using std::chrono::days;
  using std::chrono::hours;
  auto last_night = std::chrono::floor<days>(now) + hours(2);
  if (last_night >= now) last_night -= days(1);
  const auto night = [&](int ago) {
    const timing::Instant when = last_night - days(ago - 1);
    return sim::aBackup("backup-" + timing::formatCompact(when)).ours();
  };
  world.add(night(5).held());
  world.add(night(4));
  world.add(night(3).withWal());
  world.add(night(2).failed());
  world.add(night(1));
}

int run(const Settings& settings, const sigset_t& endings) {
  timing::SystemClock clock;
  sim::Timeline timeline;
  sim::World world(clock, timeline, optionsFor(settings.speed));
  addRecentNights(world, clock.now());

  const sim::LoopbackServer server(world.server(), timeline, clock);
  if (!writeFile(settings.kubeconfig_out, server.kubeconfig(world.shape().name_space))) {
    std::fprintf(stderr, "cannot write %s\n", settings.kubeconfig_out.c_str());
    return 1;
  }
  if (!writeFile(settings.ready_file, server.url() + "\n")) {
    std::fprintf(stderr, "cannot write %s\n", settings.ready_file.c_str());
    return 1;
  }
  int signal = 0;
  sigwait(&endings, &signal);
  return 0;
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
