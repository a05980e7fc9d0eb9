#include "job/report/text_table.h"

#include <gtest/gtest.h>

namespace job {
namespace {

TEST(TextTableTest, AlignsColumnsWithoutTrailingBlanks) {
  TextTable table({"NAME", "AGE"});
  table.add({"a", "3m"});
  table.add({"longer-name", "5h"});
  EXPECT_EQ(table.text(),
            "NAME          AGE\n"
            "a             3m\n"
            "longer-name   5h\n");
}

TEST(TextTableTest, AlignsTextOfSeveralBytesACharacter) {
  TextTable table({"NAME", "X"});
  table.add({"\xC3\xA4\xC3\xB6\xC3\xBC\xE2\x82\xAC", "1"});  // umlauts, euro
  table.add({"\xE6\x97\xA5\xE6\x9C\xAC", "2"});              // two wide ones
  table.add({"e\xCC\x81xyz", "3"});                          // combining accent
  EXPECT_EQ(table.text(),
            "NAME   X\n"
            "\xC3\xA4\xC3\xB6\xC3\xBC\xE2\x82\xAC   1\n"
            "\xE6\x97\xA5\xE6\x9C\xAC   2\n"
            "e\xCC\x81xyz   3\n");
}

TEST(TextTableTest, ShowsAnEmptyCellAsADash) {
  TextTable table({"A", "B"});
  table.add({"", ""});
  EXPECT_EQ(table.text(), "A   B\n-   -\n");
}

TEST(TextTableTest, ACellStaysOnItsLine) {
  TextTable table({"A"});
  table.add({"one\ntwo\x1b[2J"});
  EXPECT_EQ(table.text(), "A\none\\ntwo\\u001b[2J\n");
}

TEST(DisplayWidthTest, SurvivesBytesThatAreNoText) {
  EXPECT_EQ(displayWidth("\xFF\xFE"), 2U);
  EXPECT_EQ(displayWidth("\xE2\x82"), 1U);
  EXPECT_EQ(displayWidth(""), 0U);
}

}  // namespace
}  // namespace job
