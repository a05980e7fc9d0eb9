#include "common/json/view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "common/json/parse.h"

namespace json {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

/// Reads `text` with `reader` and returns the error's message, "" when there is none.
std::string errorOf(std::string_view text, const std::function<void(const View&)>& reader) {
  const auto value = parse(text);
  if (!value) return "does not parse: " + value.error();
  Decoder decoder(*value);
  reader(decoder.root());
  return decoder.error() ? decoder.error()->message() : "";
}

TEST(JsonViewTest, PresentValuesAreRead) {
  const Value value = Object{{"s", "text"}, {"i", 5}, {"b", true}, {"o", Object{{"s", ""}}}};
  Decoder decoder(value);
  const View root = decoder.root();
  EXPECT_EQ(root["s"].string(), "text");
  EXPECT_EQ(root["s"].stringOr("other"), "text");
  EXPECT_EQ(root["s"].optionalString(), "text");
  EXPECT_EQ(root["o"]["s"].optionalString(), "");
  EXPECT_EQ(root["i"].integer(), 5);
  EXPECT_EQ(root["i"].integerOr(7), 5);
  EXPECT_EQ(root["i"].optionalInteger(), 5);
  EXPECT_TRUE(root["b"].boolean());
  EXPECT_TRUE(root["b"].booleanOr(false));
  EXPECT_EQ(root["b"].optionalBoolean(), true);
  EXPECT_FALSE(decoder.error());
}

TEST(JsonViewTest, AbsentAndNullAreTheSame) {
  for (const char* text : {"{}", R"({"a":null})", R"({"a":{"b":null}})"}) {
    EXPECT_EQ(errorOf(text,
                      [](const View& root) {
                        const View b = root["a"]["b"];
                        EXPECT_FALSE(b.present());
                        EXPECT_EQ(b.stringOr("other"), "other");
                        EXPECT_EQ(b.integerOr(7), 7);
                        EXPECT_TRUE(b.booleanOr(true));
                        EXPECT_EQ(b.optionalString(), std::nullopt);
                        EXPECT_EQ(b.optionalInteger(), std::nullopt);
                        EXPECT_EQ(b.optionalBoolean(), std::nullopt);
                        EXPECT_THAT(b.elements(), IsEmpty());
                        EXPECT_THAT(b.strings(), IsEmpty());
                        EXPECT_THAT(b.stringMembers(), IsEmpty());
                        EXPECT_FALSE(b[0]["c"].present());
                      }),
              "")
        << text;
  }
}

TEST(JsonViewTest, AbsentRequiredValueIsAnError) {
  const auto text = R"({"metadata":{"name":null}})";
  EXPECT_EQ(errorOf(text, [](const View& v) { EXPECT_EQ(v["metadata"]["name"].string(), ""); }),
            ".metadata.name: is required");
  EXPECT_EQ(errorOf(text, [](const View& v) { EXPECT_EQ(v["spec"]["size"].integer(), 0); }),
            ".spec.size: is required");
  EXPECT_EQ(errorOf(text, [](const View& v) { EXPECT_FALSE(v["spec"]["on"].boolean()); }),
            ".spec.on: is required");
}

TEST(JsonViewTest, StringIsNotReadAsInteger) {
  EXPECT_EQ(errorOf(R"({"a":"5"})", [](const View& v) { EXPECT_EQ(v["a"].integer(), 0); }),
            R"(.a: must be an integer, is "5")");
}

TEST(JsonViewTest, BooleanIsNotReadAsInteger) {
  EXPECT_EQ(errorOf(R"({"a":true})", [](const View& v) { EXPECT_EQ(v["a"].integer(), 0); }),
            ".a: must be an integer, is true");
}

TEST(JsonViewTest, FractionIsNotReadAsInteger) {
  EXPECT_EQ(errorOf(R"({"a":3.7})", [](const View& v) { EXPECT_EQ(v["a"].integer(), 0); }),
            ".a: must be an integer, is 3.7");
}

TEST(JsonViewTest, IntegerBeyondInt64IsNotRead) {
  EXPECT_EQ(errorOf(R"({"a":18446744073709551616})", [](const View& v) { v["a"].integer(); }),
            ".a: must be an integer, is 18446744073709551616.0");
}

TEST(JsonViewTest, NumberIsNotReadAsBoolean) {
  EXPECT_EQ(errorOf(R"({"a":1})", [](const View& v) { EXPECT_FALSE(v["a"].boolean()); }),
            ".a: must be a boolean, is 1");
}

TEST(JsonViewTest, NumberIsNotReadAsString) {
  EXPECT_EQ(errorOf(R"({"a":5})", [](const View& v) { EXPECT_EQ(v["a"].string(), ""); }),
            ".a: must be a string, is 5");
}

TEST(JsonViewTest, ObjectIsNotReadAsString) {
  EXPECT_EQ(errorOf(R"({"a":{"b":1}})", [](const View& v) { EXPECT_EQ(v["a"].string(), ""); }),
            R"(.a: must be a string, is {"b":1})");
}

TEST(JsonViewTest, FallbackDoesNotHideAWrongType) {
  EXPECT_EQ(errorOf(R"({"a":5})", [](const View& v) { EXPECT_EQ(v["a"].stringOr("x"), ""); }),
            ".a: must be a string, is 5");
  EXPECT_EQ(errorOf(R"({"a":"5"})", [](const View& v) { EXPECT_EQ(v["a"].integerOr(7), 0); }),
            R"(.a: must be an integer, is "5")");
  EXPECT_EQ(errorOf(R"({"a":1})", [](const View& v) { EXPECT_FALSE(v["a"].booleanOr(true)); }),
            ".a: must be a boolean, is 1");
}

TEST(JsonViewTest, OptionalDoesNotHideAWrongType) {
  EXPECT_EQ(errorOf(R"({"a":5})",
                    [](const View& v) { EXPECT_EQ(v["a"].optionalString(), std::nullopt); }),
            ".a: must be a string, is 5");
  EXPECT_EQ(errorOf(R"({"a":[]})",
                    [](const View& v) { EXPECT_EQ(v["a"].optionalInteger(), std::nullopt); }),
            ".a: must be an integer, is []");
  EXPECT_EQ(errorOf(R"({"a":"true"})",
                    [](const View& v) { EXPECT_EQ(v["a"].optionalBoolean(), std::nullopt); }),
            R"(.a: must be a boolean, is "true")");
}

TEST(JsonViewTest, MemberOfWhatIsNoObjectIsAnError) {
  EXPECT_EQ(errorOf(R"({"spec":"text"})", [](const View& v) { v["spec"]["a"]["b"].stringOr(""); }),
            R"(.spec: must be an object, is "text")");
  EXPECT_EQ(errorOf("[1]", [](const View& v) { v["a"].stringOr(""); }),
            ".: must be an object, is [1]");
}

TEST(JsonViewTest, ElementsOfWhatIsNoArrayAreAnError) {
  const auto text = R"({"items":{"a":1}})";
  const auto expected = R"(.items: must be an array, is {"a":1})";
  EXPECT_EQ(errorOf(text, [](const View& v) { EXPECT_THAT(v["items"].elements(), IsEmpty()); }),
            expected);
  EXPECT_EQ(errorOf(text, [](const View& v) { EXPECT_THAT(v["items"].strings(), IsEmpty()); }),
            expected);
  EXPECT_EQ(errorOf(text, [](const View& v) { EXPECT_FALSE(v["items"][0].present()); }), expected);
}

TEST(JsonViewTest, ElementBeyondTheEndIsAbsent) {
  EXPECT_EQ(errorOf(R"({"a":[1]})",
                    [](const View& v) {
                      EXPECT_EQ(v["a"][0].integer(), 1);
                      EXPECT_FALSE(v["a"][1].present());
                    }),
            "");
}

TEST(JsonViewTest, PathNamesElementsByIndex) {
  EXPECT_EQ(errorOf(R"({"items":[{"metadata":{"name":"a"}},{"metadata":{"name":2}}]})",
                    [](const View& v) {
                      for (const View& item : v["items"].elements())
                        item["metadata"]["name"].string();
                    }),
            ".items[1].metadata.name: must be a string, is 2");
}

TEST(JsonViewTest, PathQuotesOddNames) {
  const Value value = Object{};
  Decoder decoder(value);
  const View root = decoder.root();
  EXPECT_EQ(root["metadata"]["annotations"]["cnpg.io/pvcRole"].path(),
            R"(.metadata.annotations["cnpg.io/pvcRole"])");
  EXPECT_EQ(root["data"]["tls-key_1"].path(), ".data.tls-key_1");
  EXPECT_EQ(root["a\"\n"].path(), R"(["a\"\n"])");
  EXPECT_EQ(root[""].path(), R"([""])");
  EXPECT_EQ(root[3]["é"].path(), R"([3]["é"])");
}

TEST(JsonViewTest, StringsAreRead) {
  EXPECT_EQ(errorOf(R"({"a":["x","y"]})",
                    [](const View& v) { EXPECT_THAT(v["a"].strings(), ElementsAre("x", "y")); }),
            "");
}

TEST(JsonViewTest, StringsWithAnotherAmongThemAreAnError) {
  EXPECT_EQ(errorOf(R"({"a":["x",1]})", [](const View& v) { v["a"].strings(); }),
            ".a[1]: must be a string, is 1");
  EXPECT_EQ(errorOf(R"({"a":[null]})", [](const View& v) { v["a"].strings(); }),
            ".a[0]: is required");
}

TEST(JsonViewTest, StringMembersAreReadInOrderWithoutNulls) {
  EXPECT_EQ(errorOf(R"({"labels":{"z":"1","n":null,"a.b/c":""}})",
                    [](const View& v) {
                      EXPECT_THAT(v["labels"].stringMembers(),
                                  ElementsAre(Pair("z", "1"), Pair("a.b/c", "")));
                    }),
            "");
}

TEST(JsonViewTest, StringMembersOfAnotherTypeAreAnError) {
  EXPECT_EQ(
      errorOf(R"({"labels":{"a.b/c":1}})", [](const View& v) { v["labels"].stringMembers(); }),
      R"(.labels["a.b/c"]: must be a string, is 1)");
  EXPECT_EQ(errorOf(R"({"labels":["a"]})", [](const View& v) { v["labels"].stringMembers(); }),
            R"(.labels: must be an object, is ["a"])");
}

TEST(JsonViewTest, FailRecordsTheProblemAtItsPlace) {
  EXPECT_EQ(
      errorOf(R"({"a":{"b":0}})", [](const View& v) { v["a"]["b"].fail("must be positive"); }),
      ".a.b: must be positive");
}

TEST(JsonDecoderTest, FirstErrorSticks) {
  EXPECT_EQ(errorOf(R"({"a":1,"b":2})",
                    [](const View& v) {
                      v["a"].string();
                      v["b"].string();
                      v["c"].string();
                    }),
            ".a: must be a string, is 1");
}

struct Model {
  std::string name;
  std::int64_t size = 0;
};

tl::expected<Model, Error> decode(const Value& value) {
  Decoder decoder(value);
  const View root = decoder.root();
  Model model{.name = root["name"].string(), .size = root["size"].integerOr(3)};
  return decoder.finish(std::move(model));
}

TEST(JsonDecoderTest, FinishReturnsTheModelWhenNothingIsWrong) {
  const auto model = decode(Object{{"name", "db"}});
  ASSERT_TRUE(model);
  EXPECT_EQ(model->name, "db");
  EXPECT_EQ(model->size, 3);
}

TEST(JsonDecoderTest, FinishReturnsTheError) {
  const auto model = decode(Object{{"name", "db"}, {"size", "big"}});
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error(), (Error{".size", R"(must be an integer, is "big")"}));
}

TEST(JsonDecoderTest, NullRootIsAbsent) {
  const auto model = decode(nullptr);
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error(), (Error{".name", "is required"}));
}

TEST(JsonExcerptTest, ShortValueIsWhole) {
  EXPECT_EQ(excerpt(Object{{"a", 1}}), R"({"a":1})");
  EXPECT_EQ(excerpt(std::string(58, 'x')), '"' + std::string(58, 'x') + '"');
}

TEST(JsonExcerptTest, LongValueIsCutToSixtyBytes) {
  EXPECT_EQ(excerpt(std::string(59, 'x')), '"' + std::string(56, 'x') + "...");
}

TEST(JsonExcerptTest, CutKeepsCharactersWhole) {
  for (std::size_t shift = 0; shift < 4; ++shift) {
    std::string text(shift, 'x');
    for (int i = 0; i < 30; ++i) text += "😀";
    const std::string cut = excerpt(text);
    EXPECT_LE(cut.size(), 60U);
    EXPECT_GE(cut.size(), 57U);
    EXPECT_EQ((cut.size() - shift - 4) % 4, 0U) << cut;  // a quote, "...", and whole characters
  }
}

}  // namespace
}  // namespace json
