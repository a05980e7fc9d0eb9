#include "job/decide/quota.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>

#include "common/json/view.h"
#include "job/model/quantity.h"

namespace job {
namespace {

struct Limit {
  std::string quota;
  std::string name;
  std::string hard;
  std::string used;
};

bool namesCompute(const Demand& demand) {
  return std::ranges::any_of(demand, [](const auto& wanted) {
    return wanted.first.starts_with("requests.cpu") ||
           wanted.first.starts_with("requests.memory") || wanted.first.starts_with("limits.");
  });
}

/// Whether pods such as ours are among those that the scope counts.
bool countsOurPods(std::string_view scope, std::string_view operation, const Demand& demand) {
  if (scope == "NotTerminating") return true;
  if (scope == "BestEffort") return !namesCompute(demand);
  if (scope == "NotBestEffort") return namesCompute(demand);
  // Terminating, CrossNamespacePodAffinity and VolumeAttributesClass count others, if they exist.
  return scope == "PriorityClass" && (operation == "DoesNotExist" || operation == "NotIn");
}

bool counts(const json::View& spec, const Demand& demand) {
  const auto scopes = spec["scopes"].strings();
  const auto selectors = spec["scopeSelector"]["matchExpressions"].elements();
  return std::ranges::all_of(
             scopes, [&](const auto& scope) { return countsOurPods(scope, "Exists", demand); }) &&
         std::ranges::all_of(selectors, [&](const json::View& selector) {
           return countsOurPods(selector["scopeName"].stringOr(""),
                                selector["operator"].stringOr(""), demand);
         });
}

std::vector<Limit> limitsOf(const json::Value& quota, const Demand& demand) {
  json::Decoder decoder(quota);
  const json::View root = decoder.root();
  if (!counts(root["spec"], demand)) return {};
  const json::View status = root["status"];
  const json::View hard = status["hard"].present() ? status["hard"] : root["spec"]["hard"];
  std::vector<Limit> limits;
  for (const auto& [name, quantity] : hard.stringMembers()) {
    limits.push_back({.quota = root["metadata"]["name"].stringOr(""),
                      .name = name,
                      .hard = quantity,
                      .used = status["used"][name].stringOr("0")});
  }
  return limits;
}

/// The demand that counts against a limit of this name.
std::optional<double> demanded(const Demand& demand, const std::string& limit) {
  std::string name = limit;
  if (name == "cpu" || name == "memory") name = "requests." + name;
  constexpr std::string_view kCount = "count/";
  if (name.starts_with(kCount) && name.find('.') == std::string::npos) {
    name.erase(0, kCount.size());
  }
  const auto found = demand.find(name);
  return found == demand.end() ? std::nullopt : bytesOfQuantity(found->second);
}

/// "1.5", "30Gi": bytes are told in units, what is counted is not.
std::string shown(const std::string& limit, double amount) {
  if (limit.ends_with("storage") || limit.ends_with("memory")) return humanSize(amount);
  constexpr double kThousand = 1000;
  const auto thousandths = std::llround(amount * kThousand);
  return thousandths % 1000 == 0 ? std::to_string(thousandths / 1000)
                                 : std::to_string(thousandths) + "m";
}

std::optional<std::string> exceeded(const Limit& limit, const Demand& demand) {
  const auto more = demanded(demand, limit.name);
  const auto hard = bytesOfQuantity(limit.hard);
  const auto used = bytesOfQuantity(limit.used);
  if (!more || *more == 0 || !hard || !used) return std::nullopt;
  // 100m and 200m are 300m, whatever binary fractions make of it.
  constexpr double kRounding = 1e-9;
  const double missing = *used + *more - *hard;
  if (missing <= kRounding * *hard) return std::nullopt;
  return "ResourceQuota " + limit.quota + ": " + limit.used + " of " + limit.hard + " " +
         limit.name + " are used, " + shown(limit.name, *more) +
         " more are needed: " + shown(limit.name, missing) + " too many";
}

}  // namespace

std::vector<std::string> exceededQuotas(const std::vector<json::Value>& quotas,
                                        const Demand& demand) {
  std::vector<std::string> clauses;
  for (const json::Value& quota : quotas) {
    for (const Limit& limit : limitsOf(quota, demand)) {
      if (auto clause = exceeded(limit, demand)) clauses.push_back(*std::move(clause));
    }
  }
  return clauses;
}

}  // namespace job
