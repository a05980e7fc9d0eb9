#include "job/report/text_table.h"

#include <algorithm>
#include <array>

#include "common/json/escape.h"

namespace job {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// Coarse: what names and messages of a cluster may hold, not all of Unicode's tables.
constexpr std::array kMarks = {Range{0x0300, 0x036F}, Range{0x200B, 0x200F}, Range{0x20D0, 0x20FF},
                               Range{0xFE00, 0xFE0F}};
constexpr std::array kWide = {
    Range{0x1100, 0x115F}, Range{0x2E80, 0xA4CF},   Range{0xAC00, 0xD7A3},
    Range{0xF900, 0xFAFF}, Range{0xFE30, 0xFE6F},   Range{0xFF00, 0xFF60},
    Range{0xFFE0, 0xFFE6}, Range{0x1F300, 0x1FAFF}, Range{0x20000, 0x3FFFD}};

template <typename Ranges>
bool isIn(const Ranges& ranges, char32_t point) {
  return std::ranges::any_of(
      ranges, [&](const Range& range) { return point >= range.first && point <= range.last; });
}

bool isContinuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

/// Takes the first character; a stray byte counts as one.
char32_t takeCharacter(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  char32_t point = lead < 0x80   ? lead
                   : lead < 0xE0 ? lead & 0x1FU
                   : lead < 0xF0 ? lead & 0x0FU
                                 : lead & 0x07U;
  text.remove_prefix(1);
  while (!text.empty() && lead >= 0xC0 && isContinuation(text.front())) {
    point = (point << 6U) | (static_cast<unsigned char>(text.front()) & 0x3FU);
    text.remove_prefix(1);
  }
  return point;
}

std::string fitForLine(const std::string& cell) {
  std::string text;
  json::appendEscaped(text, cell.empty() ? "-" : cell, json::Quotes::kKept);
  return text;
}

}  // namespace

std::size_t displayWidth(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const char32_t point = takeCharacter(text);
    if (!isIn(kMarks, point)) width += isIn(kWide, point) ? 2 : 1;
  }
  return width;
}

void TextColumns::fit(const std::vector<std::string>& cells) {
  widths_.resize(cells.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    widths_[i] = std::max(widths_[i], displayWidth(fitForLine(cells[i])));
  }
}

void TextColumns::appendLine(std::string& out, const std::vector<std::string>& cells,
                             std::size_t painted_column, Colour colour) const {
  constexpr std::size_t kGap = 3;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string text = fitForLine(cells[i]);
    out += i == painted_column ? painted(text, colour) : text;
    const bool last = i + 1 == cells.size();
    out += last ? "\n" : std::string(widths_[i] - displayWidth(text) + kGap, ' ');
  }
}

std::string TextTable::text() const {
  TextColumns columns;
  for (const Row& row : rows_) columns.fit(row.cells);
  std::string out;
  for (const Row& row : rows_) columns.appendLine(out, row.cells, row.painted, row.colour);
  return out;
}

}  // namespace job
