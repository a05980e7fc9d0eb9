#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "common/json/value.h"
#include "common/time/instant.h"

namespace job {

// How the documented objects show what they have in common.

inline json::Array arrayOf(const std::vector<std::string>& texts) {
  return json::Array(texts.begin(), texts.end());
}

inline json::Value orNull(const std::string& text) {
  return text.empty() ? json::Value() : json::Value(text);
}

/// To the millisecond: what is finer says nothing about a backup.
inline double secondsOf(timing::Duration duration) {
  const auto milliseconds = std::chrono::round<std::chrono::milliseconds>(duration).count();
  return static_cast<double>(milliseconds) / 1000.0;
}

}  // namespace job
