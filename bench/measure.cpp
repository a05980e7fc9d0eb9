#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>

// Runs a program, what it prints thrown away, and says what it cost, one line:
//
//   STARTED CPU RSS EXIT WALL    nanoseconds of the monotonic clock, microseconds of user and
//                                system time together, KiB at the peak, exit code, microseconds
//
// The programs that it ran itself and waited for are counted: their time in the sum, of their
// memory the largest.
//
// Small on purpose: the kernel counts what a process holds between fork and exec as its own.

namespace {

long long microseconds(const timeval& time) {
  return static_cast<long long>(time.tv_sec) * 1'000'000 + time.tv_usec;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: noobaa-db-backup-measure PROGRAM [ARGUMENT...]\n", stderr);
    return 2;
  }
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);

  const std::chrono::nanoseconds started = std::chrono::steady_clock::now().time_since_epoch();
  pid_t child = -1;
  if (posix_spawnp(&child, argv[1], &files, nullptr, argv + 1, environ) != 0) {
    std::perror(argv[1]);
    return 1;
  }
  int status = 0;
  rusage usage{};
  if (wait4(child, &status, 0, &usage) != child) {
    std::perror("wait4");
    return 1;
  }
  const std::chrono::nanoseconds ended = std::chrono::steady_clock::now().time_since_epoch();
  std::printf("%lld %lld %ld %d %lld\n", static_cast<long long>(started.count()),
              microseconds(usage.ru_utime) + microseconds(usage.ru_stime), usage.ru_maxrss,
              WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
              static_cast<long long>((ended - started).count() / 1000));
  return 0;
}
