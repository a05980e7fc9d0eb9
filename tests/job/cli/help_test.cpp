#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "job/cli/flag_table.h"
#include "job/cli/flags.h"
#include "job/failure.h"

namespace job {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::vector<std::string> topics() {
  std::vector<std::string> names = {""};
  for (const CommandInfo& info : allCommands()) names.emplace_back(info.name);
  return names;
}

TEST(HelpTest, FitsAHundredColumns) {
  for (const auto& topic : topics()) {
    std::istringstream text(helpText(topic));
    for (std::string line; std::getline(text, line);) {
      EXPECT_LE(line.size(), 100U) << topic << ": " << line;
      EXPECT_FALSE(line.ends_with(' ')) << topic << ": " << line;
    }
  }
}

TEST(HelpTest, EndsWithALineEnd) {
  for (const auto& topic : topics()) {
    EXPECT_TRUE(helpText(topic).ends_with("\n")) << topic;
    EXPECT_FALSE(helpText(topic).ends_with("\n\n")) << topic;
  }
}

TEST(HelpTest, BeginsWithWhatTheProgramIs) {
  EXPECT_THAT(helpText(""), StartsWith("noobaa-db-backup backs up the PostgreSQL database"));
}

TEST(HelpTest, NamesEveryCommandSharedFlagAndExitCode) {
  const std::string text = helpText("");
  for (const CommandInfo& info : allCommands()) EXPECT_THAT(text, HasSubstr(info.name));
  for (const Flag& flag : allFlags()) {
    if (!flag.scope.shared) continue;
    EXPECT_THAT(text, HasSubstr("--" + std::string(flag.name)));
  }
  for (const auto& [code, meaning] : kExitCodes) {
    EXPECT_THAT(text, HasSubstr(" " + std::to_string(static_cast<int>(code)) + "  "));
  }
}

TEST(HelpTest, ShowsTheFlagsMostPeopleNeedFirst) {
  const std::string text = helpText("");
  EXPECT_LT(text.find("--namespace NAME"), text.find("--cnpg-api-group"));
  EXPECT_LT(text.find("      --dry-run "), text.find("--request-timeout"));
}

TEST(HelpTest, OfACommandShowsItsFlagsAlone) {
  EXPECT_THAT(helpText("schedule"), HasSubstr("--from TIME"));
  EXPECT_THAT(helpText("schedule"), Not(HasSubstr("--allow-primary")));
  EXPECT_THAT(helpText("run"), HasSubstr("--allow-primary"));
  EXPECT_THAT(helpText("run"), Not(HasSubstr("--from TIME")));
  EXPECT_THAT(helpText("version"), Not(HasSubstr("--")));
}

}  // namespace
}  // namespace job
