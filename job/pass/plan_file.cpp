#include "job/pass/plan_file.h"

#include "common/json/write.h"
#include "common/k8s/connection/small_file.h"
#include "job/pass/replace_file.h"

namespace job {
namespace {

Failure unusable(const std::string& path, const std::string& why) {
  return {ExitCode::kConfiguration, "the plan " + path + " can't be used: " + why};
}

}  // namespace

Outcome<PrunePlanFile> readPlanFile(const std::string& path) {
  const auto text = k8s::readSmallFile(path);
  if (!text) return tl::unexpected(unusable(path, text.error()));
  auto plan = readPrunePlan(*text);
  if (!plan) {
    return tl::unexpected(
        unusable(path, plan.error() + "; it has to be as `prune --plan-out` wrote it"));
  }
  return *std::move(plan);
}

Outcome<void> writePlanFile(const std::string& path, const PrunePlanFile& plan) {
  const auto problem = replaceFile(path, json::writePretty(toJson(plan)) + "\n");
  if (!problem) return {};
  return tl::unexpected(
      Failure{ExitCode::kConfiguration, "the plan can't be written to " + path + ": " + *problem});
}

}  // namespace job
