#include "job/report/progress_line.h"

#include <chrono>

#include "common/json/escape.h"
#include "common/text/utf8.h"
#include "job/report/text_table.h"

namespace job {
namespace {

std::string minutesAndSeconds(timing::Duration elapsed) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(elapsed).count();
  const std::string rest = std::to_string(seconds % 60);
  return std::to_string(seconds / 60) + (rest.size() < 2 ? ":0" : ":") + rest;
}

}  // namespace

std::string progressLine(std::string_view what, timing::Duration elapsed, std::size_t columns) {
  std::string text;
  json::appendEscaped(text, what, json::Quotes::kKept);
  const std::string end = " (" + minutesAndSeconds(elapsed) + ")";
  // Many terminals break the line once its last column is taken.
  if (displayWidth(text + end) < columns) return text + end;
  constexpr std::string_view kCut = "...";
  while (!text.empty() && displayWidth(text) + kCut.size() + end.size() >= columns) {
    text.resize(text::cutUtf8(text, text.size() - 1).size());
  }
  return text + std::string(kCut) + end;
}

}  // namespace job
