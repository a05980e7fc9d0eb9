#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sim {

/// Where the next page of a list starts.
struct ContinueToken {
  /// Of the first page; negative: whatever is current (an inconsistent continuation after a 410).
  std::int64_t revision = 0;
  std::string last_name_space;
  std::string last_name;

  /// Opaque text as the API server writes it.
  std::string encode() const;
  static std::optional<ContinueToken> decode(std::string_view text);
};

}  // namespace sim
