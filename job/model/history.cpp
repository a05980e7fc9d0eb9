#include "job/model/history.h"

#include <algorithm>
#include <tuple>

#include "job/model/history_key.h"

namespace job {

std::optional<timing::Instant> History::since() const {
  std::optional<timing::Instant> oldest;
  const auto see = [&](timing::Instant at) { oldest = oldest ? std::min(*oldest, at) : at; };
  for (const Run& run : runs) see(run.entry.at);
  for (const Unreadable& each : unreadable) see(each.at);
  return oldest;
}

History readHistory(const json::Value& config_map, const std::string& cluster) {
  History history;
  const json::Value* data =
      config_map.object() == nullptr ? nullptr : config_map.object()->find("data");
  if (data == nullptr || data->object() == nullptr) return history;
  for (const auto& [name, value] : *data->object()) {
    const auto key = readHistoryKey(name);
    if (!key) continue;
    if (key->cluster != cluster) {
      ++history.others[key->cluster];
      continue;
    }
    auto entry = readHistoryEntry(value.string() == nullptr ? "" : *value.string());
    if (entry) {
      history.runs.push_back({name, *std::move(entry)});
    } else {
      history.unreadable.push_back({name, key->at, entry.error()});
    }
  }
  std::ranges::sort(history.runs, [](const History::Run& a, const History::Run& b) {
    return std::tie(a.entry.at, a.key) > std::tie(b.entry.at, b.key);
  });
  std::ranges::sort(history.unreadable, std::ranges::greater(), &History::Unreadable::key);
  return history;
}

}  // namespace job
