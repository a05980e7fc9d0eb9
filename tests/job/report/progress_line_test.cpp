#include "job/report/progress_line.h"

#include <gtest/gtest.h>

#include <chrono>

#include "job/report/text_table.h"

namespace job {
namespace {

using namespace std::chrono_literals;

TEST(ProgressLineTest, SaysWhatAndForHowLong) {
  EXPECT_EQ(progressLine("Backup b is started", 125s, 80), "Backup b is started (2:05)");
  EXPECT_EQ(progressLine("Backup b is started", 0s, 80), "Backup b is started (0:00)");
}

TEST(ProgressLineTest, IsCutToTheTerminalButForTheTime) {
  EXPECT_EQ(progressLine("waiting until the cluster is fit", 5s, 24), "waiting until... (0:05)");
  EXPECT_LT(displayWidth(progressLine(std::string(300, 'x'), 5s, 80)), 80U);
}

TEST(ProgressLineTest, CutsNoCharacterInHalf) {
  EXPECT_EQ(progressLine("\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9", 5s, 13),
            "\xC3\xA9\xC3\xA9... (0:05)");
}

TEST(ProgressLineTest, StaysALineWhateverTheServerSays) {
  EXPECT_EQ(progressLine("a\n\x1b[2Jb", 5s, 80).find('\n'), std::string::npos);
  EXPECT_EQ(progressLine("a\n\x1b[2Jb", 5s, 80).find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace job
