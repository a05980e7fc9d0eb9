#include "job/decide/history_ring.h"

#include <algorithm>
#include <chrono>
#include <tuple>

#include "job/model/history_key.h"

namespace job {
namespace {

/// The runs of `own`'s Cluster but `own`, in the order in which they go.
std::vector<std::string> inOrderOfGoing(const std::vector<std::string>& keys,
                                        const std::string& own, timing::Instant now) {
  struct Candidate {
    bool stays_long;  // not ahead of the clock
    timing::Instant at;
    std::string key;
  };
  const auto ours = readHistoryKey(own);
  std::vector<Candidate> candidates;
  for (const std::string& key : keys) {
    const auto read = readHistoryKey(key);
    if (!read || !ours || read->cluster != ours->cluster || key == own) continue;
    candidates.push_back({read->at <= now + std::chrono::days(1), read->at, key});
  }
  std::ranges::sort(candidates, [](const Candidate& a, const Candidate& b) {
    return std::tie(a.stays_long, a.at, a.key) < std::tie(b.stays_long, b.at, b.key);
  });
  std::vector<std::string> order;
  order.reserve(candidates.size());
  for (Candidate& candidate : candidates) order.push_back(std::move(candidate.key));
  return order;
}

}  // namespace

std::vector<std::string> keysBeyondLimit(const std::vector<std::string>& keys,
                                         const std::string& own, std::int64_t limit,
                                         timing::Instant now) {
  std::vector<std::string> order = inOrderOfGoing(keys, own, now);
  const auto count = static_cast<std::int64_t>(order.size()) + 1;  // with `own`
  if (count <= limit + limit / 4) return {};
  order.resize(static_cast<std::size_t>(std::min(count - limit, count - 1)));
  return order;
}

std::optional<std::vector<std::string>> keysToMakeRoom(
    const std::map<std::string, std::size_t>& sizes, const std::string& own, std::size_t most,
    timing::Instant now) {
  std::size_t total = 0;
  std::vector<std::string> keys;
  for (const auto& [key, size] : sizes) {
    total += size;
    keys.push_back(key);
  }
  std::vector<std::string> going;
  for (std::string& key : inOrderOfGoing(keys, own, now)) {
    if (total <= most) break;
    total -= sizes.at(key);
    going.push_back(std::move(key));
  }
  if (total > most) return std::nullopt;
  return going;
}

}  // namespace job
