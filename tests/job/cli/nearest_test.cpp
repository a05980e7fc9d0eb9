#include "job/cli/nearest.h"

#include <gtest/gtest.h>

#include <string>

namespace job {
namespace {

const std::vector<std::string_view> kWords = {"run", "db-backup-status", "schedule",
                                              "max-snapshots", "namespace"};

TEST(NearestTest, FindsWhatATypingErrorMeant) {
  EXPECT_EQ(nearest("rnu", kWords), "run");
  EXPECT_EQ(nearest("max-snapshot", kWords), "max-snapshots");
  EXPECT_EQ(nearest("shedule", kWords), "schedule");
  EXPECT_EQ(nearest("namepsace", kWords), "namespace");
}

TEST(NearestTest, FindsAWordByATellingPart) {
  EXPECT_EQ(nearest("status", kWords), "db-backup-status");
  EXPECT_EQ(nearest("snapshots", kWords), "max-snapshots");
}

TEST(NearestTest, IsEmptyWhenNothingIsNear) {
  EXPECT_EQ(nearest("frobnicate", kWords), "");
  EXPECT_EQ(nearest("", kWords), "");
  EXPECT_EQ(nearest(std::string(100000, 'x'), kWords), "");
  EXPECT_EQ(nearest("run", {}), "");
}

}  // namespace
}  // namespace job
