#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "job/cli/flag_table.h"
#include "job/failure.h"
#include "job/report/pass_result.h"
#include "job/report/status_report.h"

namespace job {
namespace {

using testing::HasSubstr;

/// docs/reference.md, which users read; what the code accepts and prints has to stand in it.
const std::string& reference() {
  static const std::string kText = [] {
    const std::ifstream file(NDB_TEST_DATA "/../../docs/reference.md");
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }();
  return kText;
}

/// The line of the table of flags that begins with the flag, empty when there is none.
std::string rowOf(const Flag& flag) {
  std::istringstream lines(reference());
  const std::string form = "`--" + std::string(flag.name) + (flag.isBoolean() ? "`" : " ");
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("| ") &&
        line.substr(0, line.find(" | ")).find(form) != std::string::npos) {
      return line;
    }
  }
  return "";
}

void expectKeys(const json::Value& object) {
  for (const auto& [key, value] : *object.object()) {
    EXPECT_THAT(reference(), HasSubstr("| `" + key + "` | "));
  }
}

TEST(ReferenceTest, HasARowForEveryFlagWithItsVariable) {
  for (const Flag& flag : allFlags()) {
    const std::string row = rowOf(flag);
    EXPECT_FALSE(row.empty()) << "--" << flag.name;
    EXPECT_THAT(row, HasSubstr("`" + environmentTwin(flag) + "`"));
    EXPECT_THAT(row, HasSubstr(std::string(flag.value)));
    if (flag.letter != 0) {
      EXPECT_THAT(row, HasSubstr(std::string("`-") + flag.letter + "`"));
    }
  }
}

TEST(ReferenceTest, SaysTheDefaultsThatHelpSays) {
  for (const Flag& flag : allFlags()) {
    const bool is_value = flag.default_text.find(' ') == std::string_view::npos;
    if (is_value && !flag.default_text.empty() && flag.name != "from") {
      EXPECT_THAT(rowOf(flag), HasSubstr("| `" + std::string(flag.default_text) + "` |"));
    }
  }
}

TEST(ReferenceTest, HasEveryCommand) {
  for (const CommandInfo& info : allCommands()) {
    EXPECT_THAT(reference(), HasSubstr("\n| `" + std::string(info.name)));
  }
}

TEST(ReferenceTest, HasARowForEveryExitCode) {
  for (const auto& [code, meaning] : kExitCodes) {
    EXPECT_THAT(reference(), HasSubstr("\n| " + std::to_string(static_cast<int>(code)) + " | "));
  }
}

TEST(ReferenceTest, HasEveryOutcome) {
  for (const PassOutcome outcome :
       {PassOutcome::kCompleted, PassOutcome::kNothingToDo, PassOutcome::kDeferred,
        PassOutcome::kRefused, PassOutcome::kBusy, PassOutcome::kTimedOut,
        PassOutcome::kInterrupted, PassOutcome::kFailed}) {
    EXPECT_THAT(reference(), HasSubstr("\n| `" + std::string(toString(outcome)) + "` | "));
  }
}

TEST(ReferenceTest, HasEveryKeyOfTheResultObject) {
  expectKeys(toJson(PassResult()));
}

TEST(ReferenceTest, HasEveryKeyOfTheStatusObject) {
  StatusReport report;
  report.rows.emplace_back();
  const json::Value object = toJson(report);
  expectKeys(object);
  expectKeys(object.object()->find("backups")->array()->front());
}

}  // namespace
}  // namespace job
