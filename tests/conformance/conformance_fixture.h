#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "common/json/value.h"
#include "tests/conformance/http_api.h"
#include "tests/conformance/target.h"
#include "tests/sim/json_path.h"

namespace conformance {

/// What all tests share: the server under test with a namespace and a custom type of their own,
/// removed at the end.
class Environment final : public testing::Environment {
 public:
  static Environment& instance();

  void SetUp() override;
  void TearDown() override;

  Target& target() { return *target_; }
  const std::string& nameSpace() const { return name_space_; }

 private:
  void defineWidgets(HttpApi& api);

  std::unique_ptr<Target> target_;
  std::string name_space_;
};

/// Tries again until `holds`, as what controllers do takes a moment. False after half a minute.
bool eventually(timing::Clock& clock, const std::function<bool()>& holds);

class ConformanceTest : public testing::Test {
 protected:
  ConformanceTest();

  /// A name that no other test uses.
  std::string unique(const std::string& name) const;
  std::string configMaps(const std::string& name = "") const;
  std::string widgets(const std::string& name = "") const;
  json::Value configMap(const std::string& name) const;
  json::Value widget(const std::string& name) const;
  /// The collection's current resourceVersion.
  std::string versionOf(const std::string& collection);
  bool eventuallyGone(const std::string& target);

  Environment& environment_ = Environment::instance();
  HttpApi api_;
};

}  // namespace conformance
