#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "job/cli/flag_table.h"
#include "job/failure.h"
#include "job/pass/event_kinds.h"
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
  report.rows.push_back({});
  const json::Value object = toJson(report);
  expectKeys(object);
  expectKeys(object.object()->find("backups")->array()->front());
}

std::string contentOf(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// The part under a heading, up to the next one.
std::string sectionOf(const std::string& text, const std::string& heading) {
  const auto begin = text.find("\n" + heading + "\n");
  EXPECT_NE(begin, std::string::npos) << heading;
  return begin == std::string::npos ? ""
                                    : text.substr(begin, text.find("\n## ", begin + 1) - begin);
}

/// What stands in backquotes in the first column of the section's table.
std::set<std::string> firstColumnOf(const std::string& section) {
  std::set<std::string> found;
  const std::regex row("\n\\| ((`\\w+`(, )?)+) \\|");
  const std::regex word("`(\\w+)`");
  for (auto at = std::sregex_iterator(section.begin(), section.end(), row);
       at != std::sregex_iterator(); ++at) {
    const std::string cell = (*at)[1];
    for (auto name = std::sregex_iterator(cell.begin(), cell.end(), word);
         name != std::sregex_iterator(); ++name) {
      found.insert((*name)[1]);
    }
  }
  return found;
}

/// The keys that the code gives the logger, which stand in its calls as {"key", value}.
std::set<std::string> loggedKeys() {
  std::set<std::string> keys;
  const std::regex call("(log(_|\\(\\))?\\.(debug|info|warn|error|log)\\(|Field \\w+(?=\\{))");
  const std::regex key("\\{\"(\\w+)\", ");
  const std::filesystem::path root = NDB_TEST_DATA "/../..";
  for (const char* folder : {"common", "job"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
      if (entry.path().extension() != ".cpp") continue;
      const std::string text = contentOf(entry.path());
      for (auto at = std::sregex_iterator(text.begin(), text.end(), call);
           at != std::sregex_iterator(); ++at) {
        // No string in these calls has a semicolon behind it that ends no statement.
        const auto begin = static_cast<std::size_t>(at->position());
        const std::string statement = text.substr(begin, text.find(");\n", begin) - begin);
        const std::string own = statement.substr(0, statement.find("};\n"));
        for (auto found = std::sregex_iterator(own.begin(), own.end(), key);
             found != std::sregex_iterator(); ++found) {
          keys.insert((*found)[1]);
        }
      }
    }
  }
  return keys;
}

TEST(ReferenceTest, HasEveryKeyOfTheLogAndNoOther) {
  std::set<std::string> logged = loggedKeys();
  EXPECT_GT(logged.size(), 30U);
  logged.insert({"ts", "level", "msg"});
  EXPECT_THAT(firstColumnOf(sectionOf(reference(), "## The log")), testing::ContainerEq(logged));
}

TEST(OperationsTest, HasARowForEveryKindOfEventAndNoOther) {
  const std::string section =
      sectionOf(contentOf(NDB_TEST_DATA "/../../docs/operations.md"), "## Events");
  std::set<std::string> reasons;
  for (const EventKind& kind : events::kAll) {
    reasons.insert(std::string(kind.reason));
    const char* const type = kind.severity == Severity::kNormal ? "Normal" : "Warning";
    EXPECT_THAT(section, HasSubstr("\n| `" + std::string(kind.reason) + "` | " + type + " | "));
  }
  EXPECT_THAT(firstColumnOf(section), testing::ContainerEq(reasons));
}

}  // namespace
}  // namespace job
