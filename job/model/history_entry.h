#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "common/json/value.h"
#include "common/time/instant.h"

namespace job {

/// What one run left of itself: its result, and why it deleted what it deleted.
struct HistoryEntry {
  timing::Instant at;   // when it ended
  std::string run_id;   // any label value
  json::Object result;  // the result object, or a drill's report; cut, with whatever keys it has
  /// Backup names by reason code ("ExceedsMaxSnapshots"); a later version may have other codes.
  std::map<std::string, std::vector<std::string>> deleted;
  std::int64_t deleted_left_out = 0;  // deleted besides, not told by name for space

  /// Of the result; "" and none when it is not there or of another type.
  std::string text(std::string_view key) const;
  std::vector<std::string> texts(std::string_view key) const;
  std::int64_t number(std::string_view key) const;  // 0
  std::string command() const { return text("command"); }
  std::int64_t deletions() const;
};

/// The most that an entry takes, in bytes.
inline constexpr std::size_t kHistoryEntryLimit = 8192;

json::Value toJson(const HistoryEntry& entry);
/// One line of JSON within kHistoryEntryLimit, if the result itself is: the names that are too many
/// are left out and counted.
std::string writeHistoryEntry(HistoryEntry entry);
/// Unknown keys pass. The error says what is wrong, and where.
tl::expected<HistoryEntry, std::string> readHistoryEntry(std::string_view text);

}  // namespace job
