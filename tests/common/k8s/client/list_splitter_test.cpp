#include "common/k8s/list_splitter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/json/write.h"

namespace k8s {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Outcome {
  std::vector<std::string> items;
  tl::expected<ListSplitter::ListMeta, std::string> meta;
};

Outcome split(const std::vector<std::string_view>& pieces) {
  std::vector<std::string> items;
  ListSplitter splitter([&](json::Value item) { items.push_back(json::write(item)); });
  for (const auto piece : pieces) {
    if (!splitter.feed(piece)) break;
  }
  return {std::move(items), splitter.finish()};
}

// What misleads a scanner: brackets, quotes and backslashes in strings, "items" at other places and
// in other forms, blanks, and metadata where it may be.
constexpr std::string_view kTricky =
    " \n{\"kind\":\"BackupList\", \"x\" : {\"items\":[{\"no\":1}],\"s\":\"]}\\\"\"},\"n\":-1.5e3 "
    ",\n"
    "\"t\":true,\"items\\u0041\":[1,2],\t\"items\" : [ {\"a\":\"}]{[\\\\\",\"items\":[{\"b\":[]}]} "
    ",\r\n"
    "{\"c\":\"\\\\\\\"\\u007d,\"},{}, {\"d\":{\"e\":[[],{}]},\"f\":null}\n] "
    ",\"metadata\":{\"continue\":"
    "\"to\\u006ben\",\"resourceVersion\":\"12\"},\"z\":null} \n";

void expectTricky(const Outcome& outcome) {
  EXPECT_THAT(outcome.items,
              ElementsAre(R"({"a":"}]{[\\","items":[{"b":[]}]})", R"({"c":"\\\"},"})", "{}",
                          R"({"d":{"e":[[],{}]},"f":null})"));
  ASSERT_TRUE(outcome.meta) << outcome.meta.error();
  EXPECT_EQ(outcome.meta->resource_version, "12");
  EXPECT_EQ(outcome.meta->continue_token, "token");
}

TEST(ListSplitterTest, FindsTheItemsInOnePiece) {
  expectTricky(split({kTricky}));
}

TEST(ListSplitterTest, FindsTheItemsWhereverThePiecesAreCut) {
  for (std::size_t i = 0; i <= kTricky.size(); ++i) {
    SCOPED_TRACE(i);
    expectTricky(split({kTricky.substr(0, i), kTricky.substr(i)}));
  }
}

TEST(ListSplitterTest, FindsTheItemsInPiecesOfAnySize) {
  for (std::size_t size = 1; size <= 7; ++size) {
    SCOPED_TRACE(size);
    std::vector<std::string_view> pieces;
    for (std::size_t i = 0; i < kTricky.size(); i += size) {
      pieces.push_back(kTricky.substr(i, size));
    }
    expectTricky(split(pieces));
  }
}

TEST(ListSplitterTest, RefusesADocumentCutAnywhere) {
  const std::string_view document = kTricky.substr(0, kTricky.rfind('}') + 1);
  for (std::size_t i = 0; i < document.size(); ++i) {
    SCOPED_TRACE(i);
    EXPECT_FALSE(split({document.substr(0, i)}).meta);
  }
}

TEST(ListSplitterTest, DeliversAnItemBeforeTheNextHasCome) {
  std::size_t seen = 0;
  ListSplitter splitter([&](json::Value) { ++seen; });
  splitter.feed(R"({"items":[{"a":1)");
  EXPECT_EQ(seen, 0u);
  splitter.feed(R"(},{"b")");
  EXPECT_EQ(seen, 1u);
  EXPECT_EQ(splitter.delivered(), 1u);
}

TEST(ListSplitterTest, TakesEmptyAndNullItemsAsNone) {
  for (const char* items : {"[]", "[ ]", "null"}) {
    const std::string text =
        std::string(R"({"metadata":{"resourceVersion":"5"},"items":)") + items + "}";
    const Outcome outcome = split({text});
    EXPECT_THAT(outcome.items, IsEmpty());
    ASSERT_TRUE(outcome.meta) << outcome.meta.error();
    EXPECT_EQ(outcome.meta->resource_version, "5");
    EXPECT_EQ(outcome.meta->continue_token, "");
  }
}

struct Bad {
  const char* text;
  const char* problem;
};

TEST(ListSplitterTest, SaysWhatIsWrong) {
  const Bad bads[] = {
      {"", "cut off"},
      {"[]", "does not start as a JSON object"},
      {"<html>", "does not start as a JSON object"},
      {"{}", "no items"},
      {R"({"metadata":{}})", "no items"},
      {R"({"items":{}})", "items are no array"},
      {R"({"items":5})", "items are no array"},
      {R"({"items":[5]})", "not an object"},
      {R"({"items":[null]})", "not an object"},
      {R"({"items":[{},]})", "not an object"},
      {R"({"items":[,]})", "not an object"},
      {R"({"items":[{}{}]})", "',' or ']' is missing"},
      {R"({"items":[{"a"]}]})", "item 1 is not JSON"},
      {R"({"items":[{},{"a":tru}]})", "item 2 is not JSON"},
      {R"({"items":[],"items":[]})", "items twice"},
      {R"({"items":[]}{})", "something follows"},
      {R"({"items":[]} x)", "something follows"},
      {R"({"items":[],})", "name is missing"},
      {R"({"items":[] "a":1})", "',' or '}' is missing"},
      {R"({"items" []})", "':' is missing"},
      {R"({items:[]})", "name is missing"},
      {R"({"a":,"items":[]})", "not JSON"},
      {R"({"a":},"items":[]})", "not JSON"},
      {R"({"a":nope,"items":[]})", "not JSON"},
      {R"({"a":1],[2,"items":[]})", "not JSON"},
      {R"({"a":"b"c,"items":[]})", "',' or '}' is missing"},
      {R"({"metadata":{"continue":5},"items":[]})", ".continue"},
      {R"({"metadata":"x","items":[]})", "metadata"},
      {R"({"kind":"Status","code":410})", "a Status"},
      {R"({"items":[],"kind":"Status"})", "a Status"},
  };
  for (const Bad& bad : bads) {
    const Outcome outcome = split({bad.text});
    ASSERT_FALSE(outcome.meta) << bad.text;
    EXPECT_THAT(outcome.meta.error(), HasSubstr(bad.problem)) << bad.text;
  }
}

TEST(ListSplitterTest, StaysBrokenOnceBroken) {
  ListSplitter splitter([](json::Value) {});
  EXPECT_FALSE(splitter.feed("["));
  EXPECT_FALSE(splitter.feed(R"({"items":[]})"));
  EXPECT_FALSE(splitter.finish());
}

TEST(ListSplitterTest, RefusesAnItemBeyondAllMeasure) {
  ListSplitter splitter([](json::Value) {});
  ASSERT_TRUE(splitter.feed(R"({"items":[{"a":")"));
  const std::string megabyte(std::size_t{1} << 20, 'x');
  bool more = true;
  for (int i = 0; i < 17 && more; ++i) more = splitter.feed(megabyte);
  EXPECT_FALSE(more);
  EXPECT_THAT(splitter.finish().error(), HasSubstr("16 MiB"));
}

}  // namespace
}  // namespace k8s
