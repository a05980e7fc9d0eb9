#include "job/pass/check_steps.h"

#include <algorithm>
#include <map>

#include "job/model/joined.h"
#include "job/pass/catalogue.h"
#include "job/report/human_age.h"

namespace job {

CheckLines checkBackups(Session& session, Seen& seen) {
  const std::string name = "backups";
  if (!seen.found_group) return {};
  const auto catalogue =
      readCatalogue(session, seen.configuration.group, seen.configuration.cluster);
  if (!catalogue) return {CheckLine::fail(name, catalogue.error())};
  std::map<Verdict, int> verdicts;
  std::optional<timing::Instant> newest;
  int good = 0;
  for (const JudgedGroup& judged : catalogue->groups) {
    ++verdicts[judged.judgement.verdict];
    if (!isGood(judged.judgement.verdict)) continue;
    ++good;
    const auto end = judged.group.endTime().instant();
    if (!end || !liesAhead(*end, session.clock.now())) newest = std::max(newest, end);
  }
  std::vector<std::string> counts;
  counts.reserve(verdicts.size());
  for (const auto& [verdict, count] : verdicts) {
    counts.push_back(std::to_string(count) + " " + std::string(toString(verdict)));
  }
  std::string message =
      std::to_string(good) + " good of " + std::to_string(catalogue->groups.size());
  if (!counts.empty()) message += " (" + joined(counts) + ")";
  if (newest)
    message += ", the newest good one ended " + humanAge(session.clock.now() - *newest) + " ago";
  CheckLines lines = {good == 0 ? CheckLine::warn(name, "there is no good backup: " + message)
                                : CheckLine::ok(name, message)};
  for (const std::string& warning : catalogue->warnings) {
    lines.push_back(CheckLine::warn(name, warning));
  }
  return lines;
}

}  // namespace job
