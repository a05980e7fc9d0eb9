#include <algorithm>
#include <array>
#include <string>

#include "common/json/write.h"
#include "job/report/pass_result.h"

namespace job {
namespace {

std::string written(const PassResult& result) {
  return json::write(toJson(result));
}

/// At most `size` bytes of `text`, cut at a character's border and marked.
std::string cut(const std::string& text, std::size_t size) {
  constexpr std::string_view kMark = "...";
  if (text.size() <= size) return text;
  std::size_t end = size > kMark.size() ? size - kMark.size() : 0;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + std::string(kMark);
}

struct List {
  const char* key;
  std::vector<std::string> PassResult::*entries;
};
constexpr std::array kLists = {
    List{"snapshots", &PassResult::snapshots},           List{"pruned", &PassResult::pruned},
    List{"wouldPrune", &PassResult::would_prune},        List{"held", &PassResult::held},
    List{"failedToPrune", &PassResult::failed_to_prune}, List{"warnings", &PassResult::warnings},
};

/// One endless text must not drive out everything else.
PassResult withoutEndlessTexts(const PassResult& whole, std::size_t limit) {
  PassResult result = whole;
  result.reason = cut(whole.reason, limit / 2);
  for (const List& list : kLists) {
    for (std::string& entry : result.*(list.entries)) entry = cut(entry, limit / 8);
  }
  return result;
}

/// Each list's entries up to `budget` bytes in all, the first ones; what is left out is counted in
/// a last warning.
PassResult shortened(const PassResult& whole, std::size_t budget) {
  PassResult result = whole;
  std::string left_out;
  for (const List& list : kLists) {
    std::vector<std::string>& entries = result.*(list.entries);
    std::size_t size = 0;
    const auto first_beyond = std::ranges::find_if(entries, [&](const std::string& entry) {
      constexpr std::size_t kQuotesAndComma = 3;
      size += entry.size() + kQuotesAndComma;
      return size > budget;
    });
    const auto beyond = entries.end() - first_beyond;
    if (beyond == 0) continue;
    entries.erase(first_beyond, entries.end());
    left_out += (left_out.empty() ? "" : ", ") + std::to_string(beyond) + " of " + list.key;
  }
  if (!left_out.empty()) result.warnings.push_back("left out here for space: " + left_out);
  return result;
}

/// As much of the lists as fits beside the texts: the largest budget that does, or none of them.
PassResult withListsThatFit(const PassResult& whole, std::size_t limit) {
  std::size_t fits = 0;
  for (std::size_t beyond = limit; beyond - fits > 1;) {
    const std::size_t budget = fits + (beyond - fits) / 2;
    (written(shortened(whole, budget)).size() <= limit ? fits : beyond) = budget;
  }
  return shortened(whole, fits);
}

/// Shortens the text by what the object is too long. An escape takes more bytes than the character,
/// so cutting as many bytes of the text is always enough.
void cutToFit(std::string& text, PassResult& result, std::size_t limit) {
  const std::size_t size = written(result).size();
  if (size <= limit) return;
  const std::size_t excess = size - limit;
  text = cut(text, text.size() > excess ? text.size() - excess : 0);
}

}  // namespace

std::string terminationMessage(const PassResult& whole, std::size_t limit) {
  if (std::string message = written(whole); message.size() <= limit) return message;
  PassResult result = withListsThatFit(withoutEndlessTexts(whole, limit), limit);
  cutToFit(result.reason, result, limit);
  if (result.backup) cutToFit(*result.backup, result, limit);
  for (std::string* text :
       {&result.cluster, &result.last_backup_time, &result.next_backup_time, &result.command}) {
    cutToFit(*text, result, limit);
  }
  return written(result);
}

}  // namespace job
