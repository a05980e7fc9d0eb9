#include "job/decide/history_ring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/time/rfc3339.h"
#include "job/model/history_key.h"

namespace job {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::Optional;
using testing::SizeIs;

const timing::Instant kNow = timing::parseRfc3339("2025-01-15T02:00:00Z").value();

/// Of a run that ended so many hours ago.
std::string key(int hours, const std::string& cluster = "c") {
  return historyKey(cluster, kNow - std::chrono::hours(hours), "run", "id", "holder");
}

std::vector<std::string> keys(int count) {
  std::vector<std::string> made;
  for (int hours = 0; hours < count; ++hours) made.push_back(key(hours));
  return made;
}

TEST(HistoryRingTest, NothingGoesUntilItIsAQuarterBeyondTheLimit) {
  EXPECT_THAT(keysBeyondLimit(keys(8), key(0), 8, kNow), IsEmpty());
  EXPECT_THAT(keysBeyondLimit(keys(10), key(0), 8, kNow), IsEmpty());
}

TEST(HistoryRingTest, ThenTheOldestGoDownToTheLimit) {
  EXPECT_THAT(keysBeyondLimit(keys(11), key(0), 8, kNow), ElementsAre(key(10), key(9), key(8)));
  EXPECT_THAT(keysBeyondLimit(keys(3), key(0), 1, kNow), ElementsAre(key(2), key(1)));
}

TEST(HistoryRingTest, OtherClustersAndOtherPeoplesKeysStay) {
  std::vector<std::string> all = keys(3);
  for (int hours = 10; hours < 30; ++hours) all.push_back(key(hours, "other"));
  all.emplace_back("notes");
  EXPECT_THAT(keysBeyondLimit(all, key(0), 3, kNow), IsEmpty());
  EXPECT_THAT(keysBeyondLimit(all, key(0), 2, kNow), ElementsAre(key(2)));
}

TEST(HistoryRingTest, TheRunJustWrittenStaysThoughAllOthersLookNewer) {
  const std::string own = key(100);
  std::vector<std::string> all = keys(5);
  all.push_back(own);
  EXPECT_THAT(keysBeyondLimit(all, own, 2, kNow), Not(Contains(own)));
  EXPECT_THAT(keysBeyondLimit(all, own, 2, kNow), SizeIs(4));
}

TEST(HistoryRingTest, WhatIsDatedADayAheadGoesFirst) {
  std::vector<std::string> all = keys(4);
  all.push_back(key(-25));
  all.push_back(key(-23));
  EXPECT_THAT(keysBeyondLimit(all, key(0), 4, kNow), ElementsAre(key(-25), key(3)));
}

TEST(HistoryRingTest, RoomIsMadeByTheOldestAndNoMoreThanIsNeeded) {
  const std::map<std::string, std::size_t> sizes = {
      {key(0), 30}, {key(1), 30}, {key(2), 30}, {key(3), 30}, {key(9, "other"), 30}, {"notes", 30}};
  EXPECT_THAT(keysToMakeRoom(sizes, key(0), 180, kNow), Optional(IsEmpty()));
  EXPECT_THAT(keysToMakeRoom(sizes, key(0), 179, kNow), Optional(ElementsAre(key(3))));
  EXPECT_THAT(keysToMakeRoom(sizes, key(0), 120, kNow), Optional(ElementsAre(key(3), key(2))));
}

TEST(HistoryRingTest, ThereIsNoRoomWhenWhatIsOfOthersTakesIt) {
  const std::map<std::string, std::size_t> sizes = {{key(0), 30}, {key(1), 30}, {"notes", 100}};
  EXPECT_THAT(keysToMakeRoom(sizes, key(0), 130, kNow), Optional(ElementsAre(key(1))));
  EXPECT_EQ(keysToMakeRoom(sizes, key(0), 129, kNow), std::nullopt);
}

}  // namespace
}  // namespace job
