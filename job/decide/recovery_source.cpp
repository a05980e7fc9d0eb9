#include "job/decide/recovery_source.h"

#include <algorithm>
#include <utility>

#include "common/json/parse.h"
#include "common/text/in_quotes.h"
#include "job/decide/database_image.h"
#include "job/model/control_data.h"
#include "job/model/joined.h"
#include "job/model/names.h"
#include "job/model/object_meta.h"
#include "job/model/volume_snapshot.h"

namespace job {
namespace {

using text::inQuotes;
using Problem = std::optional<std::string>;

/// A VolumeSnapshot object of the backup, as far as the choice needs it.
struct Member {
  std::string name;
  std::string uid;
  std::string cluster;
  std::string backup;
  std::string role;  // as written
  std::string tablespace;
  std::string restore_size;
  std::string error;
  std::string major;
  std::string manifest;
  std::string control_data;
  bool ready = false;
  bool deleting = false;
  bool has_label_file = false;

  bool is(VolumeRole wanted) const { return role == toString(wanted); }
};

Member readMember(const json::Value& object) {
  json::Decoder decoder(object);
  const json::View root = decoder.root();
  const json::View meta = root["metadata"];
  const json::View status = root["status"];
  const auto annotation = [&root](std::string_view key) {
    return annotationOf(root, key).value_or("");
  };
  const json::View size = status["restoreSize"];
  const std::int64_t* bytes = size.present() ? size.value()->integer() : nullptr;
  return {.name = meta["name"].stringOr(""),
          .uid = meta["uid"].stringOr(""),
          .cluster = labelOf(root, kClusterLabel),
          .backup = labelOf(root, kBackupNameLabel),
          .role = annotation(kPvcRoleAnnotation),
          .tablespace = labelOf(root, kTablespaceLabel),
          .restore_size = bytes != nullptr ? std::to_string(*bytes) : size.stringOr(""),
          .error = status["error"]["message"].stringOr(""),
          .major = labelOf(root, kMajorVersionLabel),
          .manifest = annotation(kClusterManifestAnnotation),
          .control_data = annotation(kControlDataAnnotation),
          .ready = status["readyToUse"].booleanOr(false),
          .deleting = meta["deletionTimestamp"].present(),
          .has_label_file = !annotation(kBackupLabelFileAnnotation).empty()};
}

/// One choice, from its question on; problems are clauses without the snapshot's name.
class Choice {
 public:
  Choice(const std::string& wanted, const std::vector<json::Value>& of_backup,
         const JudgedGroup* judged, const RecoveryDemands& demands)
      : wanted_(wanted), judged_(judged), demands_(demands) {
    for (const json::Value& object : of_backup) members_.push_back(readMember(object));
  }

  tl::expected<RecoverySource, std::string> make() {
    const auto found = std::find_if(members_.begin(), members_.end(),
                                    [&](const Member& member) { return member.name == wanted_; });
    if (found == members_.end()) {
      return tl::unexpected(subject() +
                            " does not exist; name one that `db-backup-status -o name` lists");
    }
    const Member& data = *found;
    source_ = {.backup = data.backup, .data = data.name, .data_uid = data.uid};
    using Step = Problem (Choice::*)(const Member&);
    for (const Step step :
         {&Choice::checkIdentity, &Choice::checkState, &Choice::takeManifest, &Choice::takeSiblings,
          &Choice::checkVerdict, &Choice::checkOnline, &Choice::takeMajor}) {
      if (const Problem problem = (this->*step)(data)) {
        return tl::unexpected(subject() + " " + *problem);
      }
    }
    takeSize(data);
    if (const auto control_data = readControlData(data.control_data)) {
      source_.system_identifier = control_data->system_identifier;
    }
    return std::move(source_);
  }

 private:
  std::string subject() const { return "VolumeSnapshot " + demands_.name_space + "/" + wanted_; }

  Problem checkIdentity(const Member& data) {
    if (data.cluster.empty() || data.backup.empty()) {
      return "has no label " +
             std::string(data.cluster.empty() ? kClusterLabel : kBackupNameLabel) +
             ": CloudNativePG did not make it; name one that `db-backup-status -o name` lists";
    }
    if (data.cluster != demands_.cluster) {
      return "is of Cluster " + data.cluster + " (label cnpg.io/cluster), not of " +
             demands_.cluster + "; name one of this Cluster";
    }
    if (!data.is(VolumeRole::kData)) {
      std::string instead;
      for (const Member& member : members_) {
        if (member.is(VolumeRole::kData)) instead = ": " + member.name;
      }
      return "is of role " + inQuotes(data.role) +
             " (annotation cnpg.io/pvcRole), not PG_DATA; name the data volume's" + instead;
    }
    return std::nullopt;
  }

  /// Of any member; the words begin with a verb.
  static Problem whyUnusable(const Member& member) {
    if (member.deleting) return "is being deleted; name another backup's";
    if (!member.ready) {
      return "is not ready (status.readyToUse)" +
             (member.error.empty() ? "" : ": " + inQuotes(member.error)) +
             "; wait until it is, or name another backup's";
    }
    return std::nullopt;
  }

  Problem checkState(const Member& data) { return whyUnusable(data); }

  Problem takeManifest(const Member& data) {
    auto manifest = data.manifest.empty() ? tl::unexpected(std::string("it is missing"))
                                          : json::parse(data.manifest);
    json::Value* spec = nullptr;
    if (manifest && manifest->object() != nullptr) spec = manifest->object()->find("spec");
    if (spec != nullptr && spec->object() != nullptr) {
      source_.manifest = *std::move(manifest);
      return std::nullopt;
    }
    const std::string why = manifest ? "it holds no Cluster" : manifest.error();
    if (demands_.without_manifest) {
      source_.warnings.push_back(subject() +
                                 ": annotation cnpg.io/clusterManifest can't be read (" + why +
                                 "), so the Cluster is made as the NooBaa CR asks for");
      return std::nullopt;
    }
    return "can't be restored by itself: annotation cnpg.io/clusterManifest, by which the Cluster "
           "is rebuilt, can't be read (" +
           why + "); look at what `bootstrap --from-snapshot " + wanted_ +
           "` makes of the NooBaa CR instead, and apply that";
  }

  Problem takeSiblings(const Member& data) {
    const bool known = !source_.manifest.isNull();
    const VolumeSet needed = known ? volumesOf(source_.manifest) : VolumeSet{};
    for (const Member& member : members_) {
      if (&member == &data) continue;
      if (member.is(VolumeRole::kData)) {
        return "is one of two PG_DATA snapshots of backup " + data.backup + ", with " +
               member.name + "; name another backup's";
      }
      if (Problem problem = takeSibling(member, needed, known)) return problem;
    }
    if (needed.wal && source_.wal.empty()) {
      return "has no sibling of role PG_WAL, which its Cluster had (spec.walStorage); name another "
             "backup's";
    }
    for (const std::string& tablespace : needed.tablespaces) {
      if (source_.tablespaces.count(tablespace) == 0) {
        return "has no sibling for tablespace " + inQuotes(tablespace) +
               ", which its Cluster had (spec.tablespaces); name another backup's";
      }
    }
    return std::nullopt;
  }

  Problem takeSibling(const Member& member, const VolumeSet& needed, bool known) {
    const bool is_wal = member.is(VolumeRole::kWal);
    const bool is_tablespace = member.is(VolumeRole::kTablespace);
    if (!is_wal && !is_tablespace) {
      return "has a sibling " + member.name + " of role " + inQuotes(member.role) +
             ", which is none that CloudNativePG restores; name another backup's";
    }
    const bool expected = is_wal ? needed.wal : needed.tablespaces.count(member.tablespace) != 0;
    if (known && !expected) {
      return "has a sibling " + member.name + " of role " + member.role +
             ", which its Cluster had no volume for; name another backup's";
    }
    if (Problem problem = whyUnusable(member)) {
      return "can't be restored without its sibling " + member.name + ", which " + *problem;
    }
    std::string& place = is_wal ? source_.wal : source_.tablespaces[member.tablespace];
    if (!place.empty()) {
      return "has two siblings for one volume, " + place + " and " + member.name +
             "; name another backup's";
    }
    place = member.name;
    takeSize(member);
    return std::nullopt;
  }

  Problem checkVerdict(const Member& data) {
    if (judged_ == nullptr) return std::nullopt;
    const auto& [verdict, reason, nothing_missing] = judged_->judgement;
    const std::string words =
        "its backup " + data.backup + " is " + std::string(toString(verdict)) + " (" + reason + ")";
    switch (verdict) {
      case Verdict::kCertified:
        return std::nullopt;
      case Verdict::kUncertified:
      case Verdict::kUnclean:
        source_.warnings.push_back(words);
        return std::nullopt;
      default:
        return "can't be restored: " + words + "; name another backup's";
    }
  }

  /// CNPG restores no backup label without a WAL archive: PostgreSQL then recovers as from a crash,
  /// which is sound only when all its files were frozen at one instant.
  Problem checkOnline(const Member& data) {
    const bool online = data.has_label_file || (judged_ != nullptr && judged_->group.online());
    if (!online) return std::nullopt;
    if (!source_.wal.empty() || !source_.tablespaces.empty()) {
      return "is of an online backup of several volumes, which were not frozen at one instant: "
             "what "
             "is restored from it may be broken; name an offline backup's";
    }
    // Of a judged one the verdict says so.
    if (judged_ == nullptr) {
      source_.warnings.push_back("its backup " + data.backup +
                                 " was made online: PostgreSQL recovers as from a crash");
    }
    return std::nullopt;
  }

  Problem takeMajor(const Member& data) {
    const std::optional<int> of_manifest = majorOf(source_.manifest);
    source_.major = majorOfImage(":" + data.major);
    if (source_.major && of_manifest && source_.major != of_manifest) {
      return "is of PostgreSQL major " + data.major +
             " (label cnpg.io/majorVersion), but the Cluster in its cnpg.io/clusterManifest of " +
             std::to_string(*of_manifest) + "; name another backup's";
    }
    if (!source_.major) source_.major = of_manifest;
    if (!source_.major) {
      source_.warnings.push_back("which PostgreSQL major it is of is not known");
    } else if (demands_.major && source_.major != demands_.major) {
      return "is of PostgreSQL major " + std::to_string(*source_.major) +
             ", but the NooBaa CR asks for " + std::to_string(*demands_.major) +
             " (spec.dbSpec.postgresMajorVersion, else status.dbStatus.currentPgMajorVersion); set "
             "that, or name another backup's";
    }
    return std::nullopt;
  }

  void takeSize(const Member& member) {
    if (!member.restore_size.empty()) source_.restore_size[member.name] = member.restore_size;
  }

  const std::string& wanted_;
  const JudgedGroup* judged_;
  const RecoveryDemands& demands_;
  std::vector<Member> members_;
  RecoverySource source_;
};

}  // namespace

tl::expected<RecoverySource, std::string> chooseSource(const std::string& wanted,
                                                       const std::vector<json::Value>& of_backup,
                                                       const JudgedGroup* judged,
                                                       const RecoveryDemands& demands) {
  return Choice(wanted, of_backup, judged, demands).make();
}

}  // namespace job
