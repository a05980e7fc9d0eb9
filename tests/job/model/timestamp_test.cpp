#include "job/model/timestamp.h"

#include <gtest/gtest.h>

#include "tests/job/builders.h"

namespace job {
namespace {

TEST(TimestampTest, IsAbsentForAnEmptyText) {
  const Timestamp timestamp = Timestamp::read("");
  EXPECT_TRUE(timestamp.absent());
  EXPECT_FALSE(timestamp.unreadable());
  EXPECT_EQ(timestamp.instant(), std::nullopt);
}

TEST(TimestampTest, ReadsRfc3339) {
  const Timestamp timestamp = Timestamp::read("2025-01-15T00:02:00Z");
  EXPECT_FALSE(timestamp.absent());
  EXPECT_FALSE(timestamp.unreadable());
  EXPECT_EQ(timestamp.instant(), atMinute(2));
  EXPECT_EQ(timestamp.unreadableText(), "");
}

TEST(TimestampTest, KeepsWhatIsNoTimeAsUnreadable) {
  const Timestamp timestamp = Timestamp::read("2025-02-30T00:00:00Z");
  EXPECT_FALSE(timestamp.absent());
  EXPECT_TRUE(timestamp.unreadable());
  EXPECT_EQ(timestamp.instant(), std::nullopt);
  EXPECT_EQ(timestamp.unreadableText(), "2025-02-30T00:00:00Z");
}

}  // namespace
}  // namespace job
