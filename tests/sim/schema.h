#pragma once

#include <map>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#include "common/json/value.h"
#include "tests/sim/status_error.h"

namespace sim {

/// A structural openAPIV3Schema and what the API server does with it. CEL rules
/// (x-kubernetes-validations) are not evaluated.
class Schema {
 public:
  explicit Schema(json::Value open_api) : root_(std::move(open_api)) {}

  /// Removes the fields that the schema does not know; returns their paths.
  std::vector<std::string> prune(json::Value& object) const;
  /// Fills in defaults; drops nulls where null is no value.
  void applyDefaults(json::Value& object) const;
  std::vector<Cause> validate(const json::Value& object) const;

 private:
  void check(const json::Value& value, const json::Value& schema, const std::string& path,
             std::vector<Cause>& causes) const;
  void checkObject(const json::Value& value, const json::Value& schema, const std::string& path,
                   std::vector<Cause>& causes) const;
  void checkString(const std::string& text, const json::Value& schema, const std::string& path,
                   std::vector<Cause>& causes) const;
  void checkAlternatives(const json::Value& value, const json::Value& schema,
                         const std::string& path, std::vector<Cause>& causes) const;
  bool accepts(const json::Value& value, const json::Value& schema) const;
  const std::optional<std::regex>& compiled(const std::string& pattern) const;

  json::Value root_;
  mutable std::map<std::string, std::optional<std::regex>> patterns_;
};

}  // namespace sim
