#include "common/text/in_quotes.h"

#include <gtest/gtest.h>

namespace text {
namespace {

TEST(InQuotesTest, QuotesAShortTextWhole) {
  EXPECT_EQ(inQuotes(""), "\"\"");
  EXPECT_EQ(inQuotes(std::string(60, 'a')), '"' + std::string(60, 'a') + '"');
}

TEST(InQuotesTest, CutsALongText) {
  EXPECT_EQ(inQuotes(std::string(61, 'a')), '"' + std::string(60, 'a') + "...\"");
}

TEST(InQuotesTest, CutsBeforeACharacterThatCrossesTheBorder) {
  const std::string text = std::string(59, 'a') + "\u00E9\u00E9";
  EXPECT_EQ(inQuotes(text), '"' + std::string(59, 'a') + "...\"");
}

TEST(InQuotesTest, CutsBytesThatAreNoText) {
  EXPECT_EQ(inQuotes(std::string(100, '\x80')), "\"...\"");
}

}  // namespace
}  // namespace text
