#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "job/model/history.h"

namespace job {

/// What a recorded run had to do with one backup.
struct HistoryMention {
  enum class What {
    kMade,        ///< and it was good, or not waited for
    kNotGood,     ///< made, but nothing good came of it
    kDeleted,     ///< `reason` is retention's code; "" where the run does not say
    kNotDeleted,  ///< it was to go, and did not
    kRestored,    ///< the database was brought back from it, or that was tried
    kDrilled      ///< a restore drill
  };

  What what = What::kMade;
  timing::Instant at;  // when the run ended
  std::string command;
  std::string run_id;
  std::string outcome;
  std::int64_t exit_code = 0;
  std::string reason;
  std::string words;  // the run's: a verdict, or why
};
std::string_view toString(HistoryMention::What what);  // "made"...

/// Pure: what the history says of that backup, oldest first. A name that was used twice has the
/// mentions of both lives.
std::vector<HistoryMention> mentionsOf(const History& history, const std::string& backup);

/// Pure: whose snapshot it was, as the newest run says that made or restored it; "" where none
/// does.
std::string backupOfSnapshot(const History& history, const std::string& snapshot);

}  // namespace job
