#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "job/report/colours.h"

namespace job {

/// How many columns of a terminal a text takes: none for combining marks, two for East Asian wide
/// characters and emoji.
std::size_t displayWidth(std::string_view text);

/// Rows of cells under a title each, aligned by display width. Cells are made fit for one line.
class TextTable {
 public:
  explicit TextTable(const std::vector<std::string>& titles) { add(titles); }

  /// As many cells as titles; an empty one is shown as "-".
  void add(const std::vector<std::string>& cells);
  /// Gives a cell of the row added last a colour.
  void paint(std::size_t column, Colour colour) { rows_.back()[column].colour = colour; }
  /// Lines with their line ends and no blanks before them.
  std::string text() const;

 private:
  struct Cell {
    std::string text;
    Colour colour = Colour::kNone;
  };
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace job
