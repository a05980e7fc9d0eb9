#include "common/k8s/warning_header.h"

#include <optional>

namespace k8s {
namespace {

void skipBlanks(std::string_view& rest) {
  while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t')) rest.remove_prefix(1);
}

std::string_view takeWord(std::string_view& rest) {
  const std::string_view word = rest.substr(0, rest.find_first_of(" \t"));
  rest.remove_prefix(word.size());
  skipBlanks(rest);
  return word;
}

std::optional<std::string> takeQuoted(std::string_view& rest) {
  if (rest.empty() || rest.front() != '"') return std::nullopt;
  std::string text;
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '"') {
      rest.remove_prefix(i + 1);
      skipBlanks(rest);
      return text;
    }
    if (rest[i] == '\\' && i + 1 < rest.size()) ++i;
    text += rest[i];
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> warningTexts(std::string_view header) {
  std::vector<std::string> texts;
  std::string_view rest = header;
  skipBlanks(rest);
  while (!rest.empty()) {
    const std::string_view code = takeWord(rest);
    takeWord(rest);  // the agent
    auto text = takeQuoted(rest);
    if (!text) break;
    if (code == "299") texts.push_back(*std::move(text));
    takeQuoted(rest);  // the date
    if (rest.empty() || rest.front() != ',') break;
    rest.remove_prefix(1);
    skipBlanks(rest);
  }
  return texts;
}

}  // namespace k8s
