#include "job/report/termination_message.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "common/json/write.h"
#include "job/report/drill_report.h"
#include "job/report/pass_result.h"

namespace job {
namespace {

constexpr std::string_view kReason = "reason";
constexpr std::string_view kWarnings = "warnings";

std::size_t sizeOf(const json::Object& result) {
  return json::write(result).size();
}

/// At most `size` bytes of `text`, cut at a character's border and marked.
std::string cut(const std::string& text, std::size_t size) {
  constexpr std::string_view kMark = "...";
  if (text.size() <= size) return text;
  std::size_t end = size > kMark.size() ? size - kMark.size() : 0;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + std::string(kMark);
}

void cutTextsIn(json::Value& value, std::size_t size) {
  if (std::string* text = value.string()) {
    *text = cut(*text, size);
  } else if (json::Array* array = value.array()) {
    for (json::Value& each : *array) cutTextsIn(each, size);
  } else if (json::Object* object = value.object()) {
    for (auto& member : *object) cutTextsIn(member.second, size);
  }
}

/// One endless text must not drive out everything else.
json::Object withoutEndlessTexts(json::Object result, std::size_t limit) {
  for (auto& [key, value] : result) {
    if (key == kReason) cutTextsIn(value, limit / 2);
    if (json::Array* array = value.array()) {
      for (json::Value& each : *array) {
        cutTextsIn(each, each.string() != nullptr ? limit / 8 : limit / 32);
      }
    }
  }
  return result;
}

/// Each list's entries up to `budget` bytes in all, the first ones; what is left out is counted in
/// a last warning.
json::Object shortened(json::Object result, std::size_t budget) {
  std::string left_out;
  for (auto& [key, value] : result) {
    json::Array* list = value.array();
    if (list == nullptr) continue;
    std::size_t size = 0;
    const auto first_beyond = std::ranges::find_if(*list, [&](const json::Value& entry) {
      constexpr std::size_t kQuotesAndComma = 3;
      // What is deeper within was cut to a known size, and of that there are few.
      if (entry.string() != nullptr) size += entry.string()->size() + kQuotesAndComma;
      return size > budget;
    });
    const auto beyond = list->end() - first_beyond;
    if (beyond == 0) continue;
    list->erase(first_beyond, list->end());
    left_out += (left_out.empty() ? "" : ", ") + std::to_string(beyond) + " of " + key;
  }
  if (left_out.empty()) return result;
  json::Value& warnings = result[kWarnings];
  if (warnings.array() == nullptr) warnings = json::Array{};
  warnings.array()->emplace_back("left out here for space: " + left_out);
  return result;
}

/// As much of the lists as fits beside the texts: the largest budget that does, or none of them.
json::Object withListsThatFit(const json::Object& whole, std::size_t limit) {
  std::size_t fits = 0;
  for (std::size_t beyond = limit; beyond - fits > 1;) {
    const std::size_t budget = fits + (beyond - fits) / 2;
    (sizeOf(shortened(whole, budget)) <= limit ? fits : beyond) = budget;
  }
  return shortened(whole, fits);
}

/// Shortens the text by what the object is too long. An escape takes more bytes than the character,
/// so cutting as many bytes of the text is always enough.
void shortenToFit(std::string& text, const json::Object& result, std::size_t limit) {
  const std::size_t size = sizeOf(result);
  if (size <= limit) return;
  const std::size_t excess = size - limit;
  text = cut(text, text.size() > excess ? text.size() - excess : 0);
}

std::string messageOf(const json::Value& result, std::size_t limit) {
  return json::write(cutToFit(*result.object(), limit));
}

}  // namespace

json::Object cutToFit(const json::Object& whole, std::size_t limit) {
  if (sizeOf(whole) <= limit) return whole;
  json::Object result = withListsThatFit(withoutEndlessTexts(whole, limit), limit);
  if (json::Value* reason = result.find(kReason); reason != nullptr && reason->string()) {
    shortenToFit(*reason->string(), result, limit);
  }
  for (auto& member : result) {
    if (std::string* text = member.second.string()) shortenToFit(*text, result, limit);
  }
  return result;
}

std::string terminationMessage(const PassResult& result, std::size_t limit) {
  return messageOf(toJson(result), limit);
}

std::string terminationMessage(const DrillReport& report, std::size_t limit) {
  return messageOf(toJson(report), limit);
}

}  // namespace job
