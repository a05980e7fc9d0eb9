#include "job/model/wal_position.h"

#include <gtest/gtest.h>

namespace job {
namespace {

TEST(WalPositionTest, ReadsBothHalvesOfAnLsn) {
  EXPECT_EQ(readWalPosition("1", "0/3000028"), (WalPosition{1, 0x3000028}));
  EXPECT_EQ(readWalPosition("7", "1A/0"), (WalPosition{7, 0x1A00000000}));
  EXPECT_EQ(readWalPosition("4294967295", "FFFFFFFF/ffffffff"),
            (WalPosition{0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF}));
}

TEST(WalPositionTest, IsEmptyWhenItIsNoPosition) {
  for (const char* timeline : {"", "x", "-1", "1 ", "4294967296"}) {
    EXPECT_EQ(readWalPosition(timeline, "0/0"), std::nullopt) << timeline;
  }
  for (const char* lsn : {"", "/", "0/", "/0", "0", "0/0/0", "0x1/0", "0/100000000", "0/-1"}) {
    EXPECT_EQ(readWalPosition("1", lsn), std::nullopt) << lsn;
  }
}

TEST(WalPositionTest, OfALaterTimelineIsLaterWhateverTheLsn) {
  EXPECT_LT((WalPosition{1, 0x9000000}), (WalPosition{2, 0x3000000}));
  EXPECT_LT((WalPosition{2, 0x3000000}), (WalPosition{2, 0x3000001}));
}

TEST(WalPositionTest, IsDescribedAsPostgresqlWritesIt) {
  EXPECT_EQ(describe({3, 0x1A0000BEEF}), "1A/BEEF on timeline 3");
  EXPECT_EQ(describe({1, 0}), "0/0 on timeline 1");
}

}  // namespace
}  // namespace job
