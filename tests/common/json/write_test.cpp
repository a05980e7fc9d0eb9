#include "common/json/write.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "common/json/parse.h"
#include "common/text/utf8.h"

namespace json {
namespace {

rc::Gen<Value> anyValue(int depth) {
  const auto text = rc::gen::string<std::string>();
  auto scalar = rc::gen::oneOf(
      rc::gen::just(Value(nullptr)),
      rc::gen::map(rc::gen::arbitrary<bool>(), [](bool b) { return Value(b); }),
      rc::gen::map(rc::gen::arbitrary<std::int64_t>(), [](std::int64_t i) { return Value(i); }),
      rc::gen::map(rc::gen::arbitrary<double>(), [](double d) { return Value(d); }),
      rc::gen::map(text, [](std::string s) { return Value(std::move(s)); }));
  if (depth == 0) return scalar;
  auto array = rc::gen::map(rc::gen::container<Array>(anyValue(depth - 1)),
                            [](Array a) { return Value(std::move(a)); });
  auto name = rc::gen::container<std::string>(rc::gen::inRange('\x01', '\x7F'));
  auto object = rc::gen::map(
      rc::gen::container<std::vector<Object::Member>>(rc::gen::pair(name, anyValue(depth - 1))),
      [](std::vector<Object::Member> m) { return Value(Object::fromMembers(std::move(m))); });
  return rc::gen::oneOf(scalar, array, object);
}

RC_GTEST_PROP(JsonWriteProperty, WhateverIsWrittenParses, ()) {
  const Array value{*rc::gen::scale(0.1, anyValue(3))};
  RC_ASSERT(parse(write(value)).has_value());
  RC_ASSERT(*parse(write(value)) == *parse(writePretty(value)));
}

RC_GTEST_PROP(JsonWriteProperty, WhateverParsesIsWrittenAndReadBackTheSame, ()) {
  const Value value = *parse(write(Array{*rc::gen::scale(0.1, anyValue(3))}));
  RC_ASSERT(*parse(write(value)) == value);
}

RC_GTEST_PROP(JsonWriteProperty, OneLineStaysOneLine, (const std::string& text)) {
  for (const char c : write(text)) RC_ASSERT(static_cast<unsigned char>(c) >= 0x20);
}

TEST(JsonWriteTest, OneLineHasNoBlanks) {
  const Value value = Object{{"z", Array{1, "a b", nullptr, Array{}}}, {"a", Object{{"t", true}}}};
  EXPECT_EQ(write(value), R"({"z":[1,"a b",null,[]],"a":{"t":true}})");
}

TEST(JsonWriteTest, PrettyIndentsByTwo) {
  const Value value =
      Object{{"a", Array{1, Object{{"b", false}}}}, {"c", Object{}}, {"d", Array{}}};
  EXPECT_EQ(writePretty(value), R"({
  "a": [
    1,
    {
      "b": false
    }
  ],
  "c": {},
  "d": []
})");
}

TEST(JsonWriteTest, QuotesAndControlCharactersAreEscapedInNamesAndValues) {
  EXPECT_EQ(write(Object{{"k\"\n", std::string("\\ \b\f\n\r\t\x1B\0\x7F/", 11)}}),
            R"({"k\"\n":"\\ \b\f\n\r\t\u001b\u0000\u007f/"})");
}

TEST(JsonWriteTest, Utf8PassesThrough) {
  EXPECT_EQ(write("é ߿ ࠀ 한 😀 \U0010FFFF"), "\"é ߿ ࠀ 한 😀 \U0010FFFF\"");
}

TEST(JsonWriteTest, UnicodeControlsAreEscaped) {
  EXPECT_EQ(write("\u0085 \u009b \u2028 \u202e \u2066"), R"("\u0085 \u009b \u2028 \u202e \u2066")");
}

TEST(JsonWriteTest, InvalidUtf8BecomesReplacementCharacters) {
  EXPECT_EQ(write("a\xFFz"), "\"a\uFFFDz\"");
  EXPECT_EQ(write("\xC3"), "\"\uFFFD\"") << "cut";
  EXPECT_EQ(write("\xC3\""), "\"\uFFFD\\\"\"") << "the quote after a cut character stays escaped";
  EXPECT_EQ(write("\xC0\x80"), "\"\uFFFD\uFFFD\"") << "overlong";
  EXPECT_EQ(write("\xE0\x9F\xBF"), "\"\uFFFD\uFFFD\uFFFD\"") << "overlong";
  EXPECT_EQ(write("\xED\xA0\x80"), "\"\uFFFD\uFFFD\uFFFD\"") << "surrogate";
  EXPECT_EQ(write("\xF4\x90\x80\x80"), "\"\uFFFD\uFFFD\uFFFD\uFFFD\"") << "beyond U+10FFFF";
}

TEST(JsonWriteTest, InvalidUtf8IsReadAsValidUtf8HasIt) {
  for (const char* text :
       {"\xED\xA0\x80", "\xC0\xAF", "\xE2\x82", "\xF4\x90\x80\x80", "\x80\xE2\x82\xAC"}) {
    const auto read = parse(write(Array{text}));
    ASSERT_TRUE(read);
    EXPECT_EQ(*read->array()->front().string(), text::validUtf8(text));
  }
}

TEST(JsonWriteTest, IntegersAreExact) {
  EXPECT_EQ(write(std::numeric_limits<std::int64_t>::max()), "9223372036854775807");
  EXPECT_EQ(write(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
}

TEST(JsonWriteTest, DoublesAreShortestAndStayDoubles) {
  EXPECT_EQ(write(1.5), "1.5");
  EXPECT_EQ(write(0.1), "0.1");
  EXPECT_EQ(write(3.0), "3.0");
  EXPECT_EQ(write(-0.0), "-0.0");
  EXPECT_EQ(write(100000.0), "100000.0") << "no exponent";
  EXPECT_EQ(write(1e20), "100000000000000000000.0");
  EXPECT_EQ(write(1e21), "1e+21");
  EXPECT_EQ(write(5e-324), "5e-324");
}

TEST(JsonWriteTest, NumbersThatJsonLacksBecomeNull) {
  EXPECT_EQ(write(std::nan("")), "null");
  EXPECT_EQ(write(std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(write(-std::numeric_limits<double>::infinity()), "null");
}

TEST(JsonWriteTest, DoublesReadBackTheSame) {
  const Array values{0.1, 1e20, 1e21, 1e23, 5e-324, 1.7976931348623157e308, 123456789.123456789,
                     1.0};
  const auto read = parse(write(values));
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(*read, Value(values));
}

}  // namespace
}  // namespace json
