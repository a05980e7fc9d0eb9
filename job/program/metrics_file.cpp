#include "job/program/metrics_file.h"

#include "common/k8s/connection/small_file.h"
#include "job/pass/replace_file.h"

namespace job {

std::optional<std::string> updateMetricsFile(const std::string& path, const MetricsSample& sample) {
  const auto before = k8s::readSmallFile(path);
  if (!before && before.error() != k8s::kNoSuchFile) {
    return "what it holds can't be read: " + before.error();
  }
  return replaceFile(path, metricsFileAfter(before.value_or(""), sample));
}

}  // namespace job
