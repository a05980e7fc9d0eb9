#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "job/decide/retention.h"

/// Pools of backups for tests that enumerate or generate them: small numbers instead of timestamps.
namespace job::pools {

inline constexpr int kUnreadable = -1;
inline constexpr int kAbsent = -2;

struct PoolBackup {
  Verdict verdict = Verdict::kCertified;
  Hold hold = Hold::kNone;
  bool operators = false;
  int begin = 0;  // a minute, kUnreadable or kAbsent
  int end = 0;
  std::string name;

  bool good() const { return isGood(verdict); }
  bool bad() const;  // failed, unclean or incomplete
  /// The time that orders it: its end if it is good, else its begin.
  int time() const { return good() ? end : begin; }
};
using Pool = std::vector<PoolBackup>;
using Limit = std::optional<std::int64_t>;

RetentionCandidate candidateOf(const PoolBackup& backup);
std::vector<RetentionCandidate> candidatesOf(const Pool& pool);

/// What retention_test.cpp takes, to be copied there:
/// plan({aCandidate("a").badAt(0, Verdict::kFailed), aCandidate("b").goodAt(1)}, 1)
std::string asCode(const Pool& pool, Limit limit);

/// Kinds of backups: what names and minutes are to be given to. A begin or end of 0 is readable.
using Kinds = std::vector<PoolBackup>;

constexpr bool kBoth[] = {false, true};
constexpr Verdict kVerdicts[] = {Verdict::kCertified,  Verdict::kUncertified, Verdict::kUnclean,
                                 Verdict::kIncomplete, Verdict::kFailed,      Verdict::kPending,
                                 Verdict::kTerminating};
constexpr Hold kHolds[] = {Hold::kNone,    Hold::kAnnotation, Hold::kRecovery,
                           Hold::kCluster, Hold::kDrill,      Hold::kPvc};

/// Every verdict with every hold, the operator's or not, with each time readable or not.
Kinds allKinds();
/// Every verdict in plain, held, referenced, without a readable time, and the operator's.
Kinds kindsOfOneTrait();
/// Every verdict in plain; a good and a failed one of each trait.
Kinds someKinds();
/// One of each class that the planner tells apart, and the ways to be left alone.
Kinds kindsToldApart();

/// Every pool of up to `size` of these kinds in order of age, smallest first: each next one is just
/// as old as the one before or newer. Names grow with the position. Ends when `visit` says false.
/// The time that must not count (the end of a bad one, the begin of a good one) runs backwards.
void forEachPool(const Kinds& kinds, std::size_t size,
                 const std::function<bool(const Pool&)>& visit);
/// How many these are, by combinatorics.
std::uint64_t countPools(std::size_t kinds, std::size_t size);

/// A backup of this kind with a name and times: `minute` is the one that orders it.
PoolBackup placed(PoolBackup kind, std::size_t position, int minute, std::size_t size);

}  // namespace job::pools
