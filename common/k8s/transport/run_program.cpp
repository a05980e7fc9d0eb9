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
  if (program.path.empty() || program.search_path.empty()) {
    return failure(Kind::kNotFound, "can't be found: PATH is not set");
  }
  std::string seen;
  std::istringstream rest(program.search_path);
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
  pointers.reserve(texts.size() + 1);
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
  SpawnSettings(int child_stdout, bool shows_stderr) {
    ::posix_spawn_file_actions_init(&files_);
    ::posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&files_, child_stdout, STDOUT_FILENO);
    if (!shows_stderr) {
      ::posix_spawn_file_actions_addopen(&files_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    }
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

/// The process id, and our end of its stdout.
struct Spawned {
  pid_t pid;
  Descriptor out;
};

tl::expected<Spawned, ProgramFailure> spawn(const std::string& path, const Program& program) {
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
  const SpawnSettings settings(childs.number(), program.shows_stderr);
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, path.c_str(), settings.files(), settings.attributes(),
                                  pointersTo(words).data(), pointersTo(variables).data());
  if (error == 0) return Spawned{pid, std::move(ours)};
  const bool is_unusable = error == ENOENT || error == EACCES || error == ENOEXEC;
  return failure(is_unusable ? Kind::kNotFound : Kind::kFailed,
                 std::string("can't be run: ") + std::strerror(error));
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

/// Killed with its group at destruction, unless its end was seen.
struct RunningProgram::Process {
  Process(Spawned spawned, const Program& program, const timing::Clock& clock)
      : pid(spawned.pid),
        descriptor(openProcess(spawned.pid)),
        out(std::move(spawned.out)),
        time_limit(program.time_limit),
        end_of_time(timing::Deadline::in(clock, program.time_limit)),
        output_limit(program.output_limit) {}
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process() {
    // What has ended is not killed: its group is not ours any more, perhaps another's.
    if (pid <= 0 || reap(WNOHANG)) return;
    if (::kill(-pid, SIGKILL) == 0) reap(0);
  }

  /// Takes what is there, without waiting, up to one byte more than the limit altogether.
  void read();
  /// The status as of waitpid(2), or kUnknownEnd, once it has ended.
  std::optional<int> reap(int options);
  /// Until there is something to read, or its end once stdout is closed; may come back early.
  void wait(const Interruption& interruption) const {
    interruption.wait(out.number() >= 0 ? out.number() : descriptor.number(), POLLIN);
  }

  pid_t pid;
  Descriptor descriptor;  // a pidfd; none on an old kernel, where the wait's own limit has to do
  Descriptor out;
  std::chrono::seconds time_limit;
  timing::Deadline end_of_time;
  std::size_t output_limit;
  std::string output;
};

void RunningProgram::Process::read() {
  std::array<char, 16384> buffer;
  while (out.number() >= 0 && output.size() <= output_limit) {
    const auto length = ::read(out.number(), buffer.data(), buffer.size());
    if (length > 0) {
      output.append(buffer.data(), static_cast<std::size_t>(length));
    } else if (length == 0) {
      out.close();
    } else if (errno != EINTR) {
      return;
    }
  }
}

std::optional<int> RunningProgram::Process::reap(int options) {
  int status = 0;
  pid_t ended = 0;
  while ((ended = ::waitpid(pid, &status, options)) < 0 && errno == EINTR) {
  }
  if (ended == 0) return {};
  return ended == std::exchange(pid, -1) ? status : kUnknownEnd;
}

RunningProgram::RunningProgram(std::unique_ptr<Process> process) : process_(std::move(process)) {}
RunningProgram::RunningProgram(RunningProgram&&) noexcept = default;
RunningProgram& RunningProgram::operator=(RunningProgram&&) noexcept = default;
RunningProgram::~RunningProgram() = default;

tl::expected<RunningProgram, ProgramFailure> RunningProgram::start(const Program& program,
                                                                   const timing::Clock& clock) {
  const auto path = findProgram(program);
  if (!path) return tl::unexpected(path.error());
  auto spawned = spawn(*path, program);
  if (!spawned) return tl::unexpected(std::move(spawned).error());
  return RunningProgram(std::make_unique<Process>(*std::move(spawned), program, clock));
}

tl::expected<std::optional<std::string>, ProgramFailure> RunningProgram::output(
    const Interruption& interruption) {
  Process& process = *process_;
  while (true) {
    // In this order: what it wrote before its end is in the pipe by then.
    const std::optional<int> status = process.reap(WNOHANG);
    process.read();
    if (process.output.size() > process.output_limit) {
      return failure(Kind::kTooLong,
                     "wrote more than " + std::to_string(process.output_limit) + " bytes");
    }
    if (status) return verdictOn(*status, std::move(process.output));
    if (process.end_of_time.passed(interruption.clock())) {
      return failure(Kind::kTimedOut,
                     "did not end within " + std::to_string(process.time_limit.count()) + " s");
    }
    if (interruption.cause()) return std::nullopt;
    process.wait(interruption);
  }
}

}  // namespace k8s
