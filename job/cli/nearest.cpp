#include "job/cli/nearest.h"

#include <algorithm>
#include <cstddef>

namespace job {
namespace {

/// Letters to change, swap with their neighbour, insert or leave out to turn one into the other.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      cost[i][j] = std::min({changed, cost[i - 1][j] + 1, cost[i][j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  }
  return cost[a.size()][b.size()];
}

/// A part of a word worth guessing from.
bool oneHoldsTheOther(std::string_view a, std::string_view b) {
  constexpr std::size_t kTelling = 4;
  if (std::min(a.size(), b.size()) < kTelling) return false;
  return a.find(b) != std::string_view::npos || b.find(a) != std::string_view::npos;
}

}  // namespace

std::string_view nearest(std::string_view typed, const std::vector<std::string_view>& known) {
  constexpr std::size_t kLongestWord = 64;  // longer is no typing error
  if (typed.empty() || typed.size() > kLongestWord) return {};
  const std::size_t allowed = std::max<std::size_t>(1, typed.size() / 3);
  std::string_view best;
  std::size_t best_distance = allowed + 1;
  for (const auto word : known) {
    const std::size_t d = distance(typed, word);
    if (d < best_distance) {
      best = word;
      best_distance = d;
    }
  }
  if (!best.empty()) return best;
  const auto part =
      std::ranges::find_if(known, [&](auto word) { return oneHoldsTheOther(typed, word); });
  return part == known.end() ? std::string_view{} : *part;
}

}  // namespace job
