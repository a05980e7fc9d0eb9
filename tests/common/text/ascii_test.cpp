#include "common/text/ascii.h"

#include <gtest/gtest.h>

#include <string_view>

namespace text {
namespace {

TEST(AsciiTest, ControlsAreThoseOfAsciiAlone) {
  for (const char character : {'\0', '\t', '\n', '\r', '\x1f', '\x7f'}) {
    EXPECT_TRUE(isControl(character)) << static_cast<int>(character);
  }
  for (const char character : {' ', '~', '\x80', '\xff'}) {
    EXPECT_FALSE(isControl(character)) << static_cast<int>(character);
  }
}

TEST(AsciiTest, OneControlAnywhereIsFound) {
  EXPECT_TRUE(hasControl("ab\n"));
  EXPECT_TRUE(hasControl(std::string_view("\0ab", 3)));
  EXPECT_FALSE(hasControl("a b \u00E9"));
  EXPECT_FALSE(hasControl(""));
}

TEST(AsciiTest, VisibleAreNeitherBlanksNorControlsNorOtherScripts) {
  EXPECT_TRUE(isVisibleAscii("!az~"));
  EXPECT_TRUE(isVisibleAscii(""));
  for (const char* text : {"a b", "a\n", "a\x7f", "\u00E9"}) EXPECT_FALSE(isVisibleAscii(text));
}

TEST(AsciiTest, OnlyAsciiLettersBecomeLowerCase) {
  EXPECT_EQ(lowerCase("AZaz09-[@\u00C9"), "azaz09-[@\u00C9");
}

}  // namespace
}  // namespace text
