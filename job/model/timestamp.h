#pragma once

#include <optional>
#include <string>
#include <variant>

#include "common/time/instant.h"

namespace job {

/// A timestamp as an object shows it: absent, readable, or text that is no RFC 3339. Unreadable is
/// kept apart because it must never order a backup: a wrong date would get it pruned.
class Timestamp {
 public:
  Timestamp() = default;
  /// Absent for an empty text.
  static Timestamp read(const std::string& text);
  static Timestamp of(timing::Instant instant);

  bool absent() const { return std::holds_alternative<std::monostate>(data_); }
  bool unreadable() const { return std::holds_alternative<std::string>(data_); }
  std::optional<timing::Instant> instant() const;
  /// The text that could not be read; empty otherwise.
  std::string unreadableText() const;
  friend bool operator==(const Timestamp&, const Timestamp&) = default;

 private:
  std::variant<std::monostate, timing::Instant, std::string> data_;
};

/// Later than clocks that are in order can be apart: whoever wrote it, or we, have the wrong time.
bool liesAhead(timing::Instant instant, timing::Instant now);

}  // namespace job
