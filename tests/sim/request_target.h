#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sim {

/// A request's path and query, decoded.
struct RequestTarget {
  std::vector<std::string> segments;  // of the path
  std::vector<std::pair<std::string, std::string>> query;

  static RequestTarget parse(std::string_view target);

  /// The first value of the parameter; empty when absent.
  std::string parameter(std::string_view name) const;
  bool has(std::string_view name) const;
  bool flag(std::string_view name) const;
  /// "/apis/batch/v1"
  std::string path() const;
};

/// What the path names when it is below /api/v1 or /apis/<group>/<version>.
struct ResourcePath {
  std::string group;
  std::string version;
  std::string name_space;  // empty: cluster-scoped, or all namespaces
  std::string plural;
  std::string name;
  std::string subresource;
  std::string rest;  // of a proxy's path, for whom it leads to: "/pg/status"

  static std::optional<ResourcePath> of(const RequestTarget& target);
};

std::string percentDecode(std::string_view text, bool plus_is_blank);

}  // namespace sim
