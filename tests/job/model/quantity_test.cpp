#include "job/model/quantity.h"

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
  EXPECT_EQ(bytesOfQuantity("-0"), 0);
  EXPECT_EQ(bytesOfQuantity("+5Ki"), 5 * 1024);
  EXPECT_EQ(bytesOfQuantity("12E-1"), 1.2);
  EXPECT_EQ(bytesOfQuantity("3000m"), 3);
  EXPECT_EQ(bytesOfQuantity("2000000u"), 2);
  EXPECT_EQ(bytesOfQuantity("3000000000n"), 3);
}

TEST(QuantityTest, TakesASuffixOrAnExponentButNotBoth) {
  for (const char* bad : {"1e3Gi", "1E5E", "1e3m", "1e", "e3"}) {
    EXPECT_EQ(bytesOfQuantity(bad), std::nullopt) << bad;
  }
}

TEST(QuantityTest, CutsWhatIsBeyondInt64AsKubernetesDoes) {
  constexpr double kLargest = 9223372036854775807.0;
  EXPECT_EQ(bytesOfQuantity("9Ei"), kLargest);
  EXPECT_EQ(bytesOfQuantity("12E"), kLargest);
  EXPECT_EQ(bytesOfQuantity(std::string(305, '9') + "Ei"), kLargest);
  EXPECT_EQ(humanSize(kLargest), "8Ei");
}

TEST(QuantityTest, IsEmptyForWhatIsNone) {
  for (const char* bad : {"", "Gi", "-1Gi", "5 Gi", "5GB", "inf", "nan", "5Gi5", "0x10", ".",
                          "1.2.3", "+-1", "--1", "5ki"}) {
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

TEST(QuantityTest, TheGreatestIsKeptAsItIsWritten) {
  EXPECT_EQ(greatestQuantity({"50Gi", "0.06Ti", "60Gi"}), "0.06Ti");
  EXPECT_EQ(greatestQuantity({"", "large", "1Gi"}), "1Gi");
  EXPECT_EQ(greatestQuantity({"1Gi", "1024Mi"}), "1Gi");
  EXPECT_EQ(greatestQuantity({"", "large"}), "");
}

}  // namespace
}  // namespace job
