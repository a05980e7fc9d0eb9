#include "common/cron/time_zone.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cron {
namespace {

using testing::HasSubstr;

TEST(TimeZoneTest, FindsAZoneByItsName) {
  const auto zone = TimeZone::find("America/Argentina/ComodRivadavia");
  ASSERT_TRUE(zone) << zone.error();
  EXPECT_EQ(zone->name(), "America/Argentina/ComodRivadavia");
  EXPECT_NE(zone->native(), nullptr);
}

TEST(TimeZoneTest, UtcNeedsNoDatabase) {
  EXPECT_EQ(TimeZone::utc().name(), "UTC");
  EXPECT_EQ(TimeZone::utc().native(), nullptr);
  EXPECT_EQ(TimeZone::find("UTC").value().native(), nullptr);
}

TEST(TimeZoneTest, SaysWhyANameIsRefused) {
  const std::pair<std::string, std::string> cases[] = {
      {"", "is empty"},
      {"Local", "depends on the machine"},
      {"lOcAl", "depends on the machine"},
      {"Europe/Nowhere", "is not in the time-zone database"},
      {"europe/berlin", "is not in the time-zone database"},
      {"Localtime", "is not in the time-zone database"},
      {"../../etc/passwd", "is not a name such as Europe/Berlin"},
      {"Europe/../Europe/Berlin", "is not a name such as Europe/Berlin"},
      {"Europe/./Berlin", "is not a name such as Europe/Berlin"},
      {"/etc/localtime", "is not a name such as Europe/Berlin"},
      {"Europe/", "is not a name such as Europe/Berlin"},
      {"Europe//Berlin", "is not a name such as Europe/Berlin"},
      {"Europe/-Berlin", "is not a name such as Europe/Berlin"},
      {"Europe/Berlin ", "is not a name such as Europe/Berlin"},
      {"Europe Berlin", "is not a name such as Europe/Berlin"},
      {"Europe/M\u00FCnchen", "is not a name such as Europe/Berlin"},
      {"Europe/ABCDEFGHIJKLMNO", "is not a name such as Europe/Berlin"},
  };
  for (const auto& [name, reason] : cases) {
    const auto zone = TimeZone::find(name);
    ASSERT_FALSE(zone) << name;
    EXPECT_THAT(zone.error(), HasSubstr(reason));
  }
}

TEST(TimeZoneTest, RefusesTheDatabasesOtherFiles) {
  for (const auto* name : {"zone.tab", "zone1970.tab", "iso3166.tab", "tzdata.zi", "leapseconds",
                           "leap-seconds.list", "Europe", "Factory"}) {
    EXPECT_FALSE(TimeZone::find(name)) << name;
  }
}

TEST(TimeZoneTest, RefusesANulByte) {
  EXPECT_FALSE(TimeZone::find(std::string_view("Europe/Berlin\0x", 15)));
}

}  // namespace
}  // namespace cron
