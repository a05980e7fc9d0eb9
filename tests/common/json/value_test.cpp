#include "common/json/value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace json {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(JsonObjectTest, KeepsTheOrderInWhichMembersWereSet) {
  Object object;
  object.set("z", 1);
  object.set("a", 2);
  object.set("m", 3);
  EXPECT_THAT(object, ElementsAre(Pair("z", 1), Pair("a", 2), Pair("m", 3)));
}

TEST(JsonObjectTest, SettingAgainReplacesInPlace) {
  Object object{{"a", 1}, {"b", 2}};
  object.set("a", "new");
  EXPECT_THAT(object, ElementsAre(Pair("a", "new"), Pair("b", 2)));
}

TEST(JsonObjectTest, LastOfEqualNamesWinsInTheFirstsPlace) {
  EXPECT_THAT((Object{{"a", 1}, {"b", 2}, {"a", 3}}), ElementsAre(Pair("a", 3), Pair("b", 2)));
}

TEST(JsonObjectTest, SubscriptInsertsNull) {
  Object object;
  EXPECT_TRUE(object["new"].isNull());
  EXPECT_EQ(object.size(), 1U);
}

TEST(JsonObjectTest, EraseTellsWhetherThereWasSuchMember) {
  Object object{{"a", 1}, {"b", 2}};
  EXPECT_TRUE(object.erase("a"));
  EXPECT_FALSE(object.erase("a"));
  EXPECT_THAT(object, ElementsAre(Pair("b", 2)));
}

TEST(JsonObjectTest, EqualityIgnoresTheOrder) {
  const Object ab{{"a", 1}, {"b", Object{{"c", 2}, {"d", 3}}}};
  const Object ba{{"b", Object{{"d", 3}, {"c", 2}}}, {"a", 1}};
  EXPECT_EQ(ab, ba);
}

TEST(JsonObjectTest, EqualityNeedsTheSameNamesAndValues) {
  EXPECT_NE((Object{{"a", 1}}), (Object{{"a", 2}}));
  EXPECT_NE((Object{{"a", 1}}), (Object{{"b", 1}}));
  EXPECT_NE((Object{{"a", nullptr}}), (Object{{"b", nullptr}}));
  EXPECT_NE((Object{{"a", 1}}), (Object{{"a", 1}, {"b", 1}}));
}

// A Poco object shares its children with its copies: a changed copy would change the original.
TEST(JsonValueTest, CopyIsDeep) {
  Value original;
  original["metadata"]["labels"]["app"] = "db";
  Value copy = original;
  copy["metadata"]["labels"]["app"] = "changed";
  EXPECT_EQ(original["metadata"]["labels"]["app"], Value("db"));
}

TEST(JsonValueTest, SubscriptBuildsNestedObjects) {
  Value value;
  value["spec"]["name"] = "db";
  EXPECT_EQ(value, Value(Object{{"spec", Object{{"name", "db"}}}}));
}

TEST(JsonValueTest, SubscriptTurnsAScalarIntoAnObject) {
  Value value = 5;
  value["a"] = true;
  EXPECT_EQ(value, Value(Object{{"a", true}}));
}

TEST(JsonValueTest, AccessorsNeverConvert) {
  EXPECT_EQ(Value("5").integer(), nullptr);
  EXPECT_EQ(Value(1).boolean(), nullptr);
  EXPECT_EQ(Value(true).integer(), nullptr);
  EXPECT_EQ(Value(3.7).integer(), nullptr);
  EXPECT_EQ(Value(3).real(), nullptr);
  EXPECT_EQ(Value(Object{}).string(), nullptr);
  EXPECT_EQ(Value(nullptr).object(), nullptr);
}

TEST(JsonValueTest, NullMemberIsFoundAndNull) {
  const Object object{{"a", nullptr}};
  ASSERT_NE(object.find("a"), nullptr);
  EXPECT_TRUE(object.find("a")->isNull());
  EXPECT_EQ(object.find("missing"), nullptr);
}

TEST(JsonValueTest, StringLiteralIsAStringNotABoolean) {
  ASSERT_NE(Value("text").string(), nullptr);
  EXPECT_EQ(*Value("text").string(), "text");
}

}  // namespace
}  // namespace json
