#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "common/json/value.h"
#include "job/decide/backup_policy.h"
#include "job/decide/judged_groups.h"
#include "job/decide/references.h"
#include "job/decide/retention.h"
#include "job/decide/status_patch.h"
#include "job/model/noobaa_system.h"
#include "job/model/scheduled_backup.h"

namespace job {

/// What db-backup-status shows, read live; every format is made from it.
struct StatusReport {
  std::string system;
  std::string cluster;
  std::string schedule;  // "" when there is none
  std::string time_zone;
  std::optional<std::int64_t> max_snapshots;
  std::optional<timing::Instant> last_backup;  // newest good one's end
  std::optional<timing::Instant> next_backup;
  /// The firing that passed more than an hour ago with no good backup since; set when overdue.
  std::optional<timing::Instant> missed;
  bool overdue() const { return missed.has_value(); }
  std::int64_t total_snapshots = 0;
  std::vector<std::string> available_snapshots;
  std::string recovery;  // one that is asked for or not over well, in words; "" when there is none
  struct Row {
    BackupGroup group;
    Judgement judgement;
    Hold hold = Hold::kNone;
    RetentionDecision retention;  // what a pass would do with it now
    bool managed = false;         // in the retention pool: not of an operator's active schedule

    /// When it ended; of one that did not, when it began. Empty when neither can be read.
    std::optional<timing::Instant> time() const;
  };
  /// Packed; each is put together when it is asked for.
  class Rows {
   public:
    using value_type = Row;
    using const_iterator = ByValueIterator<Rows, Row>;

    Rows() = default;
    Rows(std::initializer_list<Row> rows) {
      for (const Row& row : rows) push_back(row);
    }
    /// Of judged backups and what is decided about each, in order of time.
    Rows(JudgedGroups groups, const std::vector<RetentionCandidate>& candidates,
         const std::vector<RetentionDecision>& decisions);

    Row operator[](std::size_t index) const;
    // NOLINTNEXTLINE(readability-identifier-naming): as the standard's containers have it
    void push_back(const Row& row);
    std::size_t size() const { return places_.size(); }
    bool empty() const { return places_.empty(); }
    const_iterator begin() const { return {*this, 0}; }
    const_iterator end() const { return {*this, size()}; }

   private:
    struct Place {
      std::uint32_t group = 0;
      Hold hold = Hold::kNone;
      RetentionReason reason = RetentionReason::kNoLimit;
      bool remove = false;
      bool managed = false;
    };

    JudgedGroups groups_;
    std::vector<Place> places_;
  };
  Rows rows;  // newest first; those whose time can't be read come last
  std::vector<std::string> warnings;
};

/// Pure.
StatusReport makeStatusReport(const NooBaaSystem& system, const std::string& cluster,
                              const std::optional<BackupPolicy>& policy, JudgedGroups groups,
                              const References& references,
                              const std::vector<ScheduledBackup>& active_schedules,
                              timing::Instant now);

/// The status object, keys in the documented order; what is absent is null.
json::Value toJson(const StatusReport& report);
/// -o table (the default) or wide: a head of a few lines, then a row a backup, ages relative to
/// `now`, then the warnings. `colours`: verdicts, what is overdue and warnings stand out.
std::string toTable(const StatusReport& report, timing::Instant now, bool wide,
                    bool colours = false);
/// The table's rows alone, under their titles.
std::string toTable(const StatusReport::Rows& rows, timing::Instant now, bool wide,
                    bool colours = false);
/// The same object as toJson's.
std::string toYaml(const StatusReport& report);
/// PG_DATA snapshot names of the good backups, oldest first, each with its line end.
std::string toNames(const StatusReport& report);

}  // namespace job
