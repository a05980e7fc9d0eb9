#include "common/k8s/transport/run_program.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <functional>
#include <thread>

#include "tests/support/child_process.h"

namespace testing_support {
namespace {

using ::testing::HasSubstr;
using Kind = k8s::ProgramFailure::Kind;
using namespace std::chrono_literals;

/// Leaps an hour once something has come to pass: a limit then passes at a known point. Not before
/// the program's start is over, which is where its limit counts from.
class LeapingClock final : public timing::Clock {
 public:
  timing::Instant now() const override { return {}; }
  timing::Monotonic monotonic() const override {
    return timing::Monotonic(started && leaps_when() ? 2h : 1h);
  }
  bool sleepUntil(timing::Monotonic, const std::stop_token&) override { return true; }

  std::function<bool()> leaps_when = [] { return false; };
  bool started = false;
};

/// A named pipe that programs write to; its other end is here.
class Fifo {
 public:
  explicit Fifo(const std::string& path) {
    ::mkfifo(path.c_str(), 0600);
    reader_ = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  }
  ~Fifo() { ::close(reader_); }
  Fifo(const Fifo&) = delete;
  Fifo& operator=(const Fifo&) = delete;

  bool hasData() const { return (events(0) & POLLIN) != 0; }
  bool isHeld() const { return (events(0) & POLLHUP) == 0; }
  /// Whether everybody who had it open for writing has ended, or does so soon.
  bool isAbandoned() const {
    char data = 0;
    while (::read(reader_, &data, 1) == 1) {
    }
    return (events(10'000) & POLLHUP) != 0;
  }

 private:
  int events(int milliseconds) const {
    pollfd watched{reader_, POLLIN, 0};
    ::poll(&watched, 1, milliseconds);
    return watched.revents;
  }
  int reader_;
};

class RunProgramTest : public ::testing::Test {
 protected:
  std::string script(const std::string& name, const std::string& lines) const {
    return executable(name, "#!/bin/sh\n" + lines);
  }
  std::string executable(const std::string& name, const std::string& content) const {
    std::string path = folder_.put(name, content);
    ::chmod(path.c_str(), 0700);
    return path;
  }

  tl::expected<std::string, k8s::ProgramFailure> run() {
    const k8s::Interruption interruption(clock_, deadline_, stop_.get_token());
    auto running = k8s::RunningProgram::start(program_, clock_);
    if (!running) return tl::unexpected(running.error());
    clock_.started = true;
    const auto output = running->output(interruption);
    if (!output) return tl::unexpected(output.error());
    return output->value_or("still runs");
  }
  tl::expected<std::string, k8s::ProgramFailure> run(const std::string& lines) {
    program_.path = script("program", lines);
    return run();
  }

  void expectFailure(const tl::expected<std::string, k8s::ProgramFailure>& result, Kind kind,
                     const std::string& words) const {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, kind);
    EXPECT_THAT(result.error().message, HasSubstr(words));
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child is left";
  }

  ScratchFolder folder_;
  LeapingClock clock_;
  timing::Deadline deadline_ = timing::Deadline::never();
  std::stop_source stop_;
  k8s::Program program_{.search_path = "/usr/bin:/bin", .environment = {{"PATH", "/usr/bin:/bin"}}};
};

TEST_F(RunProgramTest, GivesWhatItWroteAndLeavesNoChild) {
  EXPECT_EQ(run("printf 'one\\ntwo'"), "one\ntwo");
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
}

TEST_F(RunProgramTest, HandsArgumentsOverAsTheyAre) {
  program_.arguments = {"a b", "$(echo c); d", "", "\"e'"};
  EXPECT_EQ(run(R"(printf '<%s>' "$@")"), "<a b><$(echo c); d><><\"e'>");
}

TEST_F(RunProgramTest, GivesItTheEnvironmentAndNothingElse) {
  program_.path = "/usr/bin/env";
  program_.environment = {{"ONE", "1 2"}, {"EMPTY", ""}};
  EXPECT_EQ(run(), "EMPTY=\nONE=1 2\n");
}

TEST_F(RunProgramTest, HasNothingOnStdinAndOurStderrOnlyWhenToldTo) {
  program_.shows_stderr = true;
  std::string own(1000, '\0');
  const auto length = ::readlink("/proc/self/fd/2", own.data(), own.size());
  own.resize(static_cast<std::size_t>(std::max<ssize_t>(length, 0)));
  const int previous = ::dup(STDIN_FILENO);
  const int something = ::open("/dev/zero", O_RDONLY | O_CLOEXEC);
  ::dup2(something, STDIN_FILENO);
  EXPECT_EQ(run("readlink /proc/$$/fd/0 /proc/$$/fd/2"), "/dev/null\n" + own + "\n");
  program_.shows_stderr = false;
  EXPECT_EQ(run("readlink /proc/$$/fd/0 /proc/$$/fd/2"), "/dev/null\n/dev/null\n");
  ::dup2(previous, STDIN_FILENO);
  ::close(previous);
  ::close(something);
}

TEST_F(RunProgramTest, InheritsNoDescriptor) {
  const int leaky = ::fcntl(STDIN_FILENO, F_DUPFD, 50);  // without FD_CLOEXEC
  ASSERT_GE(leaky, 50);
  EXPECT_EQ(run("[ -e /proc/$$/fd/" + std::to_string(leaky) + " ] && echo leaked; true"), "");
  ::close(leaky);
}

// We ignore the one and block the other: a plugin would outlive the end of its pipe, or a kill.
TEST_F(RunProgramTest, InheritsNoSignalSetting) {
  const auto previous = std::signal(SIGPIPE, SIG_IGN);
  sigset_t term;
  sigset_t mask;
  ::sigemptyset(&term);
  ::sigaddset(&term, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &term, &mask);
  const auto by_pipe = run("kill -PIPE $$");
  const auto by_term = run("kill -TERM $$");
  ::pthread_sigmask(SIG_SETMASK, &mask, nullptr);
  std::signal(SIGPIPE, previous);
  expectFailure(by_pipe, Kind::kFailed, "Broken pipe");
  expectFailure(by_term, Kind::kFailed, "Terminated");
}

TEST_F(RunProgramTest, BareNameIsLookedUpInTheSearchPath) {
  script("plugin", "echo found");
  program_.path = "plugin";
  program_.search_path = "/nowhere:" + folder_.path("") + ":/bin";
  EXPECT_EQ(run(), "found\n");
  program_.search_path = "/nowhere:/bin";
  expectFailure(run(), Kind::kNotFound, "is in no folder of PATH");
  program_.search_path.clear();
  expectFailure(run(), Kind::kNotFound, "PATH is not set");
}

TEST_F(RunProgramTest, BareNameIsNotLookedUpWhereWeHappenToBe) {
  script("plugin", "echo found");
  const auto here = std::filesystem::current_path();
  std::filesystem::current_path(folder_.path(""));
  program_.path = "plugin";
  program_.search_path = ":.:";
  const auto result = run();
  std::filesystem::current_path(here);
  expectFailure(result, Kind::kNotFound, "is in no folder of PATH");
}

TEST_F(RunProgramTest, FileThatIsNotExecutableIsNotFoundWithTheReason) {
  const std::string path = folder_.put("plugin", "#!/bin/sh\n");
  program_.path = path;
  expectFailure(run(), Kind::kNotFound, "can't be run: it is not executable");
  program_.path = "plugin";
  program_.search_path = folder_.path("");
  expectFailure(run(), Kind::kNotFound, "/plugin: it is not executable");
}

TEST_F(RunProgramTest, FileThatIsNoProgramIsNotFoundWithTheReason) {
  program_.path = folder_.path("");
  expectFailure(run(), Kind::kNotFound, "it is not a file");
  program_.path = folder_.path("missing");
  expectFailure(run(), Kind::kNotFound, "No such file");
  program_.path = executable("text", "echo no shell runs this\n");
  expectFailure(run(), Kind::kNotFound, "Exec format error");
  program_.path = executable("orphan", "#!/no/such/interpreter\n");
  expectFailure(run(), Kind::kNotFound, "No such file");
}

TEST_F(RunProgramTest, FailureNamesTheStatusAndNothingOfTheOutput) {
  const auto result = run("echo secret; exit 3");
  expectFailure(result, Kind::kFailed, "exited with 3");
  EXPECT_THAT(result.error().message, ::testing::Not(HasSubstr("secret")));
}

TEST_F(RunProgramTest, FailureNamesTheSignal) {
  expectFailure(run("echo output; kill -KILL $$"), Kind::kFailed, "ended by a signal: Killed");
}

TEST_F(RunProgramTest, StatusCountsThatComesAfterTheEndOfOutput) {
  expectFailure(run("echo output; exec >&-; exit 3"), Kind::kFailed, "exited with 3");
}

TEST_F(RunProgramTest, UnknownStatusIsNoSuccess) {
  const auto previous = std::signal(SIGCHLD, SIG_IGN);
  const auto result = run("echo output");
  std::signal(SIGCHLD, previous);
  expectFailure(result, Kind::kFailed, "SIGCHLD");
}

TEST_F(RunProgramTest, LargeOutputComesWhole) {
  const auto output = run("head -c 1000000 /dev/zero");
  ASSERT_TRUE(output) << output.error().message;
  EXPECT_EQ(output->size(), 1'000'000U);
}

// Without a limit of the output there would be none at all.
TEST_F(RunProgramTest, EndlessOutputIsCutOffAndTheProgramKilled) {
  const Fifo alive(folder_.path("alive"));
  expectFailure(run("exec 5>" + folder_.path("alive") + "; while :; do echo endless; done"),
                Kind::kTooLong, "wrote more than 1048576 bytes");
  EXPECT_TRUE(alive.isAbandoned());
}

/// Says that it runs, then waits for good, as does a child of its.
std::string hangingWith(const std::string& fifo) {
  return "exec 5>" + fifo + "\nsleep 100 &\necho runs >&5\nwait";
}

TEST_F(RunProgramTest, IsKilledWithAllItStartedAtItsTimeLimit) {
  const Fifo alive(folder_.path("alive"));
  clock_.leaps_when = [&] { return alive.hasData(); };
  expectFailure(run(hangingWith(folder_.path("alive"))), Kind::kTimedOut,
                "did not end within 60 s");
  EXPECT_TRUE(alive.isAbandoned());
}

TEST_F(RunProgramTest, IsKilledWithAllItStartedWhenNobodyWantsItAnyMore) {
  const Fifo alive(folder_.path("alive"));
  clock_.leaps_when = [&] {
    if (alive.hasData()) stop_.request_stop();
    return false;
  };
  EXPECT_EQ(run(hangingWith(folder_.path("alive"))), "still runs");
  EXPECT_TRUE(alive.isAbandoned());
}

TEST_F(RunProgramTest, RunsOnPastADeadlineAndCanBeWaitedForAgain) {
  const std::string gate = folder_.path("gate");
  ::mkfifo(gate.c_str(), 0600);
  const int writer = ::open(gate.c_str(), O_RDWR | O_CLOEXEC);
  program_.path = script("program", "echo before\nread line <" + gate + "\necho after");
  auto running = k8s::RunningProgram::start(program_, clock_);
  ASSERT_TRUE(running) << running.error().message;
  const k8s::Interruption hasty(clock_, timing::Deadline::in(clock_, 0s), {});
  EXPECT_EQ(running->output(hasty), std::nullopt);

  ASSERT_EQ(::write(writer, "go\n", 3), 3);
  const k8s::Interruption patient(clock_, timing::Deadline::never(), {});
  EXPECT_EQ(running->output(patient), "before\nafter\n");
  ::close(writer);
}

TEST_F(RunProgramTest, IsKilledThoughItClosedItsStdout) {
  const Fifo alive(folder_.path("alive"));
  clock_.leaps_when = [&] { return alive.hasData(); };
  expectFailure(run("exec >&-\n" + hangingWith(folder_.path("alive"))), Kind::kTimedOut, "60 s");
  EXPECT_TRUE(alive.isAbandoned());
}

TEST_F(RunProgramTest, WhatItLeavesRunningIsNotKilledWhenNobodyAskedForItsEnd) {
  const Fifo alive(folder_.path("alive"));
  program_.path = script("program", "exec 5>" + folder_.path("alive") +
                                        "\nsleep 100 >/dev/null 2>&1 &\necho runs >&5\n");
  auto running = k8s::RunningProgram::start(program_, clock_);
  ASSERT_TRUE(running) << running.error().message;
  siginfo_t ended{};
  while (!alive.hasData()) std::this_thread::yield();
  // Seen to have ended, and not reaped.
  ASSERT_EQ(::waitid(P_ALL, 0, &ended, WEXITED | WNOWAIT), 0);
  { const auto gone = *std::move(running); }
  EXPECT_TRUE(alive.isHeld());
  ::kill(-ended.si_pid, SIGKILL);
}

// A cache that the plugin starts, for one.
TEST_F(RunProgramTest, SuccessDoesNotWaitForAGrandchildThatKeepsStdout) {
  const std::string gate = folder_.path("gate");
  ::mkfifo(gate.c_str(), 0600);
  const int writer = ::open(gate.c_str(), O_RDWR | O_CLOEXEC);
  EXPECT_EQ(run("exec 4<" + gate + "\n(read line <&4) &\necho output"), "output\n");
  ::close(writer);  // which ends it
}

}  // namespace
}  // namespace testing_support
