#include "common/json/parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <limits>
#include <ostream>
#include <string>

namespace json {
namespace {

using testing::HasSubstr;

/// The single element of the array `[text]`.
Value parsedElement(const std::string& text) {
  const auto value = parse("[" + text + "]");
  if (!value) {
    ADD_FAILURE() << text << ": " << value.error();
    return {};
  }
  return value->array()->at(0);
}

std::string errorOf(std::string_view text) {
  const auto value = parse(text);
  if (value) {
    ADD_FAILURE() << text << " was accepted";
    return "";
  }
  return value.error();
}

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

TEST(JsonParseTest, ReadsEveryKindOfValue) {
  const auto value = parse(R"( {"null": null, "yes": true, "no": false, "int": -7, "real": 2.5,
                                "text": "a\n\"b\" \u00e9 \ud83d\ude00", "list": [1, [], {}], "object": {"a": {}}} )");
  ASSERT_TRUE(value) << value.error();
  EXPECT_EQ(*value, Value(Object{{"null", nullptr},
                                 {"yes", true},
                                 {"no", false},
                                 {"int", -7},
                                 {"real", 2.5},
                                 {"text", "a\n\"b\" é 😀"},
                                 {"list", Array{1, Array{}, Object{}}},
                                 {"object", Object{{"a", Object{}}}}}));
}

TEST(JsonParseTest, KeepsTheOrderOfMembers) {
  const auto value = parse(R"({"z":1,"a":2,"m":3})");
  ASSERT_TRUE(value) << value.error();
  std::string order;
  for (const auto& member : *value->object()) order += member.first;
  EXPECT_EQ(order, "zam");
}

TEST(JsonParseTest, LastOfEqualNamesWins) {
  const auto value = parse(R"({"a":1,"b":2,"a":{"c":3}})");
  ASSERT_TRUE(value) << value.error();
  EXPECT_EQ(*value, Value(Object{{"a", Object{{"c", 3}}}, {"b", 2}}));
}

TEST(JsonParseTest, IntegersWithinInt64AreExact) {
  EXPECT_EQ(parsedElement("0"), Value(0));
  EXPECT_EQ(parsedElement("-0"), Value(0));
  EXPECT_EQ(parsedElement("9007199254740993"), Value(std::int64_t{9007199254740993}));
  EXPECT_EQ(parsedElement("9223372036854775807"), Value(std::numeric_limits<std::int64_t>::max()));
  EXPECT_EQ(parsedElement("-9223372036854775808"), Value(std::numeric_limits<std::int64_t>::min()));
}

TEST(JsonParseTest, IntegersBetweenInt64AndUint64BecomeTheNearestDouble) {
  EXPECT_EQ(parsedElement("9223372036854775808"), Value(9223372036854775808.0));
  EXPECT_EQ(parsedElement("18446744073709551615"), Value(18446744073709551615.0));
}

// Read as 64 bits the first is 0, the second 7766279631452241920.
TEST(JsonParseTest, IntegersBeyondUint64BecomeTheNearestDouble) {
  EXPECT_EQ(parsedElement("18446744073709551616"), Value(18446744073709551616.0));
  EXPECT_EQ(parsedElement("100000000000000000000"), Value(1e20));
  EXPECT_EQ(parsedElement("99999999999999999999999"), Value(1e23));
}

TEST(JsonParseTest, IntegersBelowInt64BecomeTheNearestDouble) {
  ASSERT_NE(parsedElement("-9223372036854775809").real(), nullptr);
  EXPECT_EQ(parsedElement("-9223372036854775809"), Value(-9223372036854775808.0));
  EXPECT_EQ(parsedElement("-99999999999999999999999"), Value(-1e23));
}

TEST(JsonParseTest, LongDigitsOutsideIntegersStayAsTheyAre) {
  EXPECT_EQ(parsedElement(R"("18446744073709551616")"), Value("18446744073709551616"));
  EXPECT_EQ(parsedElement(R"("\"18446744073709551616")"), Value("\"18446744073709551616"));
  EXPECT_EQ(parsedElement(R"({"18446744073709551616":"\\"})"),
            Value(Object{{"18446744073709551616", "\\"}}));
  EXPECT_EQ(parsedElement("0.18446744073709551616"), Value(0.18446744073709551616));
  EXPECT_EQ(parsedElement("18446744073709551616.5"), Value(18446744073709551616.5));
  EXPECT_EQ(parsedElement("18446744073709551616e2"), Value(18446744073709551616e2));
}

TEST(JsonParseTest, NumbersWithFractionOrExponentAreDoubles) {
  EXPECT_EQ(parsedElement("1.0"), Value(1.0));
  EXPECT_EQ(parsedElement("1e3"), Value(1000.0));
  EXPECT_EQ(parsedElement("-2.5E-3"), Value(-0.0025));
  EXPECT_EQ(parsedElement("0.1"), Value(0.1));
}

TEST(JsonParseTest, NumberBeyondDoubleIsRefusedInAShortMessage) {
  EXPECT_THAT(errorOf("[1e400]"), HasSubstr("too big"));
  EXPECT_THAT(errorOf("[1.8e308]"), HasSubstr("beyond all measure"));
  EXPECT_LT(errorOf("[" + std::string(5000, '9') + "]").size(), 100U);
}

TEST(JsonParseTest, ZeroByteInAStringIsKept) {
  EXPECT_EQ(parsedElement(R"("a\u0000b")"), Value(std::string("a\0b", 3)));
}

TEST(JsonParseTest, EscapedBackslashBeforeU0000IsNoZeroByte) {
  EXPECT_EQ(parsedElement(R"({"a\\u0000b":1})"), Value(Object{{R"(a\u0000b)", 1}}));
}

// Cut at the NUL, as C's texts are, it would be "name".
TEST(JsonParseTest, ZeroByteInANameIsRefused) {
  EXPECT_THAT(errorOf(R"({"name\u0000x":1})"), HasSubstr("name"));
  EXPECT_THAT(errorOf("{\"name\\u0000x\" \n:1}"), HasSubstr("name"));
}

TEST(JsonParseTest, NestingIsLimited) {
  EXPECT_TRUE(parse(nested(128)));
  EXPECT_THAT(errorOf(nested(129)), HasSubstr("depth"));
  EXPECT_THAT(errorOf(nested(200000)), HasSubstr("depth"));
  EXPECT_THAT(errorOf(std::string(200000, '[')), HasSubstr("depth"));
}

TEST(JsonParseTest, CutTextIsCalledEndOfText) {
  EXPECT_THAT(errorOf(R"({"items":[tru)"), HasSubstr("end of text"));
  EXPECT_THAT(errorOf(R"({"items":)"), HasSubstr("end of text"));
  EXPECT_THAT(errorOf(R"({"items":[1)"), HasSubstr("end of text"));
}

TEST(JsonParseTest, EveryPrefixOfAnObjectIsRefused) {
  const std::string whole =
      R"({"kind":"Backup","items":[{"a":1.5e3,"b":[true,null,"\u00e9x"]}],"n":-12})";
  ASSERT_TRUE(parse(whole));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(parse(whole.substr(0, length))) << whole.substr(0, length);
  }
}

// Looking each member up among those before it takes 20 s and more; this takes a fraction of one.
TEST(JsonParseTest, ObjectWithVeryManyMembersTakesNoSquareOfTheTime) {
  constexpr int kMembers = 100000;
  std::string text = "{";
  for (int i = 0; i < kMembers; ++i) text += "\"member-" + std::to_string(i) + "\":0,";
  text += "\"member-0\":1}";
  const std::clock_t before = std::clock();
  const auto value = parse(text);
  EXPECT_LT((std::clock() - before) / CLOCKS_PER_SEC, 10);
  ASSERT_TRUE(value) << value.error();
  EXPECT_EQ(value->object()->size(), static_cast<std::size_t>(kMembers));
  EXPECT_EQ(*value->object()->find("member-0"), Value(1));
}

struct Malformed {
  const char* what;
  std::string text;
};

std::ostream& operator<<(std::ostream& out, const Malformed& malformed) {
  return out << malformed.what;
}

class JsonParseMalformedTest : public testing::TestWithParam<Malformed> {};

TEST_P(JsonParseMalformedTest, IsRefusedWithAPrintableMessage) {
  const std::string error = errorOf(GetParam().text);
  EXPECT_FALSE(error.empty());
  EXPECT_LT(error.size(), 100U);
  for (const char c : error) EXPECT_TRUE(c >= 0x20 && c < 0x7F) << error;
}

INSTANTIATE_TEST_SUITE_P(
    Texts, JsonParseMalformedTest,
    testing::Values(
        Malformed{"Empty", ""}, Malformed{"OnlyBlanks", " \n\t"},
        Malformed{"TopLevelString", "\"a\""}, Malformed{"TopLevelNumber", "5"},
        Malformed{"TopLevelNull", " null"}, Malformed{"ByteOrderMark", "\xEF\xBB\xBF[]"},
        Malformed{"Garbage", "garbage"}, Malformed{"TrailingText", "{} x"},
        Malformed{"TwoTexts", "{}{}"}, Malformed{"TwoLines", "{}\n{}"},
        Malformed{"TrailingNulByte", std::string("{}\0", 3)},
        Malformed{"NulByte", std::string("[\0]", 3)}, Malformed{"Comment", "/*c*/[]"},
        Malformed{"CommentAtEnd", "[] // c"}, Malformed{"CommaInObject", R"({"a":1,})"},
        Malformed{"CommaInArray", "[1,]"}, Malformed{"LoneComma", "[,]"},
        Malformed{"MissingComma", "[1 2]"}, Malformed{"MissingColon", R"({"a" 1})"},
        Malformed{"MissingValue", R"({"a":})"}, Malformed{"MissingMember", R"({"a"})"},
        Malformed{"UnquotedName", "{a:1}"}, Malformed{"NumberAsName", "{1:1}"},
        Malformed{"SingleQuotes", "{'a':1}"}, Malformed{"WrongBracket", "[1}"},
        Malformed{"ExtraBracket", "[1]]"}, Malformed{"NaN", "[NaN]"},
        Malformed{"Infinity", "[-Infinity]"}, Malformed{"UpperCaseTrue", "[True]"},
        Malformed{"LeadingZero", "[01]"},
        Malformed{"LeadingZerosOfALongInteger", "[" + std::string(30, '0') + "1]"},
        Malformed{"LeadingZeroOfAHugeInteger", "[018446744073709551616]"},
        Malformed{"LeadingPlus", "[+1]"}, Malformed{"LeadingPoint", "[.5]"},
        Malformed{"TrailingPoint", "[1.]"}, Malformed{"EmptyExponent", "[1e]"},
        Malformed{"HexNumber", "[0x10]"}, Malformed{"LoneMinus", "[-]"},
        Malformed{"HugeIntegerThenMinus", "[18446744073709551616-1]"},
        Malformed{"Subtraction", "[1-1]"}, Malformed{"DigitsThenText", "[18446744073709551616x]"},
        Malformed{"UnterminatedString", "[\"abc"}, Malformed{"StringEndingInBackslash", "[\"abc\\"},
        Malformed{"UnknownEscape", R"(["\x"])"}, Malformed{"NewlineInString", "[\"a\nb\"]"},
        Malformed{"LoneSurrogate", R"(["\ud800"])"}, Malformed{"LoneLowSurrogate", R"(["\udc00"])"},
        Malformed{"LoneLowSurrogateBeforeText", R"(["\udc00x"])"},
        Malformed{"LoneLowSurrogateInAName", R"({"\udfff":1})"},
        Malformed{"SwappedSurrogates", R"(["\ude00\ud83d"])"},
        Malformed{"OverlongUtf8", "[\"\xC0\x80\"]"},
        Malformed{"SurrogateInUtf8", "[\"\xED\xA0\x80\"]"},
        Malformed{"BeyondUnicode", "[\"\xF4\x90\x80\x80\"]"}, Malformed{"NoUtf8", "[\"\xFF\"]"},
        Malformed{"NoUtf8OutsideStrings", "[\xFF]"}, Malformed{"ByteFfAtTheEnd", "[]\xFF"},
        Malformed{"TextAfterByteFf", "[]\xFF["}, Malformed{"EscapeCharacter", "[\x1B]"}),
    [](const auto& test) { return test.param.what; });

}  // namespace
}  // namespace json
