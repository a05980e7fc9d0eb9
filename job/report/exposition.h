#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

namespace job {

/// A Prometheus metric, by its whole name.
struct MetricFamily {
  std::string_view name;
  std::string_view type;
  std::string_view help;
};

/// Of each metric's name: values by labels (`a="b",c="d"`, perhaps empty), so that no series is
/// there twice.
using MetricSeries = std::map<std::string_view, std::map<std::string, std::string>>;

/// name="value", with what has to be escaped.
std::string metricLabel(std::string_view name, std::string_view value);

/// Pure: the text exposition format, version 0.0.4, metrics in the order of `families`.
std::string writeExposition(std::span<const MetricFamily> families, const MetricSeries& series);

/// Pure: the series of `families` with labels and a finite value, as writeExposition() has them.
/// All else is passed over.
MetricSeries readExposition(std::span<const MetricFamily> families, std::string_view text);

}  // namespace job
