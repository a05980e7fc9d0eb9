#include "job/decide/drill.h"

#include <algorithm>
#include <cstdint>
#include <tuple>

#include "common/json/view.h"
#include "job/model/names.h"
#include "job/model/object_meta.h"

namespace job {
namespace {

using Why = NothingToRestore::Why;

constexpr std::string_view kSuffix = "-drill";
// CNPG's webhook refuses more: it makes names of Services and Pods from it.
constexpr std::size_t kLongestClusterName = 50;

/// FNV-1a, as 8 hex digits: names that are cut must not meet.
std::string hashOf(std::string_view text) {
  constexpr std::uint32_t kBasis = 2166136261;
  constexpr std::uint32_t kPrime = 16777619;
  std::uint32_t hash = kBasis;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
  std::string digits;
  for (int shift = 28; shift >= 0; shift -= 4) digits += "0123456789abcdef"[(hash >> shift) & 15];
  return digits;
}

}  // namespace

std::string drillClusterName(const std::string& cluster) {
  std::string name = cluster + std::string(kSuffix);
  if (name.size() <= kLongestClusterName) return name;
  const std::string tail = "-" + hashOf(cluster) + std::string(kSuffix);
  return cluster.substr(0, kLongestClusterName - tail.size()) + tail;
}

void markDrill(json::Value& cluster, const DrillMark& mark) {
  json::Value& metadata = cluster["metadata"];
  metadata["labels"][kDrillLabel] = mark.live;
  metadata["annotations"][kDrillHolderAnnotation] = mark.holder;
}

bool hasMark(const json::Value& cluster, const DrillMark& mark) {
  json::Decoder decoder(cluster);
  return labelOf(decoder.root(), kDrillLabel) == mark.live &&
         annotationOf(decoder.root(), kDrillHolderAnnotation) == mark.holder;
}

bool isDrill(const json::Value& cluster) {
  json::Decoder decoder(cluster);
  return !labelOf(decoder.root(), kDrillLabel).empty();
}

ExistingDrill judgeExistingDrill(const json::Value& cluster, const std::string& live) {
  json::Decoder decoder(cluster);
  const json::View root = decoder.root();
  const json::View metadata = root["metadata"];
  const std::string name = metadata["namespace"].stringOr("") + "/" + metadata["name"].stringOr("");
  ExistingDrill existing;
  existing.uid = metadata["uid"].stringOr("");
  if (labelOf(root, kDrillLabel) != live) {
    existing.words = "Cluster " + name + " exists and is no restore drill of " + live + " (label " +
                     std::string(kDrillLabel) + "), so it is left alone; a drill needs that name";
    return existing;
  }
  existing.state = metadata["deletionTimestamp"].present() ? ExistingDrill::State::kGoing
                                                           : ExistingDrill::State::kAbandoned;
  return existing;
}

namespace {

tl::expected<JudgedGroup, NothingToRestore> chooseNamed(const JudgedGroups& groups,
                                                        const std::string& wanted) {
  const auto found = groups.find(wanted);
  if (!found) {
    return tl::unexpected(
        NothingToRestore{Why::kUnknown, "there is no backup " + wanted + " of this Cluster"});
  }
  const Judgement judgement = groups.judgementOf(*found);
  if (isGood(judgement.verdict)) return groups[*found];
  const bool passes =
      judgement.verdict == Verdict::kPending || judgement.verdict == Verdict::kTerminating;
  return tl::unexpected(NothingToRestore{passes ? Why::kNotNow : Why::kNotGood,
                                         "backup " + wanted + " is " +
                                             std::string(toString(judgement.verdict)) + ": " +
                                             judgement.reason + "; nothing was restored"});
}

}  // namespace

tl::expected<JudgedGroup, NothingToRestore> chooseForDrill(const JudgedGroups& groups,
                                                           const std::string& wanted,
                                                           timing::Instant now) {
  if (!wanted.empty()) return chooseNamed(groups, wanted);
  std::optional<JudgedGroup> newest;
  const auto rank = [&](const JudgedGroup& judged) {
    const auto end = judged.group.endTime().instant();
    const bool ahead = end && liesAhead(*end, now);
    return std::tuple(end.has_value() && !ahead, end, judged.group.name);
  };
  for (const JudgedGroup& judged : groups) {
    if (!isGood(judged.judgement.verdict)) continue;
    if (!newest || rank(judged) > rank(*newest)) newest = judged;
  }
  if (newest) return *std::move(newest);
  return tl::unexpected(NothingToRestore{
      Why::kNotGood, "there is no good backup to restore; db-backup-status shows what there is"});
}

}  // namespace job
