#include "common/cron/time_zone.h"

#include <date/tz.h>

#include <algorithm>
#include <stdexcept>

#include "common/text/in_quotes.h"

namespace cron {
namespace {

using text::inQuotes;

bool isLocal(std::string_view name) {
  constexpr std::string_view kLocal = "LOCAL";
  return std::equal(name.begin(), name.end(), kLocal.begin(), kLocal.end(),
                    [](char c, char upper) { return c == upper || c == upper + 32; });
}

bool isNameCharacter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '+' || c == '-';
}

/// One part of a name, as IANA's rules for file names have it; the database is a tree of files, so
/// this is also what keeps a name inside it.
bool isNamePart(std::string_view part) {
  constexpr std::size_t kLongest = 14;
  return !part.empty() && part.size() <= kLongest && part != "." && part != ".." &&
         part.front() != '-' && std::all_of(part.begin(), part.end(), isNameCharacter);
}

bool isName(std::string_view name) {
  for (std::size_t slash = name.find('/'); slash != std::string_view::npos;
       slash = name.find('/')) {
    if (!isNamePart(name.substr(0, slash))) return false;
    name.remove_prefix(slash + 1);
  }
  return isNamePart(name);
}

}  // namespace

TimeZone TimeZone::utc() {
  return {"UTC", nullptr};
}

tl::expected<TimeZone, std::string> TimeZone::find(std::string_view name) {
  if (name.empty()) return tl::unexpected<std::string>("the time zone is empty");
  if (isLocal(name)) {
    return tl::unexpected("time zone " + inQuotes(name) +
                          " depends on the machine: name one such as Europe/Berlin");
  }
  if (!isName(name)) {
    return tl::unexpected("time zone " + inQuotes(name) + " is not a name such as Europe/Berlin");
  }
  if (name == "UTC") return utc();
  try {
    const date::time_zone* zone = date::locate_zone(std::string(name));
    zone->get_info(date::sys_seconds());  // reads the zone's file, which may be unusable
    return TimeZone(std::string(name), zone);
  } catch (const std::runtime_error& e) {
    return tl::unexpected("time zone " + inQuotes(name) +
                          " is not in the time-zone database: " + e.what());
  }
}

}  // namespace cron
