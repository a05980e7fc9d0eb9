#include "common/text/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace text {
namespace {

TEST(CutUtf8Test, LeavesAShortTextAlone) {
  EXPECT_EQ(cutUtf8("", 0), "");
  EXPECT_EQ(cutUtf8("abc", 3), "abc");
}

TEST(CutUtf8Test, CutsBetweenCharacters) {
  const std::string text = "a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x99\x82";  // of 1, 2, 3 and 4 bytes
  const std::size_t kept[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10};
  for (std::size_t limit = 0; limit <= text.size(); ++limit) {
    EXPECT_EQ(cutUtf8(text, limit), text.substr(0, kept[limit])) << limit;
  }
}

TEST(ValidUtf8Test, ReplacesWhatIsNone) {
  EXPECT_EQ(validUtf8("a\xC3\xA4\n\"\\"), "a\xC3\xA4\n\"\\");
  EXPECT_EQ(validUtf8("a\xFF"
                      "b\xC3"),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD");
}

}  // namespace
}  // namespace text
