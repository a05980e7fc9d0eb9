#include "job/report/quantity.h"

#include <gtest/gtest.h>

namespace job {
namespace {

constexpr double kGi = 1024.0 * 1024 * 1024;

TEST(QuantityTest, ReadsWhatKubernetesWrites) {
  EXPECT_EQ(bytesOfQuantity("50Gi"), 50 * kGi);
  EXPECT_EQ(bytesOfQuantity("1.5Gi"), 1.5 * kGi);
  EXPECT_EQ(bytesOfQuantity("10737418240"), 10 * kGi);
  EXPECT_EQ(bytesOfQuantity("2G"), 2e9);
  EXPECT_EQ(bytesOfQuantity("1e3"), 1000);
  EXPECT_EQ(bytesOfQuantity("0"), 0);
}

TEST(QuantityTest, IsEmptyForWhatIsNone) {
  for (const char* bad : {"", "Gi", "-1Gi", "5 Gi", "5GB", "inf", "nan", "5Gi5", "0x10"}) {
    EXPECT_EQ(bytesOfQuantity(bad), std::nullopt) << bad;
  }
}

TEST(QuantityTest, ShowsSizesWithOneDigitAtMost) {
  EXPECT_EQ(humanSize(0), "0");
  EXPECT_EQ(humanSize(1023), "1023");
  EXPECT_EQ(humanSize(50 * kGi), "50Gi");
  EXPECT_EQ(humanSize(1.5 * kGi), "1.5Gi");
  EXPECT_EQ(humanSize(0.5 * kGi), "512Mi");
  EXPECT_EQ(humanSize(2048 * kGi), "2Ti");
}

}  // namespace
}  // namespace job
