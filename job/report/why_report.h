#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/json/value.h"
#include "job/decide/history_mentions.h"
#include "job/decide/retention.h"

namespace job {

/// What `why` has to say of one backup.
struct WhyReport {
  enum class State {
    kKept,
    kToGo,       ///< retention would delete it now
    kUndecided,  ///< it is there, and what passes do with it is not known, or nothing
    kGone,
    kNoBackup  ///< an object of that name is there, and no backup of this Cluster
  };
  /// Of one that is there.
  struct Live {
    Verdict verdict = Verdict::kPending;
    std::string verdict_reason;
    std::optional<RetentionReason> decision;
    bool counted = false;                 // towards maxSnapshots
    std::optional<std::int64_t> place;    // among the counted, the newest is 1
    std::optional<timing::Instant> time;  // when it ended, else began
    std::string run;                      // that made it; "" where it does not say
    std::vector<std::string> snapshots;
  };

  std::string asked;    // as it was typed
  std::string backup;   // the backup's name; "" of kNoBackup
  std::string cluster;  // "<namespace>/<name>"
  State state = State::kGone;
  std::string summary;  // the answer, a sentence without its end
  std::optional<std::int64_t> max_snapshots;
  std::optional<Live> live;
  std::vector<HistoryMention> mentions;  // oldest first
  std::int64_t recorded_runs = 0;
  std::optional<timing::Instant> recorded_since;
  std::vector<std::string> warnings;
};
std::string_view toString(WhyReport::State state);  // "kept", "to-go"...

/// "(recorded: 12, since ...)": how far the history reaches.
std::string recordedWindow(const WhyReport& report);

/// "was deleted by `run` at ... for ExceedsMaxSnapshots: ..." of the newest mention that says so,
/// else that no recorded run did: the summary of what is gone.
std::string summaryOfGone(const WhyReport& report);

json::Value toJson(const WhyReport& report);
/// For people, a few lines; ages relative to `now`.
std::string toText(const WhyReport& report, timing::Instant now);

}  // namespace job
