#include <algorithm>
#include <array>
#include <string>

#include "job/report/exposition.h"
#include "tests/fuzz/fuzz.h"

namespace {

constexpr std::array kFamilies{job::MetricFamily{"a_seconds", "gauge", "Help."},
                               job::MetricFamily{"b", "untyped", "Help."}};

/// What a collector takes: each line a comment or a series with a number, none of them odd.
void isWellFormed(std::string_view text) {
  fuzz::require(text.empty() || text.ends_with('\n'), "the last line has its end");
  while (!text.empty()) {
    const std::string line(text.substr(0, text.find('\n')));
    text.remove_prefix(line.size() + 1);
    if (line.starts_with("# ")) continue;
    fuzz::require(line.starts_with("a_seconds{") || line.starts_with("b{"), "it is a known series");
    const std::size_t blank = line.find(' ');
    fuzz::require(blank != std::string::npos && line[blank - 1] == '}', "its labels have no blank");
    fuzz::require(std::count(line.begin(), line.end(), '"') >= 2, "its labels have values");
    char* end = nullptr;
    (void)std::strtod(line.c_str() + blank + 1, &end);
    fuzz::require(end == line.c_str() + line.size(), "its value is a number");
  }
}

/// The input as a label's value.
void labelsRoundTrip(std::string_view value) {
  const std::string label = job::metricLabel("name", value);
  const std::string line = "b{" + label + "} 1\n";
  const job::MetricSeries series = job::readExposition(kFamilies, line);
  const bool readable = std::all_of(value.begin(), value.end(),
                                    [](char c) { return (c > ' ' && c < '\x7f') || c == '\n'; });
  fuzz::require(series.empty() != readable, "a label of visible characters is read back");
  if (readable) fuzz::require(series.at("b").contains(label), "as it was written");
}

}  // namespace

void fuzz::testOne(std::string_view input) {
  const job::MetricSeries series = job::readExposition(kFamilies, input);
  const std::string written = job::writeExposition(kFamilies, series);
  isWellFormed(written);
  fuzz::require(job::readExposition(kFamilies, written) == series, "what is written is read back");
  labelsRoundTrip(input);
}
