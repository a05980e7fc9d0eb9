#include "job/model/history_entry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/json/parse.h"
#include "common/time/rfc3339.h"

namespace job {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

HistoryEntry anEntry() {
  return {.at = timing::parseRfc3339("2025-01-15T02:01:03Z").value(),
          .run_id = "run-1",
          .result = {{"command", "run"}, {"exitCode", 0}, {"pruned", json::Array{"b"}}},
          .deleted = {{"ExceedsMaxSnapshots", {"b"}}},
          .deleted_left_out = 0};
}

TEST(HistoryEntryTest, IsOneLineWithTheResultAndTheReasons) {
  EXPECT_EQ(writeHistoryEntry(anEntry()),
            R"({"at":"2025-01-15T02:01:03Z","runID":"run-1","result":{"command":"run",)"
            R"("exitCode":0,"pruned":["b"]},"deleted":{"ExceedsMaxSnapshots":["b"]},)"
            R"("deletedLeftOut":0})");
}

TEST(HistoryEntryTest, IsReadBackAsItWasWritten) {
  const auto read = readHistoryEntry(writeHistoryEntry(anEntry()));
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(toJson(*read), toJson(anEntry()));
  EXPECT_EQ(read->command(), "run");
  EXPECT_EQ(read->number("exitCode"), 0);
  EXPECT_THAT(read->texts("pruned"), ElementsAre("b"));
  EXPECT_EQ(read->deletions(), 1);
}

TEST(HistoryEntryTest, KeysOfALaterVersionPass) {
  const auto read =
      readHistoryEntry(R"({"at":"2025-01-15T02:01:03Z","new":{"a":1},"result":{"newer":[{}]},)"
                       R"("deleted":{"SomeLaterReason":["b"]}})");
  ASSERT_TRUE(read) << read.error();
  EXPECT_THAT(read->deleted.at("SomeLaterReason"), ElementsAre("b"));
  EXPECT_EQ(read->command(), "");
  EXPECT_THAT(read->texts("newer"), IsEmpty());
}

TEST(HistoryEntryTest, WhatIsWrongIsSaidWithItsPlace) {
  const std::pair<const char*, const char*> cases[] = {
      {"", ""},
      {"[]", "must be an object"},
      {R"({"result":{}})", ".at"},
      {R"({"at":"yesterday","result":{}})", ".at"},
      {R"({"at":"2025-01-15T02:01:03Z"})", ".result"},
      {R"({"at":"2025-01-15T02:01:03Z","result":[]})", ".result"},
      {R"({"at":"2025-01-15T02:01:03Z","result":{},"deleted":[]})", ".deleted"},
      {R"({"at":"2025-01-15T02:01:03Z","result":{},"deleted":{"X":[1]}})", ".deleted.X"},
      {R"({"at":"2025-01-15T02:01:03Z","result":{},"deletedLeftOut":"2"})", ".deletedLeftOut"}};
  for (const auto& [text, place] : cases) {
    const auto read = readHistoryEntry(text);
    ASSERT_FALSE(read) << text;
    EXPECT_THAT(read.error(), Not(IsEmpty()));
    EXPECT_THAT(read.error(), HasSubstr(place));
  }
}

TEST(HistoryEntryTest, NamesThatAreTooManyAreLeftOutAndCounted) {
  HistoryEntry entry = anEntry();
  entry.deleted.clear();
  constexpr int kMany = 300;
  for (int i = 0; i < kMany; ++i) {
    const std::string name = "backup-" + std::string(50, 'x') + std::to_string(i);
    entry.deleted[i % 2 == 0 ? "ExceedsMaxSnapshots" : "FailedSuperseded"].push_back(name);
  }
  const std::string text = writeHistoryEntry(entry);
  EXPECT_LE(text.size(), kHistoryEntryLimit);
  EXPECT_GT(text.size(), kHistoryEntryLimit - 100);
  const auto read = readHistoryEntry(text);
  ASSERT_TRUE(read) << read.error();
  EXPECT_GT(read->deleted_left_out, 0);
  EXPECT_EQ(read->deletions(), kMany);
}

}  // namespace
}  // namespace job
