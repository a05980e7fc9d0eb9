#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace job {

/// How many columns of a terminal a text takes: none for combining marks, two for East Asian wide
/// characters and emoji.
std::size_t displayWidth(std::string_view text);

/// Rows of cells under a title each, aligned by display width. Cells are made fit for one line.
class TextTable {
 public:
  explicit TextTable(std::vector<std::string> titles) : rows_{std::move(titles)} {}

  /// As many cells as titles; an empty one is shown as "-".
  void add(std::vector<std::string> cells);
  /// Lines with their line ends and no blanks before them.
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace job
