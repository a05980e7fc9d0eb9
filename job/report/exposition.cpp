#include "job/report/exposition.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <system_error>

#include "common/text/ascii.h"

namespace job {
namespace {

/// Takes name="value" off the front; false when there is none.
bool takeLabel(std::string_view& text) {
  const std::size_t equals = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_");
  if (equals == 0 || !text.substr(std::min(equals, text.size())).starts_with("=\"")) return false;
  text.remove_prefix(equals + 2);
  while (!text.empty() && text.front() != '"') {
    const bool escape = text.front() == '\\';
    if (escape && (text.size() < 2 || std::string_view("\\\"n").find(text[1]) == std::string::npos))
      return false;
    text.remove_prefix(escape ? 2 : 1);
  }
  if (text.empty()) return false;
  text.remove_prefix(1);
  return true;
}

bool areLabels(std::string_view text) {
  if (!text::isVisibleAscii(text)) return false;
  while (takeLabel(text)) {
    if (text.empty()) return true;
    if (text.front() != ',') return false;
    text.remove_prefix(1);
  }
  return false;
}

bool isNumber(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && std::isfinite(value);
}

/// Adds what a line says.
void readLine(std::span<const MetricFamily> families, std::string_view line, MetricSeries& series) {
  const std::size_t open = line.find('{');
  const std::size_t close = line.rfind("} ");
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return;
  const auto family = std::ranges::find(families, line.substr(0, open), &MetricFamily::name);
  const std::string_view labels = line.substr(open + 1, close - open - 1);
  const std::string_view value = line.substr(close + 2);
  if (family == families.end() || !areLabels(labels) || !isNumber(value)) return;
  series[family->name][std::string(labels)] = value;
}

}  // namespace

std::string metricLabel(std::string_view name, std::string_view value) {
  std::string text = std::string(name) + "=\"";
  for (const char c : value) {
    if (c == '\n') {
      text += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') text += '\\';
    text += c;
  }
  return text + '"';
}

std::string writeExposition(std::span<const MetricFamily> families, const MetricSeries& series) {
  std::string text;
  for (const MetricFamily& family : families) {
    const auto found = series.find(family.name);
    if (found == series.end() || found->second.empty()) continue;
    const std::string name(family.name);
    text += "# HELP " + name + " " + std::string(family.help) + "\n";
    text += "# TYPE " + name + " " + std::string(family.type) + "\n";
    for (const auto& [labels, value] : found->second) {
      text += name + (labels.empty() ? "" : "{" + labels + "}") + " " + value + "\n";
    }
  }
  return text;
}

MetricSeries readExposition(std::span<const MetricFamily> families, std::string_view text) {
  MetricSeries series;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    readLine(families, text.substr(0, end), series);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return series;
}

}  // namespace job
