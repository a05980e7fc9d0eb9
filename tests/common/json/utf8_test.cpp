#include "common/json/utf8.h"

#include <gtest/gtest.h>

#include <string>

#include "common/json/parse.h"
#include "common/json/write.h"

namespace json {
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

TEST(ValidUtf8Test, IsWhatAReaderOfTheWrittenTextSees) {
  for (const char* text :
       {"\xED\xA0\x80", "\xC0\xAF", "\xE2\x82", "\xF4\x90\x80\x80", "\x80\xE2\x82\xAC"}) {
    const auto read = parse(write(Array{text}));
    ASSERT_TRUE(read);
    EXPECT_EQ(*read->array()->front().string(), validUtf8(text));
  }
}

}  // namespace
}  // namespace json
