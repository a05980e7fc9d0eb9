#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "job/decide/retention.h"
#include "tests/job/decide/retention_pool.h"

namespace job::pools {

using Planner = std::function<std::vector<RetentionDecision>(const std::vector<RetentionCandidate>&,
                                                             std::optional<std::int64_t>)>;

// What must hold of every plan.
inline constexpr std::string_view kOneDecisionEach = "one decision for each, in the order given";
inline constexpr std::string_view kHeldStay = "what is held or referenced is left alone";
inline constexpr std::string_view kUnderwayStay = "what is in flight or going is left alone";
inline constexpr std::string_view kOperatorsStay = "the operator's is left alone";
inline constexpr std::string_view kTimelessStay = "a time that can't be read keeps its backup";
inline constexpr std::string_view kNewestGoodStay = "the newest maxSnapshots good ones stay";
inline constexpr std::string_view kAGoodOneRemains = "a good one remains where there was one";
inline constexpr std::string_view kBadDisplaceNone =
    "good ones fare as they would without the others";
inline constexpr std::string_view kNewestBadStay = "bad ones newer than every good one stay";
inline constexpr std::string_view kNoLimitNoRemoval = "without maxSnapshots nothing goes";
inline constexpr std::string_view kMoreRemovesNoMore = "a greater maxSnapshots removes no more";
inline constexpr std::string_view kAgainRemovesNothing = "a second prune removes nothing";
inline constexpr std::string_view kLimitIsKept = "no more than maxSnapshots good ones stay";
inline constexpr std::string_view kReasonIsTrue = "the reason is true and is of what is done";
inline constexpr std::string_view kAsRuled = "the rules, written a second time, say the same";

struct Broken {
  std::string_view invariant;
  Limit limit;
};

/// The invariants that the planner's plans for this pool break, the first limit for each.
/// `limits` ascend; none at all is the greatest.
std::vector<Broken> brokenInvariants(const Planner& planner, const Pool& pool,
                                     const std::vector<Limit>& limits);

/// "a: removed, ExceedsMaxSnapshots; b: kept, WithinMaxSnapshots".
std::string describe(const std::vector<RetentionDecision>& decisions);

}  // namespace job::pools
