#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "common/json/value.h"
#include "common/time/instant.h"
#include "job/decide/judge_backups.h"

namespace job {

/// The throw-away Cluster of `cluster`'s restore drills: "<cluster>-drill". One name, so that the
/// next drill finds what a killed one left. CNPG takes no name longer than 50 characters: what is
/// longer is cut, with a hash of the whole in place of the rest.
std::string drillClusterName(const std::string& cluster);

/// Who made a drill's Cluster.
struct DrillMark {
  std::string live;    // the Cluster whose backup is restored
  std::string holder;  // of the drill's Lease; no other process has that name
};
/// The label and annotation that say so.
void markDrill(json::Value& cluster, const DrillMark& mark);
/// Does it carry exactly these?
bool hasMark(const json::Value& cluster, const DrillMark& mark);
/// Does it carry that label: a drill's Cluster, of whatever Cluster's backup?
bool isDrill(const json::Value& cluster);

/// What a Cluster under the drill's name is to the holder of the drill's Lease.
struct ExistingDrill {
  enum class State {
    kForeign,    ///< no drill of this Cluster's: not ours to touch
    kAbandoned,  ///< of a drill that does not hold the Lease any more
    kGoing       ///< the same, being deleted
  };
  State state = State::kForeign;
  std::string uid;
  std::string words;  // for people, of a foreign one: what it is, and what to do
};
/// Pure.
ExistingDrill judgeExistingDrill(const json::Value& cluster, const std::string& live);

/// Why no backup is restored.
struct NothingToRestore {
  enum class Why {
    kUnknown,  ///< there is none of that name
    kNotNow,   ///< it has not ended, or is being deleted
    kNotGood   ///< by its verdict, or none is good: the drill has failed before it began
  };
  Why why = Why::kUnknown;
  std::string words;
};
/// Pure: the backup to restore: the newest good one, or the one of that name, which has to be good.
/// One dated ahead of `now` is the newest only when all are.
tl::expected<JudgedGroup, NothingToRestore> chooseForDrill(const JudgedGroups& groups,
                                                           const std::string& wanted,
                                                           timing::Instant now);

}  // namespace job
