#include "job/report/colours.h"

#include <gtest/gtest.h>

namespace job {
namespace {

TEST(ColoursTest, AreForTerminalsThatHaveThem) {
  EXPECT_TRUE(wantsColours(true, {{"TERM", "xterm-256color"}}));
  EXPECT_FALSE(wantsColours(false, {{"TERM", "xterm-256color"}}));
  EXPECT_FALSE(wantsColours(true, {{"TERM", "dumb"}}));
  EXPECT_FALSE(wantsColours(true, {{"TERM", ""}}));
  EXPECT_FALSE(wantsColours(true, {}));
}

TEST(ColoursTest, MayBeRefused) {
  EXPECT_FALSE(wantsColours(true, {{"TERM", "xterm"}, {"NO_COLOR", "1"}}));
  EXPECT_FALSE(wantsColours(true, {{"TERM", "xterm"}, {"NO_COLOR", "0"}}));
  EXPECT_TRUE(wantsColours(true, {{"TERM", "xterm"}, {"NO_COLOR", ""}}))
      << "as no-color.org has it";
}

TEST(ColoursTest, EndWithTheText) {
  EXPECT_EQ(painted("failed", Colour::kRed), "\x1b[31mfailed\x1b[0m");
  EXPECT_EQ(painted("failed", Colour::kNone), "failed");
}

}  // namespace
}  // namespace job
