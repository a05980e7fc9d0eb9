#include "common/k8s/transport/run_program.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>
#include <sstream>
#include <utility>

namespace k8s {
namespace {

using Kind = ProgramFailure::Kind;

/// Where SIGCHLD is ignored, as some parents pass it on, the kernel keeps no status.
constexpr int kUnknownEnd = -1;

tl::unexpected<ProgramFailure> failure(Kind kind, std::string message) {
  return tl::unexpected(ProgramFailure{kind, std::move(message)});
}

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }
  void close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }

 private:
  int number_ = -1;
};

/// Why the file can't be run; nothing when it can.
std::optional<std::string> obstacleAt(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::strerror(errno);
  if (!S_ISREG(status.st_mode)) return "it is not a file";
  if (::access(path.c_str(), X_OK) != 0) return "it is not executable";
  return {};
}

tl::expected<std::string, ProgramFailure> findProgram(const Program& program) {
  if (program.path.find('/') != std::string::npos) {
    const auto obstacle = obstacleAt(program.path);
    if (obstacle) return failure(Kind::kNotFound, "can't be run: " + *obstacle);
    return program.path;
  }
  const auto folders = program.environment.find("PATH");
  if (program.path.empty() || folders == program.environment.end()) {
    return failure(Kind::kNotFound, "can't be found: PATH is not set");
  }
  std::string seen;
  std::istringstream rest(folders->second);
  for (std::string folder; std::getline(rest, folder, ':');) {
    if (!folder.starts_with('/')) continue;
    std::string candidate = folder + "/" + program.path;
    const auto obstacle = obstacleAt(candidate);
    if (!obstacle) return candidate;
    if (::access(candidate.c_str(), F_OK) == 0) seen = "; " + candidate + ": " + *obstacle;
  }
  return failure(Kind::kNotFound, "is in no folder of PATH" + seen);
}

/// What execve wants, from strings that stay.
std::vector<char*> pointersTo(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// Becomes readable when the process ends. glibc 2.36 declares pidfd_open without C linkage.
Descriptor openProcess(pid_t pid) {
  return Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

/// How the child's descriptors and signals shall be.
class SpawnSettings {
 public:
  explicit SpawnSettings(int child_stdout) {
    ::posix_spawn_file_actions_init(&files_);
    ::posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&files_, child_stdout, STDOUT_FILENO);
    // Sockets that others opened without O_CLOEXEC are none of its business.
    ::posix_spawn_file_actions_addclosefrom_np(&files_, STDERR_FILENO + 1);

    ::posix_spawnattr_init(&attributes_);
    ::posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    sigset_t none;
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    sigset_t all;
    ::sigfillset(&all);
    ::sigdelset(&all, SIGKILL);
    ::sigdelset(&all, SIGSTOP);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
  }
  ~SpawnSettings() {
    ::posix_spawnattr_destroy(&attributes_);
    ::posix_spawn_file_actions_destroy(&files_);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  const posix_spawn_file_actions_t* files() const { return &files_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
};

/// A program that runs in a process group of its own, with its stdout in our hands. Killed with its
/// group at destruction, unless its end was seen.
class RunningProgram {
 public:
  static tl::expected<RunningProgram, ProgramFailure> start(const std::string& path,
                                                            const Program& program);
  ~RunningProgram() {
    if (pid_ <= 0) return;
    ::kill(-pid_, SIGKILL);
    reap(0);
  }
  RunningProgram(RunningProgram&& other) noexcept
      : pid_(std::exchange(other.pid_, -1)),
        process_(std::move(other.process_)),
        stdout_(std::move(other.stdout_)) {}
  RunningProgram& operator=(RunningProgram&&) = delete;
  RunningProgram(const RunningProgram&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;

  /// Appends what is there, without waiting, up to one byte more than `limit` altogether.
  void readInto(std::string& output, std::size_t limit);
  /// The status as of waitpid(2), or kUnknownEnd, once it has ended.
  std::optional<int> end() { return reap(WNOHANG); }
  /// Until there is something to read, or its end once stdout is closed; may come back early.
  void wait(const Interruption& interruption) const {
    interruption.wait(stdout_.number() >= 0 ? stdout_.number() : process_.number(), POLLIN);
  }

 private:
  RunningProgram(pid_t pid, Descriptor out)
      : pid_(pid), process_(openProcess(pid)), stdout_(std::move(out)) {}
  std::optional<int> reap(int options);

  pid_t pid_;
  Descriptor process_;  // a pidfd; none on an old kernel, where the wait's own limit has to do
  Descriptor stdout_;
};

tl::expected<RunningProgram, ProgramFailure> RunningProgram::start(const std::string& path,
                                                                   const Program& program) {
  std::vector<std::string> words{program.path};
  words.insert(words.end(), program.arguments.begin(), program.arguments.end());
  std::vector<std::string> variables;
  for (const auto& [name, value] : program.environment) variables.push_back(name + "=" + value);

  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return failure(Kind::kFailed, std::string("can't be started: ") + std::strerror(errno));
  }
  Descriptor ours(ends[0]);
  const Descriptor childs(ends[1]);
  ::fcntl(ours.number(), F_SETFL, O_NONBLOCK);  // of our end alone
  const SpawnSettings settings(childs.number());
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, path.c_str(), settings.files(), settings.attributes(),
                                  pointersTo(words).data(), pointersTo(variables).data());
  if (error == 0) return RunningProgram(pid, std::move(ours));
  const bool is_unusable = error == ENOENT || error == EACCES || error == ENOEXEC;
  return failure(is_unusable ? Kind::kNotFound : Kind::kFailed,
                 std::string("can't be run: ") + std::strerror(error));
}

void RunningProgram::readInto(std::string& output, std::size_t limit) {
  std::array<char, 16384> buffer;
  while (stdout_.number() >= 0 && output.size() <= limit) {
    const auto length = ::read(stdout_.number(), buffer.data(), buffer.size());
    if (length > 0) {
      output.append(buffer.data(), static_cast<std::size_t>(length));
    } else if (length == 0) {
      stdout_.close();
    } else if (errno != EINTR) {
      return;
    }
  }
}

std::optional<int> RunningProgram::reap(int options) {
  int status = 0;
  pid_t ended = 0;
  while ((ended = ::waitpid(pid_, &status, options)) < 0 && errno == EINTR) {
  }
  if (ended == 0) return {};
  return ended == std::exchange(pid_, -1) ? status : kUnknownEnd;
}

std::optional<ProgramFailure> interruptionOf(const Program& program, timing::Deadline limit,
                                             const Interruption& interruption) {
  if (const auto cause = interruption.cause()) {
    if (*cause == TransportError::Kind::kStopped)
      return ProgramFailure{Kind::kStopped, "was stopped"};
    return ProgramFailure{Kind::kTimedOut, "did not end before the request's deadline"};
  }
  if (!limit.passed(interruption.clock())) return {};
  return ProgramFailure{Kind::kTimedOut,
                        "did not end within " + std::to_string(program.time_limit.count()) + " s"};
}

tl::expected<std::string, ProgramFailure> verdictOn(int status, std::string output) {
  if (status == kUnknownEnd) {
    return failure(Kind::kFailed,
                   "ended in an unknown way: this process was started with SIGCHLD "
                   "ignored");
  }
  if (WIFSIGNALED(status)) {
    return failure(Kind::kFailed,
                   std::string("was ended by a signal: ") + ::strsignal(WTERMSIG(status)));
  }
  if (WEXITSTATUS(status) != 0) {
    return failure(Kind::kFailed, "exited with " + std::to_string(WEXITSTATUS(status)));
  }
  return output;
}

}  // namespace

tl::expected<std::string, ProgramFailure> outputOf(const Program& program,
                                                   const Interruption& interruption) {
  const auto limit = timing::Deadline::in(interruption.clock(), program.time_limit);
  if (auto cause = interruptionOf(program, limit, interruption)) {
    return tl::unexpected(*std::move(cause));
  }
  const auto path = findProgram(program);
  if (!path) return path;
  auto running = RunningProgram::start(*path, program);
  if (!running) return tl::unexpected(std::move(running).error());

  std::string output;
  while (true) {
    // In this order: what it wrote before its end is in the pipe by then.
    const std::optional<int> status = running->end();
    running->readInto(output, program.output_limit);
    if (output.size() > program.output_limit) {
      return failure(Kind::kTooLong,
                     "wrote more than " + std::to_string(program.output_limit) + " bytes");
    }
    if (status) return verdictOn(*status, std::move(output));
    if (auto cause = interruptionOf(program, limit, interruption)) {
      return tl::unexpected(*std::move(cause));
    }
    running->wait(interruption);
  }
}

}  // namespace k8s
