#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "common/cron/schedule.h"
#include "common/json/parse.h"
#include "common/json/view.h"
#include "common/time/rfc3339.h"

// The rows were made by running robfig/cron v3.0.1 and v1.2.0. Where these lose a firing to a clock
// change, `upstream_quirk` is set and `expected_next` has what the rule in schedule.h gives.

namespace cron {
namespace {

struct Vector {
  std::string id;
  std::string parser;
  std::string expression;
  std::string zone;
  bool valid;
  bool upstreamQuirk;
  std::string from;
  std::optional<std::string> expectedNext;
  std::vector<std::string> following;
};

struct ZoneName {
  std::string name;
  bool valid;
};

struct Vectors {
  std::int64_t count;
  std::vector<Vector> rows;
  std::vector<ZoneName> zoneNames;
};

Vector readRow(const json::View& row) {
  return {.id = row["id"].string(),
          .parser = row["parser"].string(),
          .expression = row["expression"].string(),
          .zone = row["timezone"].string(),
          .valid = row["valid"].boolean(),
          .upstreamQuirk = row["upstream_quirk"].booleanOr(false),
          .from = std::string(row["from"].stringOr("")),
          .expectedNext = row["expected_next"].optionalString(),
          .following = row["following"].strings()};
}

Vectors readVectors() {
  std::ifstream file(NDB_TEST_DATA "/cron_vectors.json");
  std::ostringstream text;
  text << file.rdbuf();
  const json::Value document = json::parse(text.str()).value();
  json::Decoder decoder(document);
  Vectors vectors{.count = decoder.root()["count"].integer(), .rows = {}, .zoneNames = {}};
  for (const auto& row : decoder.root()["vectors"].elements()) {
    vectors.rows.push_back(readRow(row));
  }
  for (const auto& row : decoder.root()["timezones"].elements()) {
    vectors.zoneNames.push_back({row["name"].string(), row["valid"].boolean()});
  }
  return decoder.finish(std::move(vectors)).value();
}

// Rows that are valid upstream and refused here, with the reason.
const std::map<std::string, std::string> kDeviations = {
    {"basic-19", "upstream ignores the bound in \"*-5\""},
};

bool runsTheRule(const Vector& row) {
  return row.valid && !kDeviations.contains(row.id);
}

Dialect dialectOf(const Vector& row) {
  static const std::map<std::string, Dialect> kParsers = {
      {"standard5", Dialect::kStandard},
      {"seconds6", Dialect::kSeconds},
      {"secopt", Dialect::kStandardOrSeconds},
      {"cnpg_v1", Dialect::kCnpg},
  };
  return kParsers.at(row.parser);
}

/// The zone given with the expression. A prefix has to win over it, so that a row with one gets
/// another.
TimeZone zoneOf(const Vector& row) {
  const bool prefixed = row.expression.find("TZ=") != std::string::npos;
  if (prefixed) return TimeZone::find("America/St_Johns").value();
  return row.zone.empty() ? TimeZone::utc() : TimeZone::find(row.zone).value();
}

tl::expected<Schedule, std::string> parseRow(const Vector& row) {
  return Schedule::parse(row.expression, zoneOf(row), dialectOf(row));
}

timing::Instant instant(const std::string& text) {
  return timing::parseRfc3339(text).value();
}

std::optional<timing::Instant> optionalInstant(const std::optional<std::string>& text) {
  return text ? std::optional(instant(*text)) : std::nullopt;
}

class CronVectors : public testing::Test {
 protected:
  static void SetUpTestSuite() { vectors_ = new Vectors(readVectors()); }
  static void TearDownTestSuite() {
    delete vectors_;
    vectors_ = nullptr;
  }

  const Vectors& vectors() const { return *vectors_; }

 private:
  inline static Vectors* vectors_ = nullptr;
};

TEST_F(CronVectors, EveryRowIsUsedByExactlyOneOfTheKindsOfTest) {
  std::set<std::string> ids;
  std::size_t next = 0, refused = 0, deviating = 0;
  for (const auto& row : vectors().rows) {
    ids.insert(row.id);
    if (runsTheRule(row)) ++next;
    if (!row.valid) ++refused;
    if (kDeviations.contains(row.id)) ++deviating;
  }
  EXPECT_EQ(vectors().count, 84);
  EXPECT_EQ(ids.size(), 84U);
  EXPECT_EQ(next + refused + deviating, 84U);
  EXPECT_EQ(deviating, kDeviations.size());
}

TEST_F(CronVectors, ValidRowsFireNextWhenExpected) {
  for (const auto& row : vectors().rows) {
    if (!runsTheRule(row)) continue;
    SCOPED_TRACE(row.id + ": " + row.expression + " in " + row.zone + " from " + row.from);
    const auto schedule = parseRow(row);
    if (!schedule) {
      ADD_FAILURE() << schedule.error();
      continue;
    }
    EXPECT_EQ(schedule->next(instant(row.from)), optionalInstant(row.expectedNext));
  }
}

TEST_F(CronVectors, ValidRowsGoOnFiringAsUpstream) {
  std::size_t compared = 0;
  for (const auto& row : vectors().rows) {
    if (!runsTheRule(row) || row.upstreamQuirk || row.following.empty()) continue;
    SCOPED_TRACE(row.id + ": " + row.expression + " in " + row.zone);
    const auto schedule = parseRow(row);
    if (!schedule) {
      ADD_FAILURE() << schedule.error();
      continue;
    }
    auto last = optionalInstant(row.expectedNext);
    for (const auto& expected : row.following) {
      last = last ? schedule->next(*last) : last;
      EXPECT_EQ(last, instant(expected)) << "expected " << expected;
      ++compared;
    }
  }
  EXPECT_GT(compared, 190U);
}

TEST_F(CronVectors, InvalidRowsAreRefused) {
  for (const auto& row : vectors().rows) {
    if (row.valid) continue;
    const auto schedule = parseRow(row);
    EXPECT_FALSE(schedule) << row.id << ": " << row.expression;
  }
}

TEST_F(CronVectors, RowsThatUpstreamReadsByAccidentAreRefused) {
  for (const auto& row : vectors().rows) {
    if (!kDeviations.contains(row.id)) continue;
    const auto schedule = parseRow(row);
    EXPECT_FALSE(schedule) << row.id << ": " << row.expression << ": " << kDeviations.at(row.id);
  }
}

TEST_F(CronVectors, ZoneNamesAreFoundOrRefusedAsListed) {
  // The database has a second copy of all zones under posix/ in some distributions; the library
  // that reads it leaves them out.
  const std::string unknownHere = "posix/Europe/Berlin";
  std::size_t run = 0;
  for (const auto& [name, valid] : vectors().zoneNames) {
    const auto zone = TimeZone::find(name);
    EXPECT_EQ(zone.has_value(), valid && name != unknownHere) << name;
    ++run;
  }
  EXPECT_EQ(run, 30U);
}

}  // namespace
}  // namespace cron
