#pragma once

#include <map>
#include <string>

#include "common/k8s/connection/connection.h"

namespace testing_support {

/// A process's surroundings made of plain values.
struct TestSurroundings {
  std::map<std::string, std::string> files;
  std::map<std::string, std::string> unreadable;  // path and reason
  std::map<std::string, std::string> environment;

  k8s::Surroundings make() const {
    k8s::Surroundings surroundings;
    surroundings.environment = environment;
    surroundings.service_account_folder = "/sa";
    surroundings.home = "/home/me";
    surroundings.read_file =
        [*this](const std::string& path) -> tl::expected<std::string, std::string> {
      if (const auto reason = unreadable.find(path); reason != unreadable.end()) {
        return tl::unexpected(reason->second);
      }
      if (const auto file = files.find(path); file != files.end()) return file->second;
      return tl::unexpected(std::string(k8s::kNoSuchFile));
    };
    return surroundings;
  }
};

}  // namespace testing_support
