#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <variant>

#include "common/cron/schedule.h"

namespace cron {

/// The values at which one field fires; never none.
struct Field {
  std::uint64_t values = 0;  // bit n stands for the value n
  bool star = false;  // written as * or ?, so that it leaves the choice of the day to the other

  bool has(unsigned value) const { return ((values >> value) & 1U) != 0; }
};

struct Fields {
  Field second;
  Field minute;
  Field hour;
  Field dayOfMonth;
  Field month;
  Field dayOfWeek;
};

/// Fires at a fixed distance, at least a second, whatever the calendar says.
struct Every {
  std::chrono::seconds interval;
};

/// An expression taken apart; the zone is the prefix's text, not looked up.
struct CronExpression {
  std::optional<std::string> zone;
  std::variant<Fields, Every> when;
};

/// The grammar alone: no zone database, no clock. See Schedule::parse.
tl::expected<CronExpression, std::string> parseCronExpression(std::string_view text,
                                                              Dialect dialect);

}  // namespace cron
