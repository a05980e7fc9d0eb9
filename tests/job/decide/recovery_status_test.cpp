#include "job/decide/recovery_status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/json/write.h"
#include "tests/job/json_objects.h"

namespace job {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const RecoveryStatus kPendingOne{
    .status = "Pending", .snapshot_name = "backup-1", .recovery_time = ""};
const RecoveryStatus kRunningOne{
    .status = "Running", .snapshot_name = "backup-1", .recovery_time = "2025-01-15T02:00:00Z"};

std::string patchOf(const std::optional<RecoveryStatus>& current, const RecoveryStatus& wanted) {
  const auto patch = recoveryStatusPatch(current, wanted);
  return patch ? json::write(*patch) : "none";
}

TEST(RecoveryStatusTest, NothingIsWrittenWhereNothingDiffers) {
  EXPECT_EQ(patchOf(kRunningOne, kRunningOne), "none");
}

TEST(RecoveryStatusTest, TheFirstPatchIsOfItsFieldsAlone) {
  EXPECT_EQ(
      patchOf(std::nullopt, kPendingOne),
      R"({"status":{"dbStatus":{"recoveryStatus":{"status":"Pending","snapshotName":"backup-1"}}}})");
}

TEST(RecoveryStatusTest, AnEarlierRecoverysTimeIsCleared) {
  EXPECT_EQ(
      patchOf(kRunningOne, kPendingOne),
      R"({"status":{"dbStatus":{"recoveryStatus":{"status":"Pending","snapshotName":"backup-1","recoveryTime":null}}}})");
}

TEST(RecoveryStatusTest, OneThatIsOverGoesAsAWhole) {
  EXPECT_EQ(patchOf(kPendingOne, RecoveryStatus()),
            R"({"status":{"dbStatus":{"recoveryStatus":null}}})");
  EXPECT_EQ(patchOf(std::nullopt, RecoveryStatus()), "none");
}

TEST(RecoveryStatusTest, NamesTheFieldsThatTheServerDropped) {
  EXPECT_THAT(
      fieldsDropped(kRunningOne, parsed(R"({"status":{"dbStatus":{"recoveryStatus":{}}}})")),
      ElementsAre("status", "snapshotName", "recoveryTime"));
  EXPECT_THAT(fieldsDropped(kPendingOne, parsed(R"({"status":{"dbStatus":{"recoveryStatus":
                {"status":"Pending","snapshotName":"backup-1"}}}})")),
              IsEmpty());
}

}  // namespace
}  // namespace job
