#include "job/model/name_rules.h"

#include <gtest/gtest.h>

#include <string>

namespace job {
namespace {

TEST(NameRulesTest, LabelsAreLowerCaseLettersDigitsAndDashes) {
  for (const char* good : {"a", "0", "noobaa", "openshift-storage", "a1-2b"}) {
    EXPECT_TRUE(isDnsLabel(good)) << good;
  }
  for (const char* bad : {"", "-a", "a-", "A", "a.b", "a_b", "\xC3\xA4", "a b"}) {
    EXPECT_FALSE(isDnsLabel(bad)) << bad;
  }
}

TEST(NameRulesTest, LabelsHaveAtMost63Characters) {
  EXPECT_TRUE(isDnsLabel(std::string(63, 'a')));
  EXPECT_FALSE(isDnsLabel(std::string(64, 'a')));
}

TEST(NameRulesTest, SubdomainsAreLabelsJoinedByDots) {
  for (const char* good : {"a", "a.b", "postgresql.cnpg.io", "1.2"}) {
    EXPECT_TRUE(isDnsSubdomain(good)) << good;
  }
  for (const char* bad : {"", ".", "a.", ".a", "a..b", "a.-b", "A.b"}) {
    EXPECT_FALSE(isDnsSubdomain(bad)) << bad;
  }
  EXPECT_TRUE(isDnsSubdomain(std::string(253, 'a')));
  EXPECT_FALSE(isDnsSubdomain(std::string(254, 'a')));
}

TEST(NameRulesTest, UuidsAreFiveGroupsOfHexadecimalDigits) {
  EXPECT_TRUE(isUuid("3d5f6b5e-0f0b-4c58-9d8a-6a9f5d1f2b11"));
  EXPECT_TRUE(isUuid("3D5F6B5E-0F0B-4C58-9D8A-6A9F5D1F2B11"));
  for (const char* bad :
       {"", "nightly", "3d5f6b5e-0f0b-4c58-9d8a-6a9f5d1f2b1",
        "3d5f6b5e-0f0b-4c58-9d8a-6a9f5d1f2b111", "3d5f6b5e00f0b-4c58-9d8a-6a9f5d1f2b11",
        "3d5f6b5g-0f0b-4c58-9d8a-6a9f5d1f2b11"}) {
    EXPECT_FALSE(isUuid(bad)) << bad;
  }
}

TEST(NameRulesTest, LabelValuesBeginAndEndWithALetterOrDigit) {
  for (const char* good : {"a", "A_b.c-9", "3d5f6b5e-0f0b-4c58-9d8a-6a9f5d1f2b11"}) {
    EXPECT_TRUE(isLabelValue(good)) << good;
  }
  for (const char* bad : {"", "-a", "a_", "a/b", "a b"}) {
    EXPECT_FALSE(isLabelValue(bad)) << bad;
  }
  EXPECT_TRUE(isLabelValue(std::string(63, 'a')));
  EXPECT_FALSE(isLabelValue(std::string(64, 'a')));
}

}  // namespace
}  // namespace job
