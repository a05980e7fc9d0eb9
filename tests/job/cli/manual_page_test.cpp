#include "job/cli/manual_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>
#include <string>

#include "job/cli/flag_table.h"
#include "job/failure.h"
#include "tests/support/child_process.h"

namespace job {
namespace {

using testing::HasSubstr;

/// The text with roff's dashes as they are printed.
std::string withDashes(std::string text) {
  for (std::size_t at = text.find("\\-"); at != std::string::npos; at = text.find("\\-", at)) {
    text.erase(at, 1);
  }
  return text;
}

TEST(ManualPageTest, NamesEveryCommandFlagAndExitCode) {
  const std::string page = withDashes(manualPage("1.2.3"));
  EXPECT_THAT(page, HasSubstr("1.2.3"));
  for (const CommandInfo& info : allCommands()) {
    EXPECT_THAT(page, HasSubstr(".TP\n\\fB" + std::string(info.name) + "\\fP"));
  }
  for (const Flag& flag : allFlags()) {
    EXPECT_THAT(page, HasSubstr("\\fB--" + std::string(flag.name) + "\\fP"));
  }
  for (const auto& [code, meaning] : kExitCodes) {
    EXPECT_THAT(page, HasSubstr("\\fB" + std::to_string(static_cast<int>(code)) + "\\fP"));
  }
}

TEST(ManualPageTest, OnlyMacrosBeginWithAFullStop) {
  std::istringstream lines(manualPage("1.2.3"));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with('.')) continue;
    EXPECT_THAT(line.substr(0, 3), testing::AnyOf(".TH", ".SH", ".SS", ".TP", ".PP", ".nh", ".ad"))
        << line;
  }
}

TEST(ManualPageTest, IsFormattedWithoutWarnings) {
  const std::string groff = "/usr/bin/groff";
  if (!std::filesystem::exists(groff)) GTEST_SKIP() << groff << " is not installed";
  const testing_support::ScratchFolder folder;
  const std::string page = folder.put("page.1", manualPage("1.2.3"));
  const auto end = testing_support::ChildProcess(folder, groff, {"-man", "-ww", "-Tutf8", page},
                                                 {{"PATH", "/usr/bin:/bin"}})
                       .wait();
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_EQ(end.err, "");
  EXPECT_THAT(end.out, HasSubstr("spec.dbSpec.dbRecovery"));
}

}  // namespace
}  // namespace job
