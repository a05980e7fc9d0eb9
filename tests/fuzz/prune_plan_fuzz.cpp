#include <algorithm>
#include <set>

#include "common/json/write.h"
#include "job/decide/prune_plan_file.h"
#include "tests/fuzz/fuzz.h"

namespace {

using job::PlannedBackup;
using job::PrunePlanFile;

void isSound(const PrunePlanFile& plan) {
  std::set<std::string> names;
  for (const PlannedBackup& backup : plan.backups) {
    fuzz::require(!backup.name.empty() && names.insert(backup.name).second, "names are unique");
    fuzz::require(!backup.remove || !backup.uids.empty(), "what goes is known by its objects");
    fuzz::require(std::is_sorted(backup.uids.begin(), backup.uids.end()), "uids are in order");
  }
}

/// Each backup in turn is another, or held: no deletion of it follows from such a state.
void isStaleOnceADeletionIsWrong(const PrunePlanFile& plan) {
  for (std::size_t i = 0; i < plan.backups.size(); ++i) {
    if (!plan.backups[i].remove) continue;
    PrunePlanFile now = plan;
    now.backups[i].uids = {"of another"};
    const auto& uids = plan.backups[i].uids;
    const bool is_that = std::find(uids.begin(), uids.end(), "of another") != uids.end();
    fuzz::require(is_that || !whyStale(plan, now).empty(), "another backup of the name stays");
    now = plan;
    now.backups[i].remove = false;
    now.backups[i].reason = job::RetentionReason::kHeldByAnnotation;
    fuzz::require(!whyStale(plan, now).empty(), "a held backup stays");
  }
}

}  // namespace

void fuzz::testOne(std::string_view input) {
  const auto plan = job::readPrunePlan(input);
  if (!plan) {
    fuzz::require(!plan.error().empty() && plan.error().size() < 1000, "the error is short");
    return;
  }
  isSound(*plan);
  fuzz::require(whyStale(*plan, *plan).empty(), "nothing changed, so it is not stale");
  isStaleOnceADeletionIsWrong(*plan);
  const std::string written = json::write(toJson(*plan));
  const auto again = job::readPrunePlan(written);
  fuzz::require(again.has_value(), "what is written is a plan");
  fuzz::require(json::write(toJson(*again)) == written, "it is the same plan");
}
