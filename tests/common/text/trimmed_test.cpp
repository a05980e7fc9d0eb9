#include "common/text/trimmed.h"

#include <gtest/gtest.h>

namespace text {
namespace {

TEST(TrimmedTest, TakesBlanksAndLineEndsOffBothEndsOnly) {
  EXPECT_EQ(trimmed(" \t\r\na b\tc\r\n"), "a b\tc");
  EXPECT_EQ(trimmed("a"), "a");
}

TEST(TrimmedTest, NothingIsLeftOfBlanks) {
  EXPECT_EQ(trimmed(""), "");
  EXPECT_EQ(trimmed(" \r\n"), "");
}

}  // namespace
}  // namespace text
