#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace cron {

/// An IANA time zone of the system's database, by its exact name. Cheap to copy; never dangling
/// (the database lives as long as the process). Clock changes are known as far as the database's
/// files list them one by one, in Debian's to 2037; files built "slim" list too few.
class TimeZone {
 public:
  static TimeZone utc();
  /// Names as the CronJob API validates them: parts of 1-14 of [A-Za-z0-9._+-] split by '/', not
  /// "Local" in any case, and known to the database (tzdata must be installed, for UTC alone it
  /// need not be). "" is an error here. The copies under posix/ and right/ are not known.
  static tl::expected<TimeZone, std::string> find(std::string_view name);

  const std::string& name() const { return name_; }
  /// The date library's date::time_zone, as an opaque pointer so that its headers stay out of this
  /// one; nullptr means UTC.
  const void* native() const { return native_; }

 private:
  TimeZone(std::string name, const void* native) : name_(std::move(name)), native_(native) {}
  std::string name_;
  const void* native_;
};

}  // namespace cron
