#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "common/json/value.h"

namespace sim {

/// A parsed labelSelector: "a=b,c!=d,e in (f,g),h notin (i),j,!k".
class LabelSelector {
 public:
  static tl::expected<LabelSelector, std::string> parse(std::string_view text);
  bool matches(const json::Value& object) const;
  bool empty() const { return requirements_.empty(); }

 private:
  enum class Operator { kIn, kNotIn, kExists, kDoesNotExist };
  struct Requirement {
    std::string key;
    Operator op = Operator::kExists;
    std::vector<std::string> values;
  };
  class Parser;
  std::vector<Requirement> requirements_;
};

/// A parsed fieldSelector over metadata.name and metadata.namespace.
class FieldSelector {
 public:
  static tl::expected<FieldSelector, std::string> parse(std::string_view text);
  bool matches(const json::Value& object) const;
  bool empty() const { return requirements_.empty(); }

 private:
  struct Requirement {
    std::string field;
    bool equal = true;
    std::string value;
  };
  std::vector<Requirement> requirements_;
};

/// Both selectors of a list or watch.
struct Selection {
  LabelSelector labels;
  FieldSelector fields;
  bool matches(const json::Value& object) const {
    return fields.matches(object) && labels.matches(object);
  }
  bool empty() const { return labels.empty() && fields.empty(); }
};

}  // namespace sim
