#include "job/model/control_data.h"

#include <gtest/gtest.h>

namespace job {
namespace {

constexpr const char* kStandby =
    "pg_control version number:            1300\n"
    "Catalog version number:               202307071\n"
    "Database system identifier:           7460052021379461143\n"
    "Database cluster state:               shut down in recovery\n"
    "pg_control last modified:             Wed 15 Jan 2025 12:00:03 AM UTC\n"
    "Latest checkpoint location:           0/3000028\n"
    "Latest checkpoint's REDO location:    0/3000028\n"
    "Latest checkpoint's TimeLineID:       2\n"
    "Latest checkpoint's PrevTimeLineID:   1\n";

TEST(ControlDataTest, ReadsWhatPgControldataSays) {
  EXPECT_EQ(readControlData(kStandby), (ControlData{.state = "shut down in recovery",
                                                    .system_identifier = "7460052021379461143",
                                                    .checkpoint = WalPosition{2, 0x3000028}}));
}

TEST(ControlDataTest, ReadsLinesThatEndLikeOnWindowsOrNotAtAll) {
  const auto data =
      readControlData("Database cluster state: shut down\r\nDatabase system identifier: 7");
  ASSERT_TRUE(data);
  EXPECT_EQ(data->state, "shut down");
  EXPECT_EQ(data->system_identifier, "7");
}

TEST(ControlDataTest, IsEmptyWithoutAState) {
  EXPECT_EQ(readControlData(""), std::nullopt);
  EXPECT_EQ(readControlData("pg_controldata: error: could not open file"), std::nullopt);
  EXPECT_EQ(readControlData("Database cluster state:\n"), std::nullopt);
}

TEST(ControlDataTest, CountsOnlyTheTwoCleanStatesAsShutDown) {
  const auto shutDown = [](const char* state) { return ControlData{.state = state}.shutDown(); };
  EXPECT_TRUE(shutDown("shut down"));
  EXPECT_TRUE(shutDown("shut down in recovery"));
  EXPECT_FALSE(shutDown("shutting down"));
  EXPECT_FALSE(shutDown("in production"));
  EXPECT_FALSE(shutDown("in archive recovery"));
  EXPECT_FALSE(shutDown("in crash recovery"));
  EXPECT_FALSE(shutDown("starting up"));
  EXPECT_FALSE(shutDown(""));
}

}  // namespace
}  // namespace job
