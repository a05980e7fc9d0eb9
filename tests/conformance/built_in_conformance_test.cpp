#include <string>

#include "tests/conformance/conformance_fixture.h"

namespace conformance {
namespace {

class LeaseConformanceTest : public ConformanceTest {
 protected:
  std::string leases(const std::string& name = "") const {
    const std::string path =
        "/apis/coordination.k8s.io/v1/namespaces/" + environment_.nameSpace() + "/leases";
    return name.empty() ? path : path + "/" + name;
  }

  json::Value lease(const std::string& name, const std::string& renew_time) const {
    json::Value object = parsed(
        R"({"apiVersion":"coordination.k8s.io/v1","kind":"Lease",
            "spec":{"holderIdentity":"me","leaseDurationSeconds":30}})");
    object["metadata"]["name"] = name;
    object["spec"]["renewTime"] = renew_time;
    return object;
  }
};

TEST_F(LeaseConformanceTest, TimesHaveExactlySixDigits) {
  EXPECT_EQ(api_.post(leases(), lease(unique("a"), "2025-01-15T10:20:30.000001Z")).status, 201);
  for (const char* time : {"2025-01-15T10:20:30Z", "2025-01-15T10:20:30.001Z",
                           "2025-01-15T10:20:30.000000001Z", "now"}) {
    EXPECT_EQ(api_.post(leases(), lease(unique("b"), time)).status, 400) << time;
  }
}

TEST_F(LeaseConformanceTest, AMalformedTimeInAPatchIsInvalid) {
  const std::string name = unique("a");
  api_.post(leases(), lease(name, "2025-01-15T10:20:30.000001Z"));

  EXPECT_EQ(
      api_.patch(leases(name), parsed(R"({"spec":{"renewTime":"2025-01-15T10:20:30Z"}})")).status,
      422);
}

TEST_F(LeaseConformanceTest, AnEmptyHolderAndOneSecondAreValid) {
  json::Value object = lease(unique("a"), "2025-01-15T10:20:30.000001Z");
  object["spec"]["holderIdentity"] = "";
  object["spec"]["leaseDurationSeconds"] = 1;
  EXPECT_EQ(api_.post(leases(), object).status, 201);
}

TEST_F(LeaseConformanceTest, ADurationOfZeroIsInvalid) {
  json::Value object = lease(unique("a"), "2025-01-15T10:20:30.000001Z");
  object["spec"]["leaseDurationSeconds"] = 0;
  EXPECT_THAT(api_.post(leases(), object).causes(),
              testing::ElementsAre("FieldValueInvalid spec.leaseDurationSeconds"));
}

TEST_F(LeaseConformanceTest, AReplacementNeedsTheResourceVersion) {
  const std::string name = unique("a");
  const Answer created = api_.post(leases(), lease(name, "2025-01-15T10:20:30.000001Z"));
  json::Value object = lease(name, "2025-01-15T10:20:31.000001Z");
  EXPECT_EQ(api_.put(leases(name), object).status, 422);

  object["metadata"]["resourceVersion"] = created.meta("resourceVersion");
  EXPECT_EQ(api_.put(leases(name), object).status, 200);
  object["spec"]["holderIdentity"] = "other";
  EXPECT_EQ(api_.put(leases(name), object).reason(), "Conflict");
}

TEST_F(LeaseConformanceTest, AReplacementOfAnAbsentOneWithAUidIsAConflict) {
  json::Value object = lease(unique("a"), "2025-01-15T10:20:31.000001Z");
  object["metadata"]["uid"] = "11111111-2222-3333-4444-555555555555";
  EXPECT_EQ(api_.put(leases(unique("a")), object).reason(), "Conflict");
  EXPECT_EQ(api_.get(leases(unique("a"))).status, 404);
}

TEST_F(LeaseConformanceTest, AReplacementOfAnAbsentOneWithoutAUidCreatesIt) {
  const json::Value object = lease(unique("a"), "2025-01-15T10:20:31.000001Z");
  EXPECT_EQ(api_.put(leases(unique("a")), object).status, 201);
}

class EventConformanceTest : public ConformanceTest {
 protected:
  std::string events(const std::string& name = "") const {
    const std::string path =
        "/apis/events.k8s.io/v1/namespaces/" + environment_.nameSpace() + "/events";
    return name.empty() ? path : path + "/" + name;
  }

  json::Value event(const std::string& name) const {
    json::Value object = parsed(R"({"apiVersion":"events.k8s.io/v1","kind":"Event",
      "eventTime":"2025-01-15T10:20:30.000001Z","type":"Normal","reason":"BackupTaken",
      "action":"Backup","note":"taken","reportingController":"noobaa.io/db-backup",
      "reportingInstance":"pod-a","regarding":{"apiVersion":"v1","kind":"ConfigMap","name":"a"}})");
    object["metadata"]["name"] = name;
    object["regarding"]["namespace"] = environment_.nameSpace();
    return object;
  }
};

TEST_F(EventConformanceTest, ACompleteEventIsCreated) {
  const Answer created = api_.post(events(), event(unique("a")));
  EXPECT_EQ(created.status, 201) << created.text;
}

TEST_F(EventConformanceTest, ANoteMayBeAbsent) {
  json::Value object = event(unique("a"));
  object.object()->erase("note");
  EXPECT_EQ(api_.post(events(), object).status, 201);
}

TEST_F(EventConformanceTest, EachOtherFieldIsRequired) {
  for (const char* field :
       {"eventTime", "type", "reason", "action", "reportingController", "reportingInstance"}) {
    json::Value object = event(unique("a"));
    object.object()->erase(field);
    EXPECT_EQ(api_.post(events(), object).status, 422) << field;
  }
}

TEST_F(EventConformanceTest, TextsAreLimited) {
  json::Value object = event(unique("a"));
  object["note"] = std::string(1025, 'x');
  EXPECT_EQ(api_.post(events(), object).status, 422);
  object["note"] = std::string(1024, 'x');
  object["reason"] = std::string(129, 'x');
  EXPECT_EQ(api_.post(events(), object).status, 422);
  object["reason"] = std::string(128, 'x');
  EXPECT_EQ(api_.post(events(), object).status, 201);
}

TEST_F(EventConformanceTest, AnotherTypeThanNormalOrWarningIsInvalid) {
  json::Value object = event(unique("a"));
  object["type"] = "Error";
  EXPECT_EQ(api_.post(events(), object).status, 422);
}

TEST_F(EventConformanceTest, TheObjectIsInTheEventsNamespace) {
  json::Value object = event(unique("a"));
  object["regarding"].object()->erase("namespace");
  EXPECT_EQ(api_.post(events(), object).status, 422);
}

TEST_F(EventConformanceTest, OnlyTheSeriesMayChange) {
  const std::string name = unique("a");
  api_.post(events(), event(name));

  EXPECT_EQ(api_.patch(events(name), parsed(R"({"note":"other"})")).status, 422);
  EXPECT_EQ(api_.patch(events(name), parsed(R"({"series":{"count":2,
      "lastObservedTime":"2025-01-15T10:20:31.000001Z"}})"))
                .status,
            200);
  EXPECT_EQ(api_.patch(events(name), parsed(R"({"series":{"count":1}})")).status, 422);
}

using ConfigMapConformanceTest = ConformanceTest;

TEST_F(ConfigMapConformanceTest, DataIsOfStrings) {
  json::Value object = configMap(unique("a"));
  object["data"]["key"] = 1;
  EXPECT_EQ(api_.post(configMaps(), object).status, 400);
}

TEST_F(ConfigMapConformanceTest, KeysAreOfFewCharacters) {
  const std::string name = unique("a");
  EXPECT_EQ(api_.post(configMaps(), configMap(name)).status, 201);
  EXPECT_EQ(api_.patch(configMaps(name), parsed(R"({"data":{"a.b-c_9":"x"}})")).status, 200);
  EXPECT_EQ(api_.patch(configMaps(name), parsed(R"({"data":{"a/b":"x"}})")).status, 422);
  EXPECT_EQ(api_.patch(configMaps(name), parsed(R"({"data":{"..a":"x"}})")).status, 422);
}

TEST_F(ConfigMapConformanceTest, ValuesTakeAMebibyteInAll) {
  constexpr std::size_t kMost = 1024 * 1024;
  const std::string name = unique("a");
  json::Value object = configMap(name);
  object["data"] = json::Object{{"key", std::string(kMost, 'x')}};
  EXPECT_EQ(api_.post(configMaps(), object).status, 201);
  const Answer full = api_.patch(configMaps(name), parsed(R"({"data":{"more":"x"}})"));
  EXPECT_EQ(full.status, 422);
  EXPECT_NE(full.message().find("Too long"), std::string::npos) << full.message();
  EXPECT_EQ(api_.patch(configMaps(name), parsed(R"({"data":{"more":"x","key":null}})")).status,
            200);
}

TEST_F(ConfigMapConformanceTest, AFinalizerNeedsADomain) {
  json::Value object = configMap(unique("a"));
  object["metadata"]["finalizers"] = sim::arrayOf({"hold"});
  EXPECT_EQ(api_.post(configMaps(), object).status, 422);
}

using NamespaceConformanceTest = ConformanceTest;

TEST_F(NamespaceConformanceTest, IsLabelledWithItsName) {
  const Answer answer = api_.get("/api/v1/namespaces/" + environment_.nameSpace());
  EXPECT_EQ(answer.at({"metadata", "labels", "kubernetes.io/metadata.name"}),
            environment_.nameSpace());
  EXPECT_EQ(answer.at({"status", "phase"}), "Active");
}

}  // namespace
}  // namespace conformance
