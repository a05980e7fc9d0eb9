#include "tests/sim/api_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/time/rfc3339.h"
#include "tests/sim/test/api_request.h"
#include "tests/support/fake_clock.h"

namespace sim {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const k8s::ResourceType kWidgets{"example.com", "v1", "widgets", "Widget"};
const k8s::ResourceType kConfigMaps{"", "v1", "configmaps", "ConfigMap"};

constexpr const char* kMaps = "/api/v1/namespaces/noobaa/configmaps";
constexpr const char* kWidgetPath = "/apis/example.com/v1/namespaces/noobaa/widgets";

json::Value widgetSchema() {
  return parsed(R"({"type":"object","properties":{
    "spec":{"type":"object","required":["size"],"properties":{
      "size":{"type":"integer","minimum":1,"maximum":10},
      "name":{"type":"string","pattern":"^[a-z]+$","minLength":2},
      "color":{"type":"string","enum":["red","green"]},
      "when":{"type":"string","format":"date-time"},
      "mode":{"type":"string","default":"auto"},
      "free":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}},
    "status":{"type":"object","properties":{"phase":{"type":"string"}}}}})");
}

class ApiServerTest : public testing::Test {
 protected:
  ApiServerTest() : clock_(timing::parseRfc3339("2025-01-15T10:20:30.75Z").value()) {
    server_.define({kWidgets, true, true, widgetSchema()});
    server_.create(
        parsed(R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"noobaa"}})"));
  }

  static json::Value configMap(const std::string& name, const std::string& label = "") {
    json::Value object = parsed(R"({"apiVersion":"v1","kind":"ConfigMap","data":{"key":"1"}})");
    object["metadata"]["name"] = name;
    object["metadata"]["namespace"] = "noobaa";
    if (!label.empty()) object["metadata"]["labels"]["app"] = label;
    return object;
  }

  static json::Value widget(const std::string& name, int size = 3) {
    json::Value object = parsed(R"({"apiVersion":"example.com/v1","kind":"Widget"})");
    object["metadata"]["name"] = name;
    object["metadata"]["namespace"] = "noobaa";
    object["spec"]["size"] = size;
    return object;
  }

  static k8s::ObjectRef ref(const std::string& name) { return {kConfigMaps, "noobaa", name}; }

  static json::Value ownedBy(json::Value object, const json::Value& owner) {
    json::Array references;
    references.emplace_back(json::Object{{"apiVersion", textAt(owner, {"apiVersion"})},
                                         {"kind", textAt(owner, {"kind"})},
                                         {"name", textAt(owner, {"metadata", "name"})},
                                         {"uid", textAt(owner, {"metadata", "uid"})}});
    object["metadata"]["ownerReferences"] = std::move(references);
    return object;
  }

  std::unique_ptr<ApiServer::Watch> watch(const std::string& target) {
    ApiServer::Response refusal;
    return server_.openWatch({"GET", target, "", "", "admin"}, refusal);
  }

  /// "ADDED a" for each event; "BOOKMARK" and "ERROR 410" have no name.
  static std::vector<std::string> events(ApiServer::Watch& watch) {
    std::vector<std::string> told;
    for (const std::string& line : watch.poll()) {
      const json::Value event = parsed(line);
      std::string text = textAt(event, {"type"});
      const std::string name = textAt(event, {"object", "metadata", "name"});
      if (!name.empty()) text += " " + name;
      if (text == "ERROR") text += " " + json::write(*valueAt(event, {"object", "code"}));
      told.push_back(text);
    }
    return told;
  }

  std::vector<std::string> names(const Answer& list) {
    std::vector<std::string> found;
    for (const json::Value& item : *valueAt(list.body, {"items"})->array()) {
      found.push_back(textAt(item, {"metadata", "name"}));
    }
    return found;
  }

  testing_support::FakeClock clock_;
  ApiServer server_{clock_};
  Requester api_{server_};
};

TEST_F(ApiServerTest, CreationSetsTheServersMetadata) {
  const Answer created = api_.post(kWidgetPath, widget("w"));

  EXPECT_EQ(created.status, 201);
  EXPECT_EQ(created.meta("creationTimestamp"), "2025-01-15T10:20:30Z");
  EXPECT_EQ(created.meta("namespace"), "noobaa");
  EXPECT_THAT(created.meta("uid"), SizeIs(36));
  EXPECT_EQ(created.generation(), 1);
  EXPECT_FALSE(created.meta("resourceVersion").empty());
}

TEST_F(ApiServerTest, AnAccessReviewGoesByWhatIsForbidden) {
  server_.forbid("worker", "patch", "noobaas/status.noobaa.io");
  const auto allowed = [this](const std::string& user, const std::string& subresource) {
    json::Value review = parsed(R"({"spec":{"resourceAttributes":{"verb":"patch",
        "group":"noobaa.io","resource":"noobaas"}}})");
    review["spec"]["resourceAttributes"]["subresource"] = subresource;
    const ApiServer::Response response =
        server_.handle({.method = "POST",
                        .target = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                        .content_type = "application/json",
                        .body = json::write(review),
                        .user = user});
    return flagAt(parsed(response.body), {"status", "allowed"});
  };
  EXPECT_FALSE(allowed("worker", "status"));
  EXPECT_TRUE(allowed("worker", ""));
  EXPECT_TRUE(allowed("admin", "status"));
}

TEST_F(ApiServerTest, UidsAreTheSameInEachRun) {
  ApiServer other{clock_};
  other.create(configMap("a"));
  ApiServer another{clock_};
  another.create(configMap("a"));

  EXPECT_EQ(textAt(*other.get(ref("a")), {"metadata", "uid"}),
            textAt(*another.get(ref("a")), {"metadata", "uid"}));
}

TEST_F(ApiServerTest, GeneratedNamesDiffer) {
  json::Value object = configMap("");
  object["metadata"]["generateName"] = "run-";

  const std::string first = api_.post(kMaps, object).meta("name");
  const std::string second = api_.post(kMaps, object).meta("name");

  EXPECT_THAT(first, testing::StartsWith("run-"));
  EXPECT_THAT(first, SizeIs(9));
  EXPECT_NE(first, second);
}

TEST_F(ApiServerTest, CreationOfAnExistingObjectIsAlreadyExists) {
  api_.post(kMaps, configMap("a"));
  const Answer again = api_.post(kMaps, configMap("a"));

  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.reason(), "AlreadyExists");
  EXPECT_EQ(again.message(), R"(configmaps "a" already exists)");
}

TEST_F(ApiServerTest, CreationInAnAbsentNamespaceIsRefused) {
  json::Value object = configMap("a");
  object["metadata"]["namespace"] = "nowhere";
  const Answer answer = api_.post("/api/v1/namespaces/nowhere/configmaps", object);

  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.message(), R"(namespaces "nowhere" not found)");
}

TEST_F(ApiServerTest, ActorsNeedNoNamespaceFirst) {
  json::Value object = configMap("a");
  object["metadata"]["namespace"] = "elsewhere";
  server_.create(object);

  EXPECT_EQ(api_.get("/api/v1/namespaces/elsewhere").status, 200);
}

TEST_F(ApiServerTest, AnAbsentObjectIsNamedInTheDetails) {
  const Answer answer = api_.get(std::string(kWidgetPath) + "/nope");

  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.reason(), "NotFound");
  EXPECT_EQ(answer.text({"details", "name"}), "nope");
  EXPECT_EQ(answer.text({"details", "group"}), "example.com");
  EXPECT_EQ(answer.text({"details", "kind"}), "widgets");
}

TEST_F(ApiServerTest, AnUnservedGroupIsAPlainTextNotFound) {
  const Answer answer = api_.get("/apis/absent.example.com/v1/namespaces/noobaa/things");

  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.raw.body, "404 page not found\n");
}

TEST_F(ApiServerTest, AnUnservedTypeOfABuiltInGroupIsAStatusWithoutAName) {
  const Answer answer = api_.get("/apis/batch/v1/namespaces/noobaa/things");

  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.message(), "the server could not find the requested resource");
}

TEST_F(ApiServerTest, UnknownFieldsArePrunedWithAWarning) {
  json::Value object = widget("w");
  object["spec"]["junk"] = 1;
  object["spec"]["free"]["kept"] = 1;
  const Answer created = api_.post(kWidgetPath, object);

  EXPECT_EQ(valueAt(created.body, {"spec", "junk"}), nullptr);
  EXPECT_NE(valueAt(created.body, {"spec", "free", "kept"}), nullptr);
  EXPECT_THAT(created.raw.headers, testing::Contains(testing::Pair(
                                       "Warning", R"(299 - "unknown field \"spec.junk\"")")));
}

TEST_F(ApiServerTest, UnknownMetadataIsPruned) {
  json::Value object = configMap("a");
  object["metadata"]["junk"] = 1;

  EXPECT_EQ(valueAt(api_.post(kMaps, object).body, {"metadata", "junk"}), nullptr);
}

TEST_F(ApiServerTest, DefaultsAreFilledIn) {
  EXPECT_EQ(api_.post(kWidgetPath, widget("w")).text({"spec", "mode"}), "auto");
}

struct BadSpec {
  const char* spec;
  const char* field;
  const char* reason;
};

class ApiServerValidationTest : public ApiServerTest,
                                public testing::WithParamInterface<BadSpec> {};

TEST_P(ApiServerValidationTest, RefusesNamingTheField) {
  json::Value object = widget("w");
  object["spec"] = parsed(GetParam().spec);
  const Answer answer = api_.post(kWidgetPath, object);

  ASSERT_EQ(answer.status, 422) << answer.raw.body;
  EXPECT_EQ(answer.reason(), "Invalid");
  const json::Value& cause = valueAt(answer.body, {"details", "causes"})->array()->front();
  EXPECT_EQ(textAt(cause, {"field"}), GetParam().field);
  EXPECT_EQ(textAt(cause, {"reason"}), GetParam().reason);
}

INSTANTIATE_TEST_SUITE_P(
    Schema, ApiServerValidationTest,
    testing::Values(BadSpec{R"({})", "spec.size", "FieldValueRequired"},
                    BadSpec{R"({"size":"3"})", "spec.size", "FieldValueTypeInvalid"},
                    BadSpec{R"({"size":1.5})", "spec.size", "FieldValueTypeInvalid"},
                    BadSpec{R"({"size":0})", "spec.size", "FieldValueInvalid"},
                    BadSpec{R"({"size":11})", "spec.size", "FieldValueInvalid"},
                    BadSpec{R"({"size":1,"name":"ABC"})", "spec.name", "FieldValueInvalid"},
                    BadSpec{R"({"size":1,"name":"a"})", "spec.name", "FieldValueInvalid"},
                    BadSpec{R"({"size":1,"color":"blue"})", "spec.color", "FieldValueNotSupported"},
                    BadSpec{R"({"size":1,"when":"noon"})", "spec.when", "FieldValueTypeInvalid"}));

TEST_F(ApiServerTest, TheMainResourceIgnoresStatus) {
  json::Value object = widget("w");
  object["status"]["phase"] = "Done";
  EXPECT_EQ(valueAt(api_.post(kWidgetPath, object).body, {"status"}), nullptr);
}

TEST_F(ApiServerTest, TheStatusSubresourceIgnoresTheRest) {
  api_.post(kWidgetPath, widget("w"));
  const Answer patched = api_.patch(std::string(kWidgetPath) + "/w/status",
                                    parsed(R"({"spec":{"size":9},"status":{"phase":"Done"}})"));

  EXPECT_EQ(patched.text({"status", "phase"}), "Done");
  EXPECT_EQ(*valueAt(patched.body, {"spec", "size"})->integer(), 3);
  EXPECT_EQ(patched.generation(), 1);
}

TEST_F(ApiServerTest, GenerationCountsChangesOfTheSpec) {
  api_.post(kWidgetPath, widget("w"));
  const std::string path = std::string(kWidgetPath) + "/w";

  EXPECT_EQ(api_.patch(path, parsed(R"({"metadata":{"labels":{"a":"b"}}})")).generation(), 1);
  EXPECT_EQ(api_.patch(path, parsed(R"({"spec":{"size":4}})")).generation(), 2);
}

TEST_F(ApiServerTest, AWriteThatChangesNothingKeepsTheResourceVersion) {
  const Answer created = api_.post(kMaps, configMap("a"));
  const Answer patched = api_.patch(std::string(kMaps) + "/a", parsed(R"({"data":{"key":"1"}})"));

  EXPECT_EQ(patched.meta("resourceVersion"), created.meta("resourceVersion"));
}

TEST_F(ApiServerTest, AStaleResourceVersionIsAConflict) {
  const Answer created = api_.post(kMaps, configMap("a"));
  const std::string path = std::string(kMaps) + "/a";
  api_.patch(path, parsed(R"({"data":{"key":"2"}})"));

  EXPECT_EQ(api_.put(path, created.body).reason(), "Conflict");
  json::Value patch = parsed(R"({"data":{"key":"3"}})");
  patch["metadata"]["resourceVersion"] = created.meta("resourceVersion");
  EXPECT_EQ(api_.patch(path, patch).status, 409);
}

TEST_F(ApiServerTest, CustomResourcesAreNotReplacedWithoutAResourceVersion) {
  api_.post(kWidgetPath, widget("w"));
  EXPECT_EQ(api_.put(std::string(kWidgetPath) + "/w", widget("w", 4)).status, 422);
}

TEST_F(ApiServerTest, ANullInAMergePatchRemovesTheMember) {
  api_.post(kMaps, configMap("a"));
  const Answer patched = api_.patch(std::string(kMaps) + "/a", parsed(R"({"data":{"key":null}})"));

  EXPECT_EQ(valueAt(patched.body, {"data", "key"}), nullptr);
}

TEST_F(ApiServerTest, ADryRunIsAnsweredButNotStored) {
  const Answer created = api_.post(std::string(kMaps) + "?dryRun=All", configMap("a"));

  EXPECT_EQ(created.status, 201);
  EXPECT_EQ(api_.get(std::string(kMaps) + "/a").status, 404);
}

TEST_F(ApiServerTest, ADryRunIsValidated) {
  EXPECT_EQ(api_.post(std::string(kWidgetPath) + "?dryRun=All", widget("w", 99)).status, 422);
}

TEST_F(ApiServerTest, DeletionHonoursItsPreconditions) {
  const Answer created = api_.post(kMaps, configMap("a"));
  const std::string path = std::string(kMaps) + "/a";

  EXPECT_EQ(api_.remove(path, parsed(R"({"preconditions":{"uid":"other"}})")).status, 409);
  EXPECT_EQ(api_.remove(path, parsed(R"({"preconditions":{"resourceVersion":"1"}})")).status, 409);
  json::Value options;
  options["preconditions"]["uid"] = created.meta("uid");
  EXPECT_EQ(api_.remove(path, options).text({"status"}), "Success");
}

TEST_F(ApiServerTest, FinalizersHoldADeletedObject) {
  json::Value object = configMap("a");
  object["metadata"]["finalizers"] = arrayOf({"example.com/hold"});
  api_.post(kMaps, object);
  const std::string path = std::string(kMaps) + "/a";

  EXPECT_EQ(api_.remove(path).meta("deletionTimestamp"), "2025-01-15T10:20:30Z");
  EXPECT_EQ(api_.get(path).status, 200);
  EXPECT_EQ(api_.patch(path, parsed(R"({"metadata":{"finalizers":null}})")).status, 200);
  EXPECT_EQ(api_.get(path).status, 404);
}

TEST_F(ApiServerTest, DependentsFollowTheirOwner) {
  const json::Value owner = server_.create(configMap("owner"));
  server_.create(ownedBy(configMap("child"), owner));
  server_.remove(ref("owner"));

  EXPECT_FALSE(server_.get(ref("child")));
}

TEST_F(ApiServerTest, ADependentWithAnotherOwnerStaysWithoutTheReference) {
  const json::Value owner = server_.create(configMap("owner"));
  const json::Value other = server_.create(configMap("other"));
  json::Value child = ownedBy(configMap("child"), owner);
  valueAt(child, {"metadata", "ownerReferences"})
      ->array()
      ->push_back(
          ownedBy(configMap("child"), other)["metadata"]["ownerReferences"].array()->front());
  server_.create(child);
  server_.remove(ref("owner"));

  const std::optional<json::Value> left = server_.get(ref("child"));
  ASSERT_TRUE(left);
  EXPECT_THAT(*valueAt(*left, {"metadata", "ownerReferences"})->array(), SizeIs(1));
}

TEST_F(ApiServerTest, AnObjectBornWithoutItsOwnerIsCollected) {
  const json::Value owner = server_.create(configMap("owner"));
  server_.remove(ref("owner"));
  server_.create(ownedBy(configMap("child"), owner));

  EXPECT_FALSE(server_.get(ref("child")));
}

TEST_F(ApiServerTest, OrphaningKeepsTheDependents) {
  const json::Value owner = server_.create(configMap("owner"));
  server_.create(ownedBy(configMap("child"), owner));
  api_.remove(std::string(kMaps) + "/owner", parsed(R"({"propagationPolicy":"Orphan"})"));

  EXPECT_FALSE(server_.get(ref("owner")));
  ASSERT_TRUE(server_.get(ref("child")));
  EXPECT_EQ(valueAt(*server_.get(ref("child")), {"metadata", "ownerReferences"}), nullptr);
}

TEST_F(ApiServerTest, ForegroundDeletionEndsWithTheLastDependent) {
  const json::Value owner = server_.create(configMap("owner"));
  json::Value child = ownedBy(configMap("child"), owner);
  child["metadata"]["finalizers"] = arrayOf({"example.com/hold"});
  server_.create(child);
  api_.remove(std::string(kMaps) + "/owner", parsed(R"({"propagationPolicy":"Foreground"})"));
  ASSERT_TRUE(server_.get(ref("owner")));

  server_.update(ref("child"),
                 [](json::Value& object) { object["metadata"].object()->erase("finalizers"); });

  EXPECT_FALSE(server_.get(ref("owner")));
}

TEST_F(ApiServerTest, WhatLivesInANamespaceGoesWithIt) {
  server_.create(configMap("a"));
  api_.remove("/api/v1/namespaces/noobaa");

  EXPECT_FALSE(server_.get(ref("a")));
}

struct Selecting {
  const char* selector;
  std::vector<std::string> found;
};

class ApiServerSelectorTest : public ApiServerTest,
                              public testing::WithParamInterface<Selecting> {};

TEST_P(ApiServerSelectorTest, FindsTheMatching) {
  server_.create(configMap("a", "one"));
  server_.create(configMap("b", "two"));
  server_.create(configMap("c"));

  EXPECT_EQ(names(api_.get(std::string(kMaps) + "?" + GetParam().selector)), GetParam().found);
}

INSTANTIATE_TEST_SUITE_P(
    Selectors, ApiServerSelectorTest,
    testing::Values(
        Selecting{"labelSelector=app%3Done", {"a"}}, Selecting{"labelSelector=app%3D%3Done", {"a"}},
        Selecting{"labelSelector=app!%3Done", {"b", "c"}},
        Selecting{"labelSelector=app%20in%20(one,two)", {"a", "b"}},
        Selecting{"labelSelector=app+notin+(one)", {"b", "c"}},
        Selecting{"labelSelector=app", {"a", "b"}}, Selecting{"labelSelector=!app", {"c"}},
        Selecting{"labelSelector=app,app!%3Dtwo", {"a"}},
        Selecting{"fieldSelector=metadata.name%3Db", {"b"}},
        Selecting{"fieldSelector=metadata.name!%3Db", {"a", "c"}},
        Selecting{"fieldSelector=metadata.namespace%3D%3Dnoobaa,metadata.name%3Dc", {"c"}}));

TEST_F(ApiServerTest, AListOfAllNamespacesHoldsEach) {
  server_.create(configMap("a"));
  json::Value elsewhere = configMap("b");
  elsewhere["metadata"]["namespace"] = "default";
  server_.create(elsewhere);

  EXPECT_THAT(names(api_.get("/api/v1/configmaps")), ElementsAre("b", "a"));
}

TEST_F(ApiServerTest, PagesShowTheStateOfTheFirst) {
  for (const char* name : {"a", "b", "c"}) server_.create(configMap(name));
  const Answer first = api_.get(std::string(kMaps) + "?limit=2");
  server_.remove(ref("c"));
  server_.create(configMap("d"));
  const Answer second =
      api_.get(std::string(kMaps) + "?limit=2&continue=" + first.meta("continue"));

  EXPECT_THAT(names(first), ElementsAre("a", "b"));
  EXPECT_EQ(*valueAt(first.body, {"metadata", "remainingItemCount"})->integer(), 1);
  EXPECT_THAT(names(second), ElementsAre("c"));
  EXPECT_EQ(second.meta("resourceVersion"), first.meta("resourceVersion"));
  EXPECT_EQ(second.meta("continue"), "");
}

TEST_F(ApiServerTest, CompactionExpiresContinueTokens) {
  for (const char* name : {"a", "b", "c"}) server_.create(configMap(name));
  const Answer first = api_.get(std::string(kMaps) + "?limit=1");
  server_.remove(ref("b"));
  server_.compact();
  const Answer second =
      api_.get(std::string(kMaps) + "?limit=1&continue=" + first.meta("continue"));

  EXPECT_EQ(second.status, 410);
  EXPECT_EQ(second.reason(), "Expired");
  const Answer rest = api_.get(std::string(kMaps) + "?continue=" + second.meta("continue"));
  EXPECT_THAT(names(rest), ElementsAre("c"));
}

TEST_F(ApiServerTest, AListFromTheFutureTimesOut) {
  const Answer answer = api_.get(std::string(kMaps) + "?resourceVersion=99999");

  EXPECT_EQ(answer.status, 504);
  EXPECT_THAT(answer.message(), HasSubstr("Too large resource version"));
}

TEST_F(ApiServerTest, ItemsOfBuiltInListsHaveNoKind) {
  server_.create(configMap("a"));
  const Answer list = api_.get(kMaps);

  EXPECT_EQ(list.text({"kind"}), "ConfigMapList");
  EXPECT_EQ(valueAt(valueAt(list.body, {"items"})->array()->front(), {"kind"}), nullptr);
}

TEST_F(ApiServerTest, AWatchTellsWhatHappensAfterItsResourceVersion) {
  const std::string version = api_.post(kMaps, configMap("a")).meta("resourceVersion");
  const auto stream = watch(std::string(kMaps) + "?watch=true&resourceVersion=" + version);
  server_.create(configMap("b"));
  server_.update(ref("b"), [](json::Value& object) { object["data"]["key"] = "2"; });
  server_.remove(ref("b"));

  EXPECT_THAT(events(*stream), ElementsAre("ADDED b", "MODIFIED b", "DELETED b"));
  EXPECT_THAT(events(*stream), IsEmpty());
}

TEST_F(ApiServerTest, AWatchFromNowhereBeginsWithWhatIsThere) {
  server_.create(configMap("a"));
  EXPECT_THAT(events(*watch(std::string(kMaps) + "?watch=1")), ElementsAre("ADDED a"));
  EXPECT_THAT(events(*watch(std::string(kMaps) + "?watch=1&resourceVersion=0")),
              ElementsAre("ADDED a"));
}

TEST_F(ApiServerTest, LeavingASelectionIsADeletionAndEnteringAnAddition) {
  server_.create(configMap("a", "one"));
  server_.create(configMap("b", "two"));
  const auto stream = watch(std::string(kMaps) + "?watch=1&resourceVersion=" +
                            api_.get(kMaps).meta("resourceVersion") + "&labelSelector=app%3Done");
  server_.update(ref("a"), [](json::Value& object) { object["metadata"]["labels"]["app"] = "x"; });
  server_.update(ref("b"),
                 [](json::Value& object) { object["metadata"]["labels"]["app"] = "one"; });

  EXPECT_THAT(events(*stream), ElementsAre("DELETED a", "ADDED b"));
}

TEST_F(ApiServerTest, ADeletionHasItsOwnResourceVersion) {
  const json::Value created = server_.create(configMap("a"));
  const std::string version = textAt(created, {"metadata", "resourceVersion"});
  const auto stream = watch(std::string(kMaps) + "?watch=1&resourceVersion=" + version);
  server_.remove(ref("a"));

  const std::vector<std::string> lines = stream->poll();
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_EQ(textAt(parsed(lines.front()), {"object", "metadata", "resourceVersion"}),
            api_.get(kMaps).meta("resourceVersion"));
  EXPECT_NE(version, api_.get(kMaps).meta("resourceVersion"));
}

TEST_F(ApiServerTest, AWatchFromBeforeTheCompactionEndsWithExpired) {
  const std::string version = api_.get(kMaps).meta("resourceVersion");
  server_.create(configMap("a"));
  server_.compact();
  const auto stream = watch(std::string(kMaps) + "?watch=1&resourceVersion=" + version);

  EXPECT_THAT(events(*stream), ElementsAre("ERROR 410"));
  EXPECT_TRUE(stream->ended());
}

TEST_F(ApiServerTest, CompactionLeavesOpenWatchesBe) {
  const auto stream = watch(std::string(kMaps) +
                            "?watch=1&resourceVersion=" + api_.get(kMaps).meta("resourceVersion"));
  server_.create(configMap("a"));
  server_.compact();

  EXPECT_THAT(events(*stream), ElementsAre("ADDED a"));
}

TEST_F(ApiServerTest, ExpiredWatchesEndInTheMiddle) {
  const auto stream = watch(std::string(kMaps) +
                            "?watch=1&resourceVersion=" + api_.get(kMaps).meta("resourceVersion"));
  EXPECT_THAT(events(*stream), IsEmpty());
  server_.expireWatches();

  EXPECT_THAT(events(*stream), ElementsAre("ERROR 410"));
  EXPECT_TRUE(stream->ended());
}

TEST_F(ApiServerTest, BookmarksTellOfProgressElsewhere) {
  const auto stream =
      watch(std::string(kWidgetPath) + "?watch=1&allowWatchBookmarks=true&resourceVersion=" +
            api_.get(kMaps).meta("resourceVersion"));
  server_.create(configMap("a"));
  clock_.advance(seconds(59));
  EXPECT_THAT(stream->poll(), IsEmpty());
  clock_.advance(seconds(1));

  const std::vector<std::string> lines = stream->poll();
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_EQ(textAt(parsed(lines.front()), {"type"}), "BOOKMARK");
  EXPECT_EQ(textAt(parsed(lines.front()), {"object", "metadata", "resourceVersion"}),
            api_.get(kMaps).meta("resourceVersion"));
}

TEST_F(ApiServerTest, ABookmarkComesShortlyBeforeTheEnd) {
  const auto stream = watch(std::string(kWidgetPath) +
                            "?watch=1&allowWatchBookmarks=true&timeoutSeconds=10&resourceVersion=" +
                            api_.get(kMaps).meta("resourceVersion"));
  server_.create(configMap("a"));
  clock_.advance(seconds(8));
  EXPECT_THAT(events(*stream), ElementsAre("BOOKMARK"));
  clock_.advance(seconds(2));
  EXPECT_GE(clock_.now(), stream->endsAt());
}

TEST_F(ApiServerTest, WithoutNewsThereIsNoBookmark) {
  const auto stream = watch(std::string(kWidgetPath) +
                            "?watch=1&allowWatchBookmarks=true&timeoutSeconds=10&resourceVersion=" +
                            api_.get(kMaps).meta("resourceVersion"));
  clock_.advance(seconds(10));
  EXPECT_THAT(events(*stream), IsEmpty());
}

TEST_F(ApiServerTest, SettingTheWallClockDoesNotLengthenAWatch) {
  const auto stream = watch(std::string(kMaps) + "?watch=1&timeoutSeconds=10");
  clock_.advance(seconds(10));
  clock_.setNow(clock_.now() - std::chrono::hours(1));

  EXPECT_GE(clock_.now(), stream->endsAt());
}

TEST_F(ApiServerTest, TheForbiddenIsRefusedInTheRealWords) {
  server_.forbid("worker", "create", "widgets.example.com");
  Requester worker(server_, "worker");
  const Answer answer = worker.post(kWidgetPath, widget("w"));

  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(
      answer.message(),
      R"(widgets.example.com is forbidden: User "worker" cannot create resource "widgets" in )"
      R"(API group "example.com" in the namespace "noobaa")");
  EXPECT_EQ(api_.post(kWidgetPath, widget("w")).status, 201);
}

TEST_F(ApiServerTest, TheStatusSubresourceIsForbiddenByItself) {
  server_.create(widget("w"));
  server_.forbid("worker", "*", "widgets/status.example.com");
  Requester worker(server_, "worker");
  const std::string path = std::string(kWidgetPath) + "/w";

  EXPECT_EQ(worker.patch(path, parsed(R"({"spec":{"size":4}})")).status, 200);
  EXPECT_EQ(worker.patch(path + "/status", parsed(R"({"status":{}})")).status, 403);
}

TEST_F(ApiServerTest, WatchingIsForbiddenByItself) {
  server_.forbid("admin", "watch", "configmaps");
  ApiServer::Response refusal;
  EXPECT_EQ(server_.openWatch({"GET", std::string(kMaps) + "?watch=1", "", "", "admin"}, refusal),
            nullptr);
  EXPECT_EQ(refusal.status, 403);
  EXPECT_EQ(api_.get(kMaps).status, 200);
}

TEST_F(ApiServerTest, TheRulesReviewLeavesOutWhatIsForbidden) {
  server_.forbid("worker", "delete", "widgets.example.com");
  server_.setRulesIncomplete(true);
  Requester worker(server_, "worker");
  const Answer review = worker.post("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
                                    parsed(R"({"spec":{"namespace":"noobaa"}})"));

  EXPECT_EQ(review.status, 201);
  EXPECT_TRUE(flagAt(review.body, {"status", "incomplete"}));
  for (const json::Value& rule : *valueAt(review.body, {"status", "resourceRules"})->array()) {
    const bool about_widgets = textsAt(rule, {"resources"}) == std::vector<std::string>{"widgets"};
    EXPECT_EQ(testing::Matches(testing::Contains("delete"))(textsAt(rule, {"verbs"})),
              !about_widgets && !textsAt(rule, {"resources"}).front().ends_with("/status"));
  }
}

TEST_F(ApiServerTest, TheAccessReviewAnswersForOneVerb) {
  server_.forbid("worker", "patch", "widgets/status.example.com");
  Requester worker(server_, "worker");
  const auto allowed = [&](const char* verb) {
    json::Value review = parsed(
        R"({"spec":{"resourceAttributes":{"group":"example.com","resource":"widgets",
            "subresource":"status","namespace":"noobaa"}}})");
    review["spec"]["resourceAttributes"]["verb"] = verb;
    return flagAt(
        worker.post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review).body,
        {"status", "allowed"});
  };

  EXPECT_FALSE(allowed("patch"));
  EXPECT_TRUE(allowed("get"));
}

TEST_F(ApiServerTest, ADefinitionIsServedAtOnce) {
  const Answer created = api_.post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
                                   parsed(R"({"apiVersion":"apiextensions.k8s.io/v1",
      "kind":"CustomResourceDefinition","metadata":{"name":"gadgets.example.org"},
      "spec":{"group":"example.org","scope":"Cluster",
        "names":{"plural":"gadgets","singular":"gadget","kind":"Gadget","listKind":"GadgetList"},
        "versions":[{"name":"v1","served":true,"storage":true,
          "schema":{"openAPIV3Schema":{"type":"object"}}}]}})"));

  ASSERT_EQ(created.status, 201) << created.raw.body;
  EXPECT_THAT(server_.servedGroups(), testing::Contains("example.org"));
  EXPECT_EQ(api_.get("/apis/example.org/v1/gadgets").text({"kind"}), "GadgetList");
  EXPECT_EQ(api_.get("/apis/example.org").text({"preferredVersion", "groupVersion"}),
            "example.org/v1");
}

TEST_F(ApiServerTest, LeasesInsistOnSixDigits) {
  const std::string path = "/apis/coordination.k8s.io/v1/namespaces/noobaa/leases";
  const auto created = [&](const std::string& name, const char* time) {
    json::Value lease =
        parsed(R"({"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{}})");
    lease["metadata"]["name"] = name;
    lease["spec"]["renewTime"] = time;
    return api_.post(path, lease).status;
  };

  EXPECT_EQ(created("a", "2025-01-15T10:20:30.000001Z"), 201);
  EXPECT_EQ(created("b", "2025-01-15T10:20:30.001Z"), 400);
  EXPECT_EQ(created("b", "2025-01-15T10:20:30Z"), 400);
}

TEST_F(ApiServerTest, EventsInsistOnTheirFields) {
  const std::string path = "/apis/events.k8s.io/v1/namespaces/noobaa/events";
  json::Value event = parsed(R"({"apiVersion":"events.k8s.io/v1","kind":"Event",
    "metadata":{"name":"e"},"eventTime":"2025-01-15T10:20:30.000000Z","type":"Normal",
    "reason":"R","action":"A","reportingController":"example.com/x","reportingInstance":"i",
    "regarding":{"kind":"ConfigMap","name":"a","namespace":"noobaa"}})");
  for (const char* field :
       {"eventTime", "type", "reason", "action", "reportingController", "reportingInstance"}) {
    json::Value lacking = event;
    lacking.object()->erase(field);
    EXPECT_EQ(api_.post(path, lacking).status, 422) << field;
  }
  EXPECT_EQ(api_.post(path, event).status, 201);
}

TEST_F(ApiServerTest, ListenersHearOfChangesInOrder) {
  std::vector<std::string> heard;
  server_.onChange([&](const Change& change) {
    const std::string name = textAt(change.object, {"metadata", "name"});
    heard.push_back("first " + name);
    if (name == "a") server_.create(configMap("b"));
  });
  server_.onChange([&](const Change& change) {
    heard.push_back("second " + textAt(change.object, {"metadata", "name"}));
  });
  server_.create(configMap("a"));

  EXPECT_THAT(heard, ElementsAre("first a", "second a", "first b", "second b"));
}

TEST_F(ApiServerTest, AnUpdateThatChangesNothingIsNoChange) {
  server_.create(configMap("a"));
  int changes = 0;
  server_.onChange([&](const Change&) { ++changes; });
  server_.update(ref("a"), [](json::Value&) {});
  server_.update(ref("absent"), [](json::Value&) {});

  EXPECT_EQ(changes, 0);
}

TEST_F(ApiServerTest, ActorsWriteStatusAndSpecTogether) {
  server_.create(widget("w"));
  const k8s::ObjectRef w{kWidgets, "noobaa", "w"};
  server_.update(w, [](json::Value& object) {
    object["spec"]["size"] = 4;
    object["status"]["phase"] = "Done";
  });

  EXPECT_EQ(textAt(*server_.get(w), {"status", "phase"}), "Done");
  EXPECT_EQ(*valueAt(*server_.get(w), {"metadata", "generation"})->integer(), 2);
}

TEST_F(ApiServerTest, ARefusedCreationByAnActorThrows) {
  EXPECT_THROW(server_.create(widget("w", 99)), std::logic_error);
}

TEST_F(ApiServerTest, EveryRequestIsLogged) {
  server_.clearRequestLog();
  api_.get("/version");
  watch(std::string(kMaps) + "?watch=1");

  EXPECT_THAT(server_.requestLog(),
              ElementsAre("GET /version", "GET " + std::string(kMaps) + "?watch=1"));
}

}  // namespace
}  // namespace sim
