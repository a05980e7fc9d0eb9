#include <algorithm>
#include <string>

#include "common/k8s/warning_header.h"
#include "tests/fuzz/fuzz.h"

namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

/// The input's lines as the texts of warnings, those with an odd length of another code or dated.
void textsComeBack(std::string_view input) {
  std::vector<std::string> texts;
  std::string header;
  for (std::string_view rest = input; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const bool ours = line.size() % 4 != 3;
    if (ours) texts.emplace_back(line);
    header += std::string(header.empty() ? "" : ", ") + (ours ? "299" : "199") + " - " +
              quoted(line) + (line.size() % 2 == 1 ? R"( "Wed, 21 Oct 2015 07:28:00 GMT")" : "");
  }
  fuzz::require(k8s::warningTexts(header) == texts, "the texts of a header come back");
}

}  // namespace

void fuzz::testOne(std::string_view input) {
  std::size_t total = 0;
  for (const std::string& text : k8s::warningTexts(input)) total += text.size() + 2;
  fuzz::require(total <= input.size(), "the texts are no longer than the header");
  textsComeBack(input);
}
