#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "tests/matrix/cell_plan.h"

namespace matrix {

struct Settings {
  std::string worker;
  std::string kubeconfig;  // empty: simulated clusters
  int lanes = 1;
  bool all = false;  // else a slice
  std::optional<Cell> only;
  std::string table_file;
};

extern const char* const kUsage;

/// The error is one line for people.
tl::expected<Settings, std::string> parseSettings(const std::vector<std::string>& arguments);

}  // namespace matrix
