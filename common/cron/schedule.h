#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "common/cron/time_zone.h"
#include "common/time/instant.h"

namespace cron {

/// How an expression's fields are counted.
enum class Dialect {
  kStandard,           ///< exactly 5 fields: Kubernetes CronJob (robfig/cron v3 ParseStandard)
  kSeconds,            ///< exactly 6 fields, seconds first
  kStandardOrSeconds,  ///< 5 as CronJob, 6 with seconds first: how a NooBaa CR's schedule is read
  kCnpg,               ///< robfig/cron v1.2: seconds first, day of week optional, so 5 fields mean
                       ///< second minute hour dom month; no TZ prefix
};

/// When something fires. Immutable value; copies share the parsed form; thread-safe.
class Schedule {
 public:
  /// `zone` applies unless the expression has its own TZ=/CRON_TZ= prefix (not in kCnpg).
  /// The error is one clause for people, naming the field and the value that can't be read.
  ///
  /// What upstream accepts only by accident is refused: "*-5" (the bound is ignored there), a field
  /// of commas alone (never fires), a prefix with nothing after it (panics) and TZ=Local.
  static tl::expected<Schedule, std::string> parse(std::string_view expression,
                                                   const TimeZone& zone,
                                                   Dialect dialect = Dialect::kStandardOrSeconds);

  /// The first firing after `after` (exclusive): the smallest whole second whose local time
  /// matches; for @every, `after` cut to the second plus the interval. Empty when none comes by the
  /// end of the fifth year after (then it never fires), or when `after` is outside the years
  /// 1-9999. A local time skipped by a clock change does not fire; one that occurs twice fires
  /// twice.
  std::optional<timing::Instant> next(timing::Instant after) const;

  /// The interval of an @every schedule, whole seconds and at least one; empty for others.
  std::optional<timing::Duration> every() const;
  /// The zone it is read in: the prefix's, else the one given.
  const TimeZone& zone() const;
  const std::string& expression() const;

 private:
  struct Parsed;
  explicit Schedule(std::shared_ptr<const Parsed> parsed) : parsed_(std::move(parsed)) {}
  std::shared_ptr<const Parsed> parsed_;
};

}  // namespace cron
