#include "common/time/rfc3339.h"

#include <optional>

#include "common/text/in_quotes.h"

namespace timing {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::year_month_day;

constexpr bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

/// Takes a timestamp apart from the left. Every take returns false, or nothing, when the text goes
/// on differently.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool atEnd() const { return rest_.empty(); }

  bool take(char expected) {
    if (rest_.empty() || rest_.front() != expected) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// Exactly `width` digits.
  std::optional<int> number(std::size_t width) {
    if (rest_.size() < width) return std::nullopt;
    int value = 0;
    for (const char c : rest_.substr(0, width)) {
      if (!isDigit(c)) return std::nullopt;
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(width);
    return value;
  }

  /// A run of digits after the point, read as a part of a second; all after the sixth are dropped.
  std::optional<microseconds> fraction() {
    if (rest_.empty() || !isDigit(rest_.front())) return std::nullopt;
    int value = 0;
    for (int weight = 100'000; !rest_.empty() && isDigit(rest_.front()); weight /= 10) {
      value += (rest_.front() - '0') * weight;
      rest_.remove_prefix(1);
    }
    return microseconds(value);
  }

 private:
  std::string_view rest_;
};

using Problem = std::string;
template <typename T>
using Read = tl::expected<T, Problem>;

tl::unexpected<Problem> problem(std::string_view text) {
  return tl::unexpected<Problem>(std::string(text));
}

Read<std::chrono::local_days> readDate(Reader& reader) {
  const auto year = reader.number(4);
  const bool separated = year && reader.take('-');
  const auto month = separated ? reader.number(2) : std::nullopt;
  const auto day = month && reader.take('-') ? reader.number(2) : std::nullopt;
  if (!day) return problem("it must begin with a date as YYYY-MM-DD");
  const year_month_day date{std::chrono::year(*year),
                            std::chrono::month(static_cast<unsigned>(*month)),
                            std::chrono::day(static_cast<unsigned>(*day))};
  if (*year == 0 || !date.ok()) return problem("there is no such date");
  return std::chrono::local_days(date);
}

Read<microseconds> readTimeOfDay(Reader& reader) {
  const auto hour = reader.take('T') ? reader.number(2) : std::nullopt;
  const auto minute = hour && reader.take(':') ? reader.number(2) : std::nullopt;
  const auto second = minute && reader.take(':') ? reader.number(2) : std::nullopt;
  if (!second) return problem("the date must be followed by a time as Thh:mm:ss");
  if (*hour > 23 || *minute > 59 || *second > 59) return problem("there is no such time of day");
  const microseconds whole = hours(*hour) + minutes(*minute) + seconds(*second);
  if (!reader.take('.')) return whole;
  const auto fraction = reader.fraction();
  if (!fraction) return problem("the point must be followed by digits");
  return whole + *fraction;
}

Read<minutes> readOffset(Reader& reader) {
  if (reader.take('Z')) return 0min;
  const bool west = reader.take('-');
  if (!west && !reader.take('+')) return problem("the time must be followed by Z or an offset");
  const auto hour = reader.number(2);
  const auto minute = hour && reader.take(':') ? reader.number(2) : std::nullopt;
  if (!minute) return problem("the offset must be hh:mm");
  if (*hour > 23 || *minute > 59) return problem("there is no such offset");
  const minutes offset = hours(*hour) + minutes(*minute);
  return west ? -offset : offset;
}

Read<Instant> readInstant(Reader& reader) {
  const auto date = readDate(reader);
  if (!date) return tl::unexpected(date.error());
  const auto time_of_day = readTimeOfDay(reader);
  if (!time_of_day) return tl::unexpected(time_of_day.error());
  const auto offset = readOffset(reader);
  if (!offset) return tl::unexpected(offset.error());
  if (!reader.atEnd()) return problem("something follows the offset");

  const Instant instant{date->time_since_epoch() + *time_of_day - *offset};
  // The offset can carry the first and the last day out of the years that RFC 3339 can write.
  const auto year = year_month_day(std::chrono::floor<days>(instant)).year();
  if (year < std::chrono::year(1) || year > std::chrono::year(9999)) {
    return problem("in UTC it is outside the years 0001-9999");
  }
  return instant;
}

void appendPadded(std::string& out, std::int64_t value, std::size_t width) {
  const std::string digits = std::to_string(value);
  if (digits.size() < width) out.append(width - digits.size(), '0');
  out += digits;
}

struct DateAndTime {
  year_month_day date;
  std::chrono::hh_mm_ss<microseconds> time;
};

DateAndTime breakDown(Instant instant) {
  const auto day = std::chrono::floor<days>(instant);
  return {year_month_day(day), std::chrono::hh_mm_ss(instant - day)};
}

void appendDate(std::string& out, year_month_day date, std::string_view separator) {
  appendPadded(out, static_cast<int>(date.year()), 4);
  out += separator;
  appendPadded(out, static_cast<unsigned>(date.month()), 2);
  out += separator;
  appendPadded(out, static_cast<unsigned>(date.day()), 2);
}

void appendTime(std::string& out, const std::chrono::hh_mm_ss<microseconds>& time,
                std::string_view separator) {
  appendPadded(out, time.hours().count(), 2);
  out += separator;
  appendPadded(out, time.minutes().count(), 2);
  out += separator;
  appendPadded(out, time.seconds().count(), 2);
}

std::string formatWithoutZone(const DateAndTime& at) {
  std::string out;
  appendDate(out, at.date, "-");
  out += 'T';
  appendTime(out, at.time, ":");
  return out;
}

}  // namespace

tl::expected<Instant, std::string> parseRfc3339(std::string_view text) {
  Reader reader(text);
  auto instant = readInstant(reader);
  if (instant) return *instant;
  return tl::unexpected(text::inQuotes(text) + " is not an RFC 3339 time: " + instant.error());
}

std::string formatRfc3339(Instant instant) {
  return formatWithoutZone(breakDown(instant)) + 'Z';
}

std::string formatMicroTime(Instant instant) {
  const DateAndTime at = breakDown(instant);
  std::string out = formatWithoutZone(at) + '.';
  appendPadded(out, at.time.subseconds().count(), 6);
  return out + 'Z';
}

std::string formatCompact(Instant instant) {
  const DateAndTime at = breakDown(instant);
  std::string out;
  appendDate(out, at.date, "");
  out += '-';
  appendTime(out, at.time, "");
  return out;
}

}  // namespace timing
