#include "common/k8s/watch_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace k8s {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Progress = WatchLines::Progress;

class WatchLinesTest : public testing::Test {
 protected:
  Progress feed(std::string_view piece) {
    return lines.feed(piece, [this](std::string_view line) {
      seen.emplace_back(line);
      return line != "enough";
    });
  }

  WatchLines lines;
  std::vector<std::string> seen;
};

TEST_F(WatchLinesTest, HandsOutEachLineWithoutItsEnd) {
  EXPECT_EQ(feed("one\ntwo\n"), Progress::kMore);
  EXPECT_THAT(seen, ElementsAre("one", "two"));
}

TEST_F(WatchLinesTest, PutsLinesTogetherWhereverTheyAreCut) {
  const std::string text = "one\n\ntwo\nthree";
  for (std::size_t i = 0; i <= text.size(); ++i) {
    lines = {};
    seen.clear();
    feed(text.substr(0, i));
    feed(text.substr(i));
    EXPECT_THAT(seen, ElementsAre("one", "two")) << i;
  }
}

TEST_F(WatchLinesTest, LeavesOutBlankLines) {
  EXPECT_EQ(feed("\n \t\r\n\r\n"), Progress::kMore);
  EXPECT_THAT(seen, IsEmpty());
}

TEST_F(WatchLinesTest, EndsWhenTheReceiverHasEnough) {
  EXPECT_EQ(feed("one\nenough\nmore\n"), Progress::kEndedByReceiver);
  EXPECT_THAT(seen, ElementsAre("one", "enough"));
}

TEST_F(WatchLinesTest, TakesTheLongestLineAndNoLonger) {
  const std::string half(WatchLines::kLongest / 2, 'x');
  EXPECT_EQ(feed(half), Progress::kMore);
  EXPECT_EQ(feed(half), Progress::kMore);
  EXPECT_EQ(feed("\n"), Progress::kMore);
  EXPECT_THAT(seen, testing::SizeIs(1));
  EXPECT_EQ(feed(half), Progress::kMore);
  EXPECT_EQ(feed(half + "x\n"), Progress::kTooLong);
  EXPECT_THAT(seen, testing::SizeIs(1));
}

}  // namespace
}  // namespace k8s
