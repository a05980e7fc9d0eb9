#include "tests/conformance/conformance_fixture.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <stdexcept>

namespace conformance {
namespace {

constexpr const char* kDefinitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
constexpr const char* kWidgetDefinition = R"({
  "apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition",
  "metadata":{"name":"widgets.conformance.noobaa-db-backup.io"},
  "spec":{"group":"conformance.noobaa-db-backup.io","scope":"Namespaced",
    "names":{"plural":"widgets","singular":"widget","kind":"Widget","listKind":"WidgetList"},
    "versions":[{"name":"v1","served":true,"storage":true,"subresources":{"status":{}},
      "schema":{"openAPIV3Schema":{"type":"object","properties":{
        "spec":{"type":"object","required":["size"],"properties":{
          "size":{"type":"integer","minimum":1,"maximum":10},
          "name":{"type":"string","pattern":"^[a-z]+$","minLength":2},
          "color":{"type":"string","enum":["red","green"]},
          "when":{"type":"string","format":"date-time"},
          "mode":{"type":"string","default":"auto"},
          "parts":{"type":"array","maxItems":2,"items":{"type":"object","required":["key"],
            "properties":{"key":{"type":"string"}}}},
          "labels":{"type":"object","additionalProperties":{"type":"string"}},
          "free":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}},
        "status":{"type":"object","properties":{"phase":{"type":"string"}}}}}}}]}})";
constexpr const char* kWidgetName = "widgets.conformance.noobaa-db-backup.io";

// Registered before main() runs; GoogleTest owns it.
Environment* const kEnvironment = [] {
  auto* environment = new Environment;
  testing::AddGlobalTestEnvironment(environment);
  return environment;
}();

}  // namespace

Environment& Environment::instance() {
  return *kEnvironment;
}

void Environment::SetUp() {
  target_ = std::make_unique<Target>();
  HttpApi api(target_->connection(), target_->clock());
  const Answer created = api.post(
      "/api/v1/namespaces",
      parsed(R"({"apiVersion":"v1","kind":"Namespace","metadata":{"generateName":"ndb-"}})"));
  if (created.status != 201) throw std::runtime_error(created.text);
  name_space_ = created.meta("name");
  defineWidgets(api);
}

void Environment::TearDown() {
  HttpApi api(target_->connection(), target_->clock());
  api.remove("/api/v1/namespaces/" + name_space_);
  api.remove(std::string(kDefinitions) + "/" + kWidgetName);
  target_.reset();
}

void Environment::defineWidgets(HttpApi& api) {
  // One that an interrupted run left may be about to go.
  const bool defined = eventually(target_->clock(), [&] {
    const Answer answer = api.post(kDefinitions, parsed(kWidgetDefinition));
    const bool exists = answer.status == 409;
    return answer.status == 201 || (exists && api.get(std::string(kDefinitions) + "/" + kWidgetName)
                                                  .meta("deletionTimestamp")
                                                  .empty());
  });
  const std::string collection =
      "/apis/conformance.noobaa-db-backup.io/v1/namespaces/" + name_space_ + "/widgets";
  const bool served =
      defined && eventually(target_->clock(), [&] { return api.get(collection).status == 200; });
  if (!served) throw std::runtime_error("the custom type is not served");
}

bool eventually(timing::Clock& clock, const std::function<bool()>& holds) {
  const timing::Deadline deadline = timing::Deadline::in(clock, std::chrono::seconds(30));
  while (!holds()) {
    if (deadline.passed(clock)) return false;
    clock.sleepUntil(clock.monotonic() + std::chrono::milliseconds(50), {});
  }
  return true;
}

ConformanceTest::ConformanceTest()
    : api_(environment_.target().connection(), environment_.target().clock()) {}

std::string ConformanceTest::unique(const std::string& name) const {
  const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
  std::string prefix = std::string(test.test_suite_name()) + "." + test.name();
  std::replace_if(
      prefix.begin(), prefix.end(),
      [](unsigned char c) { return std::isalnum(c) == 0 && c != '.'; }, '-');
  std::transform(prefix.begin(), prefix.end(), prefix.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return prefix + "." + name;
}

std::string ConformanceTest::configMaps(const std::string& name) const {
  const std::string path = "/api/v1/namespaces/" + environment_.nameSpace() + "/configmaps";
  return name.empty() ? path : path + "/" + name;
}

std::string ConformanceTest::widgets(const std::string& name) const {
  const std::string path = "/apis/conformance.noobaa-db-backup.io/v1/namespaces/" +
                           environment_.nameSpace() + "/widgets";
  return name.empty() ? path : path + "/" + name;
}

json::Value ConformanceTest::configMap(const std::string& name) const {
  json::Value object = parsed(R"({"apiVersion":"v1","kind":"ConfigMap","data":{"key":"1"}})");
  object["metadata"]["name"] = name;
  return object;
}

json::Value ConformanceTest::widget(const std::string& name) const {
  json::Value object = parsed(
      R"({"apiVersion":"conformance.noobaa-db-backup.io/v1","kind":"Widget","spec":{"size":3}})");
  object["metadata"]["name"] = name;
  return object;
}

std::string ConformanceTest::versionOf(const std::string& collection) {
  return api_.get(collection + "?limit=1").meta("resourceVersion");
}

bool ConformanceTest::eventuallyGone(const std::string& target) {
  return eventually(environment_.target().clock(), [&] { return api_.get(target).status == 404; });
}

}  // namespace conformance
