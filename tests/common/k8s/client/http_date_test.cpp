#include "common/k8s/http_date.h"

#include <gtest/gtest.h>

#include "common/time/rfc3339.h"

namespace k8s {
namespace {

TEST(HttpDateTest, ReadsWhatServersWrite) {
  EXPECT_EQ(parseHttpDate("Wed, 15 Jan 2025 02:00:07 GMT"),
            *timing::parseRfc3339("2025-01-15T02:00:07Z"));
  EXPECT_EQ(parseHttpDate("Tue, 31 Dec 2024 23:59:59 GMT"),
            *timing::parseRfc3339("2024-12-31T23:59:59Z"));
}

TEST(HttpDateTest, RefusesEveryOtherForm) {
  for (const char* bad : {"", "soon", "Wed, 15 Jan 2025 02:00:07 UTC",
                          "Wed, 15 Foo 2025 02:00:07 GMT", "Wed, 31 Feb 2025 02:00:07 GMT",
                          "Wed, 15 anF 2025 02:00:07 GMT", "Wednesday, 15-Jan-25 02:00:07 GMT",
                          "Wed Jan 15 02:00:07 2025", "Wed, 15 Jan 2025 02:00:07 GMT "}) {
    EXPECT_EQ(parseHttpDate(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace k8s
