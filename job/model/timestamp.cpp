#include "job/model/timestamp.h"

#include <chrono>

#include "common/time/rfc3339.h"

namespace job {

Timestamp Timestamp::read(const std::string& text) {
  Timestamp timestamp;
  if (text.empty()) return timestamp;
  if (const auto instant = timing::parseRfc3339(text)) {
    timestamp.data_ = *instant;
  } else {
    timestamp.data_ = text;
  }
  return timestamp;
}

Timestamp Timestamp::of(timing::Instant instant) {
  Timestamp timestamp;
  timestamp.data_ = instant;
  return timestamp;
}

std::optional<timing::Instant> Timestamp::instant() const {
  const auto* instant = std::get_if<timing::Instant>(&data_);
  return instant != nullptr ? std::optional(*instant) : std::nullopt;
}

std::string Timestamp::unreadableText() const {
  const auto* text = std::get_if<std::string>(&data_);
  return text != nullptr ? *text : std::string();
}

bool liesAhead(timing::Instant instant, timing::Instant now) {
  constexpr std::chrono::minutes kTolerance{5};
  return instant > now + kTolerance;
}

}  // namespace job
