#include "job/decide/rights.h"

#include <algorithm>
#include <iterator>

#include "common/json/view.h"
#include "job/model/names.h"

namespace job {
namespace {

constexpr const char* kLeaseGroup = "coordination.k8s.io";

struct Rule {
  std::vector<std::string> verbs;
  std::vector<std::string> groups;
  std::vector<std::string> resources;
  std::vector<std::string> names;
};

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

bool containsOrAll(const std::vector<std::string>& list, const std::string& text) {
  return contains(list, "*") || contains(list, text);
}

bool coversResource(const Rule& rule, const std::string& resource) {
  if (containsOrAll(rule.resources, resource)) return true;
  const std::size_t slash = resource.find('/');
  return slash != std::string::npos && contains(rule.resources, "*" + resource.substr(slash));
}

/// A rule with names grants nothing where the request has none: not a list, nor the creation of an
/// object, whose name RBAC does not see.
bool coversName(const Rule& rule, const Right& right) {
  if (rule.names.empty()) return true;
  return right.verb != "create" && contains(rule.names, right.name);
}

bool grants(const Rule& rule, const Right& right) {
  return containsOrAll(rule.verbs, right.verb) && containsOrAll(rule.groups, right.group) &&
         coversResource(rule, right.resource) && coversName(rule, right);
}

std::vector<Rule> readRules(const json::View& status) {
  std::vector<Rule> rules;
  for (const json::View& rule : status["resourceRules"].elements()) {
    rules.push_back({.verbs = rule["verbs"].strings(),
                     .groups = rule["apiGroups"].strings(),
                     .resources = rule["resources"].strings(),
                     .names = rule["resourceNames"].strings()});
  }
  return rules;
}

/// A right on all objects of a type, or on the one named.
Right rightOn(const k8s::ResourceType& type, std::string verb, Right::Needed needed,
              std::string name = "") {
  return {std::move(verb), type.group, type.plural, std::move(name), needed};
}

}  // namespace

std::string describe(const Right& right, const std::string& name_space) {
  const std::size_t slash = right.resource.find('/');
  std::string resource = right.resource.substr(0, slash);
  if (!right.group.empty()) resource += "." + right.group;
  if (slash != std::string::npos) resource += right.resource.substr(slash);
  const std::string object = right.name.empty() ? "" : " \"" + right.name + "\"";
  return right.verb + " " + resource + object + " in namespace " + name_space;
}

std::optional<std::vector<Right>> missingRights(const json::Value& review,
                                                const std::vector<Right>& wanted) {
  json::Decoder decoder(review);
  const json::View status = decoder.root()["status"];
  const bool incomplete = !status.present() || status["incomplete"].booleanOr(false);
  const std::vector<Rule> rules = readRules(status);
  if (incomplete || decoder.error()) return std::nullopt;

  std::vector<Right> missing;
  std::copy_if(wanted.begin(), wanted.end(), std::back_inserter(missing), [&](const Right& right) {
    return std::none_of(rules.begin(), rules.end(),
                        [&](const Rule& rule) { return grants(rule, right); });
  });
  return missing;
}

std::vector<Right> rightsOfPass(const PassScope& scope) {
  constexpr auto kToBackUp = Right::Needed::kToBackUp;
  constexpr auto kToFinish = Right::Needed::kToFinish;
  constexpr auto kToSync = Right::Needed::kToSync;
  const std::string& cluster = scope.cluster;
  const std::string& system = scope.system;
  const k8s::ResourceType clusters = clusterType(scope.cnpg_group);
  const k8s::ResourceType backups = backupType(scope.cnpg_group);
  const k8s::ResourceType schedules = scheduledBackupType(scope.cnpg_group);
  const k8s::ResourceType snapshots = volumeSnapshotType();
  const std::string lease = cluster + "-db-backup";

  std::vector<Right> rights = {
      rightOn(nooBaaType(), "get", kToBackUp, system),
      rightOn(clusters, "get", kToBackUp, cluster),
      rightOn(clusters, "list", kToBackUp, cluster),
      rightOn(clusters, "watch", kToBackUp, cluster),
      rightOn(schedules, "list", kToBackUp),
      rightOn(backups, "get", kToBackUp),
      rightOn(backups, "list", kToBackUp),
      rightOn(backups, "watch", kToBackUp),
      rightOn(backups, "create", kToBackUp),
      rightOn(snapshots, "get", kToBackUp),
      rightOn(snapshots, "list", kToBackUp),
      rightOn(snapshots, "watch", kToBackUp),
      rightOn(persistentVolumeClaimType(), "list", kToBackUp),
      {"get", kLeaseGroup, "leases", lease, kToBackUp},
      {"create", kLeaseGroup, "leases", "", kToBackUp},
      {"update", kLeaseGroup, "leases", lease, kToBackUp},
  };
  if (scope.labels) rights.push_back(rightOn(snapshots, "patch", kToFinish));
  if (scope.prunes) {
    rights.push_back(rightOn(snapshots, "delete", kToFinish));
    rights.push_back(rightOn(backups, "delete", kToFinish));
    rights.push_back(rightOn(clusters, "list", kToFinish));
    rights.push_back(
        {"patch", nooBaaType().group, nooBaaType().plural + "/status", system, kToFinish});
  }
  if (scope.patches_cluster) rights.push_back(rightOn(clusters, "patch", kToBackUp, cluster));
  if (scope.suspends_schedules) rights.push_back(rightOn(schedules, "patch", kToBackUp));
  if (!scope.cron_job.empty()) {
    rights.push_back(rightOn(cronJobType(), "get", kToSync, scope.cron_job));
    rights.push_back(rightOn(cronJobType(), "patch", kToSync, scope.cron_job));
  }
  return rights;
}

std::vector<Right> rightsToRecover(const PassScope& scope) {
  constexpr auto kNeeded = Right::Needed::kToRecover;
  const k8s::ResourceType clusters = clusterType(scope.cnpg_group);
  const std::string lease = scope.cluster + "-db-backup";
  return {
      rightOn(nooBaaType(), "get", kNeeded, scope.system),
      rightOn(clusters, "get", kNeeded, scope.cluster),
      rightOn(clusters, "create", kNeeded),
      rightOn(backupType(scope.cnpg_group), "get", kNeeded),
      rightOn(volumeSnapshotType(), "get", kNeeded),
      rightOn(volumeSnapshotType(), "list", kNeeded),
      rightOn(persistentVolumeClaimType(), "list", kNeeded),
      rightOn(podType(), "list", kNeeded),
      rightOn(jobType(), "list", kNeeded),
      rightOn(deploymentType(), "get", kNeeded, "noobaa-operator"),
      {"get", kLeaseGroup, "leases", lease, kNeeded},
      {"create", kLeaseGroup, "leases", "", kNeeded},
      {"update", kLeaseGroup, "leases", lease, kNeeded},
  };
}

std::vector<Right> rightsToRecord() {
  constexpr auto kNeeded = Right::Needed::kToRecord;
  const std::string name(kHistoryName);
  return {rightOn(configMapType(), "get", kNeeded, name),
          rightOn(configMapType(), "patch", kNeeded, name),
          rightOn(configMapType(), "create", kNeeded)};
}

}  // namespace job
