#include "common/cron/cron_expression.h"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "common/text/in_quotes.h"
#include "common/time/go_duration.h"

namespace cron {
namespace {

using text::inQuotes;

tl::unexpected<std::string> error(std::string text) {
  return tl::unexpected<std::string>(std::move(text));
}

// The white space of Unicode in UTF-8: what Go's strings.Fields splits at.
constexpr std::array<std::string_view, 25> kBlanks = {
    " ",      "\t",     "\n",     "\v",     "\f",     "\r",     "\u0085", "\u00A0", "\u1680",
    "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006", "\u2007", "\u2008",
    "\u2009", "\u200A", "\u2028", "\u2029", "\u202F", "\u205F", "\u3000"};

/// How many bytes of white space the text begins with in one character; 0 when it begins otherwise.
std::size_t leadingBlank(std::string_view text) {
  const auto blank = std::find_if(kBlanks.begin(), kBlanks.end(),
                                  [&](std::string_view b) { return text.starts_with(b); });
  return blank == kBlanks.end() ? 0 : blank->size();
}

std::vector<std::string_view> splitAtBlanks(std::string_view text) {
  std::vector<std::string_view> words;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t blank = leadingBlank(text.substr(at));
    if (blank == 0) {
      ++at;
      continue;
    }
    if (at > begin) words.push_back(text.substr(begin, at - begin));
    begin = at += blank;
  }
  if (begin < text.size()) words.push_back(text.substr(begin));
  return words;
}

std::string_view trimmed(std::string_view text) {
  const auto words = splitAtBlanks(text);
  if (words.empty()) return {};
  const char* const begin = words.front().data();
  const char* const end = words.back().data() + words.back().size();
  return {begin, static_cast<std::size_t>(end - begin)};
}

bool equalIgnoringCase(std::string_view text, std::string_view lower) {
  const auto to_lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(),
                    [&](char a, char b) { return to_lower(a) == b; });
}

/// Whether the value is of a kind that other crons know: L, 15W, LW, 5L, fri#2, Jenkins' H.
bool isForeignSyntax(std::string_view value) {
  if (value.find('#') != std::string_view::npos) return true;
  value.remove_prefix(std::min(value.find_first_not_of("0123456789"), value.size()));
  return value == "L" || value == "W" || value == "LW" || value == "H";
}

struct FieldKind {
  std::string_view label;
  unsigned lowest;
  unsigned highest;
  std::span<const std::string_view> names = {};  // the first stands for the lowest value
};

constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> kDays = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

constexpr FieldKind kSecond{"second", 0, 59};
constexpr FieldKind kMinute{"minute", 0, 59};
constexpr FieldKind kHour{"hour", 0, 23};
constexpr FieldKind kDayOfMonth{"day-of-month", 1, 31};
constexpr FieldKind kMonth{"month", 1, 12, kMonths};
constexpr FieldKind kDayOfWeek{"day-of-week", 0, 6, kDays};

/// Reads the members of one field and words what is wrong with them.
class FieldParser {
 public:
  FieldParser(const FieldKind& kind, Dialect dialect) : kind_(kind), dialect_(dialect) {}

  /// A list of members; empty ones are skipped, as "1,,2" is read upstream.
  tl::expected<Field, std::string> parse(std::string_view text) {
    Field field;
    for (std::string_view rest = text; !rest.empty();) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      member_ = rest.substr(0, comma);
      rest.remove_prefix(std::min(comma + 1, rest.size()));
      if (member_.empty()) continue;
      const auto parsed = parseMember();
      if (!parsed) return error(parsed.error());
      field.values |= parsed->values;
      field.star = field.star || parsed->star;
    }
    if (field.values == 0) return error(label(text) + " names no value");
    return field;
  }

 private:
  struct Range {
    unsigned from;
    unsigned to;
    bool star = false;
    bool single = false;
  };

  tl::expected<Field, std::string> parseMember() const {
    const std::size_t slash = member_.find('/');
    auto range = parseRange(member_.substr(0, slash));
    if (!range) return error(range.error());
    if (slash == std::string_view::npos) return fill(*range, 1);

    const auto step = parseStep(member_.substr(slash + 1));
    if (!step) return error(step.error());
    if (range->single) range->to = kind_.highest;  // "5/15" means "5-59/15"
    return fill(*range, *step);
  }

  Field fill(const Range& range, unsigned step) const {
    Field field;
    for (unsigned value = range.from; value <= range.to; value += step) {
      field.values |= std::uint64_t{1} << value;
    }
    // Version 1 of robfig/cron, CNPG's, takes "*/2" for a star too; version 3 no longer does.
    field.star = range.star && (step == 1 || dialect_ == Dialect::kCnpg);
    return field;
  }

  tl::expected<Range, std::string> parseRange(std::string_view text) const {
    const std::size_t hyphen = text.find('-');
    const std::string_view low = text.substr(0, hyphen);
    const bool star = low == "*" || low == "?";
    if (hyphen == std::string_view::npos) {
      if (star) return Range{.from = kind_.lowest, .to = kind_.highest, .star = true};
      const auto value = parseValue(low);
      if (!value) return error(value.error());
      return Range{.from = *value, .to = *value, .single = true};
    }
    if (star) return error(label(member_) + ": " + std::string(low) + " takes no range");
    const auto from = parseValue(low);
    if (!from) return error(from.error());
    const auto to = parseValue(text.substr(hyphen + 1));
    if (!to) return error(to.error());
    if (*from > *to) return error(label(member_) + " runs backwards: write it as two ranges");
    return Range{.from = *from, .to = *to};
  }

  tl::expected<unsigned, std::string> parseValue(std::string_view text) const {
    const auto name = std::find_if(kind_.names.begin(), kind_.names.end(), [&](auto candidate) {
      return equalIgnoringCase(text, candidate);
    });
    if (name != kind_.names.end()) {
      return kind_.lowest + static_cast<unsigned>(name - kind_.names.begin());
    }
    const auto number = parseNumber(text);
    if (!number) return error(whyNoNumber(text));
    if (*number < kind_.lowest || *number > kind_.highest) return error(outOfRange(text, *number));
    return *number;
  }

  tl::expected<unsigned, std::string> parseStep(std::string_view text) const {
    const auto number = parseNumber(text);
    if (number && *number > 0) return *number;
    return error(label(member_) + ": the step " + inQuotes(text) +
                 " is not a whole number of at least 1");
  }

  /// Decimal digits after an optional plus sign. Beyond a few digits the value doesn't matter any
  /// more, it is out of every range.
  static std::optional<unsigned> parseNumber(std::string_view text) {
    constexpr unsigned kTooMany = 1'000'000;
    if (text.starts_with('+')) text.remove_prefix(1);
    if (text.empty()) return std::nullopt;
    unsigned value = 0;
    for (const char c : text) {
      if (c < '0' || c > '9') return std::nullopt;
      value = std::min(value * 10 + static_cast<unsigned>(c - '0'), kTooMany);
    }
    return value;
  }

  std::string label(std::string_view text) const {
    return std::string(kind_.label) + " field " + inQuotes(text);
  }

  /// The member, and within it the value, unless that is all of it.
  std::string labelValue(std::string_view value) const {
    return label(member_) + (value == member_ ? "" : ": " + inQuotes(value));
  }

  std::string outOfRange(std::string_view text, unsigned value) const {
    std::string message = labelValue(text) + " is out of range " + std::to_string(kind_.lowest) +
                          "-" + std::to_string(kind_.highest);
    if (&kind_ == &kDayOfWeek && value == 7) {
      message += " (7 is not a day of week here: use 0 for Sunday)";
    }
    return message;
  }

  std::string whyNoNumber(std::string_view text) const {
    if (text.empty()) return label(member_) + " lacks a number";
    std::string message = labelValue(text) + " is not a number";
    if (!kind_.names.empty()) {
      message += " or a name such as " + std::string(kind_.names.front());
    }
    if (isForeignSyntax(text)) {
      message += " (L, W, H and # are not supported)";
    }
    return message;
  }

  const FieldKind& kind_;
  const Dialect dialect_;
  std::string_view member_;
};

std::string_view expectedFields(Dialect dialect) {
  switch (dialect) {
    case Dialect::kStandard:
      return "5 fields (minute hour day-of-month month day-of-week)";
    case Dialect::kSeconds:
      return "6 fields (second minute hour day-of-month month day-of-week)";
    case Dialect::kStandardOrSeconds:
      return "5 fields (minute hour day-of-month month day-of-week) or 6 with seconds first";
    case Dialect::kCnpg:
      return "6 fields (second minute hour day-of-month month day-of-week) or the first 5";
  }
  return "";
}

bool takesCount(Dialect dialect, std::size_t count) {
  return (count == 5 && dialect != Dialect::kSeconds) ||
         (count == 6 && dialect != Dialect::kStandard);
}

tl::expected<Fields, std::string> parseFields(std::string_view text, Dialect dialect) {
  auto words = splitAtBlanks(text);
  if (!takesCount(dialect, words.size())) {
    return error("expected " + std::string(expectedFields(dialect)) + ", found " +
                 std::to_string(words.size()) + ": " + inQuotes(text));
  }
  if (words.size() == 5 && dialect == Dialect::kCnpg) {
    words.push_back("*");
  } else if (words.size() == 5) {
    words.insert(words.begin(), "0");
  }

  Fields fields;
  const std::array<std::pair<const FieldKind*, Field*>, 6> places = {
      {{&kSecond, &fields.second},
       {&kMinute, &fields.minute},
       {&kHour, &fields.hour},
       {&kDayOfMonth, &fields.dayOfMonth},
       {&kMonth, &fields.month},
       {&kDayOfWeek, &fields.dayOfWeek}}};
  for (std::size_t i = 0; i < places.size(); ++i) {
    auto field = FieldParser(*places[i].first, dialect).parse(words[i]);
    if (!field) return error(field.error());
    *places[i].second = *field;
  }
  return fields;
}

struct Descriptor {
  std::string_view name;
  std::string_view fields;  // seconds first
};

constexpr std::array kDescriptors = {
    Descriptor{"@yearly", "0 0 0 1 1 *"},  Descriptor{"@annually", "0 0 0 1 1 *"},
    Descriptor{"@monthly", "0 0 0 1 * *"}, Descriptor{"@weekly", "0 0 0 * * 0"},
    Descriptor{"@daily", "0 0 0 * * *"},   Descriptor{"@midnight", "0 0 0 * * *"},
    Descriptor{"@hourly", "0 0 * * * *"},
};

tl::expected<Every, std::string> parseEvery(std::string_view text) {
  const auto duration = timing::parseGoDuration(text);
  if (!duration) return error("@every: " + duration.error());
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(*duration);
  return Every{std::max(whole, std::chrono::seconds(1))};
}

tl::expected<std::variant<Fields, Every>, std::string> parseDescriptor(std::string_view text) {
  const auto found = std::find_if(kDescriptors.begin(), kDescriptors.end(),
                                  [&](const Descriptor& d) { return d.name == text; });
  if (found != kDescriptors.end()) return parseFields(found->fields, Dialect::kSeconds);

  constexpr std::string_view kEvery = "@every ";
  if (text.starts_with(kEvery)) return parseEvery(text.substr(kEvery.size()));
  if (text == "@every") return error("@every needs a duration, e.g. @every 6h");
  if (text == "@reboot") return error("@reboot is not a time");
  return error(inQuotes(text) +
               " is none of @yearly, @monthly, @weekly, @daily, @hourly and @every <duration>");
}

struct Prefixed {
  std::optional<std::string> zone;
  std::string_view rest;
};

tl::expected<Prefixed, std::string> splitZone(std::string_view text, Dialect dialect) {
  if (!text.starts_with("TZ=") && !text.starts_with("CRON_TZ=")) return Prefixed{{}, text};
  if (dialect == Dialect::kCnpg) {
    return error("a time-zone prefix is not supported here: " + inQuotes(text));
  }
  const std::size_t blank = text.find(' ');
  if (blank == std::string_view::npos) {
    return error("the time-zone prefix is followed by no schedule: " + inQuotes(text));
  }
  const std::size_t name = text.find('=') + 1;
  return Prefixed{std::string(text.substr(name, blank - name)), trimmed(text.substr(blank))};
}

}  // namespace

tl::expected<CronExpression, std::string> parseCronExpression(std::string_view text,
                                                              Dialect dialect) {
  if (text.empty()) return error("the schedule is empty");
  auto split = splitZone(text, dialect);
  if (!split) return error(split.error());

  if (split->rest.starts_with('@')) {
    auto when = parseDescriptor(split->rest);
    if (!when) return error(when.error());
    return CronExpression{std::move(split->zone), *when};
  }
  auto fields = parseFields(split->rest, dialect);
  if (!fields) return error(fields.error());
  return CronExpression{std::move(split->zone), *fields};
}

}  // namespace cron
