#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "common/json/value.h"
#include "common/time/instant.h"
#include "job/decide/judge_backups.h"

namespace job {

/// The throw-away Cluster of `cluster`'s restore drills: "<cluster>-drill". One name, so that its
/// existence keeps two drills apart. CNPG takes no name longer than 50 characters: what is longer
/// is cut, with a hash of the whole in place of the rest.
std::string drillClusterName(const std::string& cluster);

/// Who made a drill's Cluster, and until when he is at it.
struct DrillMark {
  std::string live;  // the Cluster whose backup is restored
  std::string run;
  timing::Instant expiry;
};
/// The labels and annotations that say so.
void markDrill(json::Value& cluster, const DrillMark& mark);
/// Does it carry that label: a drill's Cluster, of whatever Cluster's backup?
bool isDrill(const json::Value& cluster);

/// What a Cluster under the drill's name is to the run that finds it.
struct ExistingDrill {
  enum class State {
    kForeign,    ///< no drill of this Cluster's: not ours to touch
    kRunning,    ///< another's, not expired
    kAbandoned,  ///< expired, or of this very run, whose forerunner was killed
    kGoing       ///< being deleted
  };
  State state = State::kForeign;
  std::string uid;
  std::string words;  // for people: whose it is, and what to do
};
/// Pure. One without a readable expiry has expired.
ExistingDrill judgeExistingDrill(const json::Value& cluster, const std::string& live,
                                 const std::string& run, timing::Instant now);

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
tl::expected<const JudgedGroup*, NothingToRestore> chooseForDrill(
    const std::vector<JudgedGroup>& groups, const std::string& wanted, timing::Instant now);

}  // namespace job
