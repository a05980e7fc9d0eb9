#include "job/program/publish_metrics.h"

#include <chrono>
#include <exception>
#include <optional>

#include "job/cli/quoted.h"
#include "job/program/metrics_file.h"
#include "job/program/pushgateway.h"

namespace job {
namespace {

constexpr std::chrono::seconds kPatience{5};
constexpr std::chrono::seconds kPatienceOnceStopped{1};

std::optional<std::string> pushTo(const PushgatewayUrl& url, const MetricsSample& sample,
                                  const timing::Clock& clock, const std::stop_token& stop) {
  const bool stopped = stop.stop_requested();
  const auto deadline = timing::Deadline::in(clock, stopped ? kPatienceOnceStopped : kPatience);
  return push(url, pushPath(sample), pushedMetrics(sample), clock, deadline,
              stopped ? std::stop_token() : stop);
}

/// Even a bug here must not take the place of the pass's own result.
template <typename Work>
std::optional<std::string> withoutThrowing(Work work) {
  try {
    return work();
  } catch (const std::exception& bug) {
    return std::string("unexpected error, please report it: ") + bug.what();
  }
}

}  // namespace

std::vector<std::string> publishMetrics(const Settings& settings, const MetricsSample& sample,
                                        const timing::Clock& clock, const std::stop_token& stop) {
  std::vector<std::string> warnings;
  if (pushedMetrics(sample).empty()) return warnings;  // a sync that did not get far
  if (!settings.metrics_file.empty()) {
    const auto problem =
        withoutThrowing([&] { return updateMetricsFile(settings.metrics_file, sample); });
    if (problem) {
      warnings.push_back("the metrics were not written to " + escaped(settings.metrics_file) +
                         " (--metrics-file): " + *problem);
    }
  }
  if (settings.pushgateway) {
    const auto problem =
        withoutThrowing([&] { return pushTo(*settings.pushgateway, sample, clock, stop); });
    if (problem) {
      warnings.push_back("the metrics were not pushed to " + settings.pushgateway->address() +
                         " (--pushgateway): " + *problem);
    }
  }
  return warnings;
}

}  // namespace job
