#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "job/report/colours.h"

namespace job {

/// How many columns of a terminal a text takes: none for combining marks, two for East Asian wide
/// characters and emoji.
std::size_t displayWidth(std::string_view text);

/// Columns that are as wide as the widest of their cells. Cells are made fit for one line; an empty
/// one is shown as "-".
class TextColumns {
 public:
  /// Each line has as many cells as the first one.
  void fit(const std::vector<std::string>& cells);
  /// With its line end; the cell in column `painted` in a colour. The cells have been fitted.
  void appendLine(std::string& out, const std::vector<std::string>& cells, std::size_t painted = 0,
                  Colour colour = Colour::kNone) const;

 private:
  std::vector<std::size_t> widths_;
};

/// Rows of cells under a title each, aligned by display width. Cells are made fit for one line.
class TextTable {
 public:
  explicit TextTable(const std::vector<std::string>& titles) { add(titles); }

  /// As many cells as titles; an empty one is shown as "-".
  void add(const std::vector<std::string>& cells) { rows_.push_back({cells}); }
  /// Gives one cell of the row added last a colour.
  void paint(std::size_t column, Colour colour) {
    rows_.back().painted = column;
    rows_.back().colour = colour;
  }
  /// Lines with their line ends and no blanks before them.
  std::string text() const;

 private:
  struct Row {
    std::vector<std::string> cells;
    std::size_t painted = 0;
    Colour colour = Colour::kNone;
  };
  std::vector<Row> rows_;
};

}  // namespace job
