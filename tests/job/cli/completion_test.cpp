#include "job/cli/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "job/cli/completion_words.h"
#include "job/cli/flag_table.h"
#include "tests/support/child_process.h"

namespace job {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;
using testing_support::ChildProcess;
using testing_support::ScratchFolder;

using Words = std::vector<std::string>;

Words linesOf(const std::string& text) {
  std::istringstream stream(text);
  Words lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// A shell as Debian installs it, with the script for it in a file.
class ShellTest : public testing::Test {
 protected:
  explicit ShellTest(const std::string& shell)
      : program_("/usr/bin/" + shell), script_(folder_.put("script", completionScript(shell))) {}

  void SetUp() override {
    if (!std::filesystem::exists(program_)) GTEST_SKIP() << program_ << " is not installed";
  }

  /// What it prints; nothing may go to stderr.
  std::string run(const Words& arguments) const {
    const std::map<std::string, std::string> environment = {
        {"PATH", "/usr/bin:/bin"}, {"HOME", folder_.path("")}, {"TERM", "dumb"}};
    const auto end = ChildProcess(folder_, program_, arguments, environment).wait();
    EXPECT_EQ(end.err, "") << testing::PrintToString(arguments);
    EXPECT_EQ(end.exit_code, 0) << end.out;
    return end.out;
  }

  ScratchFolder folder_;
  std::string program_;
  std::string script_;
};

/// What bash itself calls is called here, with the words as bash splits them.
class BashCompletionTest : public ShellTest {
 protected:
  BashCompletionTest() : ShellTest("bash") {}

  /// The last of `words` is being typed.
  Words offers(const Words& words) const {
    Words arguments = {"-c",
                       "source \"$1\"; shift; COMP_WORDS=(noobaa-db-backup \"$@\"); "
                       "COMP_CWORD=$#; _noobaa_db_backup; printf '%s\\n' \"${COMPREPLY[@]}\"",
                       "bash", script_};
    arguments.insert(arguments.end(), words.begin(), words.end());
    Words lines = linesOf(run(arguments));
    std::erase(lines, "");
    return lines;
  }
};

TEST_F(BashCompletionTest, OffersCommands) {
  Words all;
  for (const CommandInfo& info : allCommands()) all.emplace_back(info.name);
  EXPECT_THAT(offers({""}), testing::ElementsAreArray(all));
  EXPECT_THAT(offers({"db-"}), ElementsAre("db-backup", "db-backup-status"));
  EXPECT_THAT(offers({"-n", "run", "ch"}), ElementsAre("check")) << "run is the namespace";
  EXPECT_THAT(offers({"-n", "=", "ns", "ch"}), ElementsAre("check"));
  EXPECT_THAT(offers({"-nns", "--dry-run", "ch"}), ElementsAre("check"));
  EXPECT_THAT(offers({"--", "ch"}), ElementsAre("check"));
  EXPECT_THAT(offers({"run", ""}), IsEmpty());
}

TEST_F(BashCompletionTest, OffersTheFlagsOfTheCommand) {
  for (const CommandInfo& info : allCommands()) {
    Words expected = {"--help"};
    for (const Flag& flag : allFlags()) {
      if (flag.isUsedBy(info.command)) expected.push_back("--" + std::string(flag.name));
    }
    EXPECT_THAT(offers({std::string(info.name), "--"}),
                testing::UnorderedElementsAreArray(expected));
  }
  EXPECT_THAT(offers({"prune", "--pl"}), ElementsAre("--plan-out", "--plan"));
  EXPECT_THAT(offers({"--pl"}), IsEmpty()) << "without a command it is run";
  EXPECT_THAT(offers({"--", "run", "--"}), IsEmpty());
}

TEST_F(BashCompletionTest, OffersTheValuesOfAFlag) {
  EXPECT_THAT(offers({"--log-format", ""}), ElementsAre("auto", "text", "json"));
  EXPECT_THAT(offers({"--log-format", "="}), ElementsAre("auto", "text", "json"));
  EXPECT_THAT(offers({"--log-format", "=", "j"}), ElementsAre("json"));
  EXPECT_THAT(offers({"--log-format=j"}), ElementsAre("--log-format=json"));
  EXPECT_THAT(offers({"--cnpg-api-group", "postgresql.cnpg.n"}),
              ElementsAre("postgresql.cnpg.noobaa.io"));
  EXPECT_THAT(offers({"--timeout", ""}), IsEmpty());
}

TEST_F(BashCompletionTest, OffersTheOutputsOfTheCommand) {
  EXPECT_THAT(offers({"-o", ""}), ElementsAre("text", "json"));
  EXPECT_THAT(offers({"db-backup-status", "-o", ""}),
              ElementsAre("table", "wide", "json", "yaml", "name"));
  EXPECT_THAT(offers({"bootstrap", "--initdb", "--output", ""}), ElementsAre("yaml", "json"));
}

TEST_F(BashCompletionTest, OffersFiles) {
  const std::string path = folder_.put("a plan.json", "");
  const std::string start = path.substr(0, path.size() - 5);
  for (const char* flag : {"--plan", "--plan-out"}) {
    EXPECT_THAT(offers({"prune", flag, start}), ElementsAre(path));
  }
  EXPECT_THAT(offers({"--kubeconfig", start}), ElementsAre(path));
  EXPECT_THAT(offers({"--metrics-file", start}), ElementsAre(path));
  EXPECT_THAT(offers({"--kubeconfig=" + start}), ElementsAre("--kubeconfig=" + path));
}

TEST_F(BashCompletionTest, OffersTheArgumentOfACommand) {
  EXPECT_THAT(offers({"help", "rec"}), ElementsAre("recover"));
  EXPECT_THAT(offers({"help", "run", ""}), IsEmpty());
  EXPECT_THAT(offers({"completion", ""}), ElementsAre("bash", "zsh", "fish"));
  EXPECT_THAT(offers({"hold", ""}), IsEmpty());
}

TEST_F(BashCompletionTest, IsRegistered) {
  EXPECT_THAT(run({"-c", "source \"$1\"; complete -p noobaa-db-backup", "bash", script_}),
              HasSubstr("-F _noobaa_db_backup noobaa-db-backup"));
}

class ZshCompletionTest : public ShellTest {
 protected:
  ZshCompletionTest() : ShellTest("zsh") {}

  Words offers(const std::string& line) const {
    return linesOf(
        run({"-f", NDB_TEST_DATA "/zsh/offers.zsh", script_, "noobaa-db-backup " + line}));
  }
};

TEST_F(ZshCompletionTest, Parses) {
  EXPECT_EQ(run({"-n", script_}), "");
}

TEST_F(ZshCompletionTest, OffersCommandsFlagsAndValues) {
  EXPECT_THAT(offers("-n run db-"), UnorderedElementsAre("db-backup", "db-backup-status"));
  EXPECT_THAT(offers("prune --pl"), UnorderedElementsAre("--plan", "--plan-out"));
  EXPECT_THAT(offers("run --pl"), Not(Contains("--plan")));
  EXPECT_THAT(offers("--log-format="), UnorderedElementsAre("auto", "text", "json"));
  EXPECT_THAT(offers("bootstrap -o "), UnorderedElementsAre("yaml", "json"));
  EXPECT_THAT(offers("help rec"), ElementsAre("recover"));
  EXPECT_THAT(offers("-n ns completion "), testing::IsSupersetOf({"bash", "fish", "zsh"}));
}

class FishCompletionTest : public ShellTest {
 protected:
  FishCompletionTest() : ShellTest("fish") {}

  Words offers(const std::string& line) const {
    Words lines = linesOf(run({"--no-config", "-c", "source $argv[1]; complete -C $argv[2]",
                               script_, "noobaa-db-backup " + line}));
    for (std::string& each : lines) each.resize(std::min(each.find('\t'), each.size()));
    return lines;
  }
};

TEST_F(FishCompletionTest, Parses) {
  EXPECT_EQ(run({"--no-config", "-n", script_}), "");
}

TEST_F(FishCompletionTest, OffersCommandsFlagsAndValues) {
  EXPECT_THAT(offers("-n run db-"), UnorderedElementsAre("db-backup", "db-backup-status"));
  EXPECT_THAT(offers("prune --pl"), UnorderedElementsAre("--plan", "--plan-out"));
  EXPECT_THAT(offers("run --pl"), Not(Contains("--plan")));
  EXPECT_THAT(offers("--log-format="),
              UnorderedElementsAre("--log-format=auto", "--log-format=text", "--log-format=json"));
  EXPECT_THAT(offers("bootstrap -o "), UnorderedElementsAre("yaml", "json"));
  EXPECT_THAT(offers("help rec"), ElementsAre("recover"));
  EXPECT_THAT(offers("-n ns completion "), UnorderedElementsAre("bash", "fish", "zsh"));
  EXPECT_THAT(offers("hold "), IsEmpty());
}

TEST(CompletionWordsTest, QuotesSurviveAShell) {
  EXPECT_EQ(shellQuoted("it's"), R"('it'\''s')");
}

TEST(CompletionWordsTest, TheGistOfAFlagIsItsFirstSentence) {
  for (const Flag& flag : allFlags()) {
    EXPECT_FALSE(gistOf(flag).empty()) << flag.name;
    EXPECT_FALSE(gistOf(flag).ends_with('.')) << flag.name;
  }
}

}  // namespace
}  // namespace job
