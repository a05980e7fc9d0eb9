#include <string>

#include "tests/conformance/conformance_fixture.h"

namespace conformance {
namespace {

using testing::HasSubstr;

class DeleteConformanceTest : public ConformanceTest {
 protected:
  json::Value ownedBy(const Answer& owner, const std::string& name) const {
    json::Value object = configMap(name);
    json::Array owners;
    owners.emplace_back(json::Object{{"apiVersion", "v1"},
                                     {"kind", "ConfigMap"},
                                     {"name", owner.meta("name")},
                                     {"uid", owner.meta("uid")},
                                     {"blockOwnerDeletion", true}});
    object["metadata"]["ownerReferences"] = std::move(owners);
    return object;
  }

  json::Value held(const std::string& name) const {
    json::Value object = widget(name);
    object["metadata"]["finalizers"] = sim::arrayOf({"noobaa-db-backup.io/hold"});
    return object;
  }
};

TEST_F(DeleteConformanceTest, AnswersWithSuccess) {
  const std::string name = unique("a");
  const Answer created = api_.post(widgets(), widget(name));
  const Answer removed = api_.remove(widgets(name));

  EXPECT_EQ(removed.status, 200);
  EXPECT_EQ(removed.at({"kind"}), "Status");
  EXPECT_EQ(removed.at({"status"}), "Success");
  EXPECT_EQ(removed.at({"details", "name"}), name);
  EXPECT_EQ(removed.at({"details", "kind"}), "widgets");
  EXPECT_EQ(removed.at({"details", "uid"}), created.meta("uid"));
  EXPECT_EQ(api_.get(widgets(name)).status, 404);
}

TEST_F(DeleteConformanceTest, AnAbsentObjectIsNotFound) {
  EXPECT_EQ(api_.remove(widgets("absent")).reason(), "NotFound");
}

TEST_F(DeleteConformanceTest, AnotherUidIsAConflict) {
  const std::string name = unique("a");
  api_.post(widgets(), widget(name));
  const Answer answer = api_.remove(widgets(name), parsed(R"({"preconditions":{"uid":"other"}})"));

  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.reason(), "Conflict");
  EXPECT_THAT(answer.message(), HasSubstr("the UID in the precondition (other) does not match"));
  EXPECT_EQ(api_.get(widgets(name)).status, 200);
}

TEST_F(DeleteConformanceTest, AnotherResourceVersionIsAConflict) {
  const std::string name = unique("a");
  const Answer created = api_.post(widgets(), widget(name));
  json::Value options;
  options["preconditions"]["uid"] = created.meta("uid");
  options["preconditions"]["resourceVersion"] = "1";
  EXPECT_EQ(api_.remove(widgets(name), options).status, 409);

  options["preconditions"]["resourceVersion"] = created.meta("resourceVersion");
  EXPECT_EQ(api_.remove(widgets(name), options).status, 200);
}

TEST_F(DeleteConformanceTest, ADryRunDeletesNothing) {
  const std::string name = unique("a");
  api_.post(widgets(), widget(name));

  EXPECT_EQ(api_.send("DELETE", widgets(name) + "?dryRun=All", "", "").status, 200);
  EXPECT_EQ(api_.remove(widgets(name), parsed(R"({"dryRun":["All"]})")).status, 200);
  EXPECT_EQ(api_.get(widgets(name)).status, 200);
}

TEST_F(DeleteConformanceTest, ABodyOverrulesTheQuery) {
  const std::string name = unique("a");
  api_.post(widgets(), widget(name));
  api_.remove(widgets(name) + "?dryRun=All", json::Object{});

  EXPECT_EQ(api_.get(widgets(name)).status, 404);
}

TEST_F(DeleteConformanceTest, AnEmptyUidIsMetByNoObject) {
  const std::string name = unique("a");
  api_.post(widgets(), widget(name));
  EXPECT_EQ(api_.remove(widgets(name), parsed(R"({"preconditions":{"uid":""}})")).status, 409);
}

TEST_F(DeleteConformanceTest, AnUnknownPropagationIsInvalid) {
  const std::string name = unique("a");
  api_.post(widgets(), widget(name));
  EXPECT_EQ(api_.remove(widgets(name), parsed(R"({"propagationPolicy":"Some"})")).status, 422);
}

TEST_F(DeleteConformanceTest, AFinalizerHoldsTheObject) {
  const std::string name = unique("a");
  api_.post(widgets(), held(name));
  const Answer removed = api_.remove(widgets(name));

  EXPECT_EQ(removed.status, 200);
  EXPECT_EQ(removed.at({"kind"}), "Widget");
  EXPECT_NE(removed.meta("deletionTimestamp"), "");
  EXPECT_EQ(removed.generation(), 2);
  const Answer again = api_.remove(widgets(name));
  EXPECT_EQ(again.meta("resourceVersion"), removed.meta("resourceVersion"));
  api_.patch(widgets(name), parsed(R"({"metadata":{"finalizers":null}})"));
  EXPECT_EQ(api_.get(widgets(name)).status, 404);
}

TEST_F(DeleteConformanceTest, AWatchSeesTheEndWithTheLastState) {
  const std::string name = unique("a");
  const Answer created = api_.post(widgets(), held(name));
  api_.remove(widgets(name));
  const Answer last = api_.patch(widgets(name), parsed(R"({"metadata":{"finalizers":[]}})"));
  const std::vector<Event> events =
      api_.watch(widgets() + "?watch=true&fieldSelector=metadata.name%3D" + name +
                     "&resourceVersion=" + created.meta("resourceVersion"),
                 2);

  EXPECT_EQ(events[0].told(), "MODIFIED " + name);
  EXPECT_EQ(events[1].told(), "DELETED " + name);
  EXPECT_EQ(sim::textsAt(events[1].object, {"metadata", "finalizers"}).size(), 1U);
  EXPECT_NE(sim::textAt(events[1].object, {"metadata", "resourceVersion"}),
            sim::textAt(events[0].object, {"metadata", "resourceVersion"}));
}

TEST_F(DeleteConformanceTest, NoFinalizerIsAddedToADeletedObject) {
  const std::string name = unique("a");
  api_.post(widgets(), held(name));
  api_.remove(widgets(name));
  const Answer answer = api_.patch(
      widgets(name),
      parsed(
          R"({"metadata":{"finalizers":["noobaa-db-backup.io/hold","noobaa-db-backup.io/x"]}})"));

  EXPECT_EQ(answer.status, 422);
  EXPECT_THAT(answer.causes(), testing::Contains("FieldValueForbidden metadata.finalizers"));
  api_.patch(widgets(name), parsed(R"({"metadata":{"finalizers":null}})"));
}

TEST_F(DeleteConformanceTest, DependentsFollowTheirOwner) {
  const Answer owner = api_.post(configMaps(), configMap(unique("owner")));
  const std::string child = unique("child");
  ASSERT_EQ(api_.post(configMaps(), ownedBy(owner, child)).status, 201);
  api_.remove(configMaps(owner.meta("name")), parsed(R"({"propagationPolicy":"Background"})"));

  EXPECT_TRUE(eventuallyGone(configMaps(child)));
}

TEST_F(DeleteConformanceTest, AForegroundDeletionTakesTheDependentsFirst) {
  const Answer owner = api_.post(configMaps(), configMap(unique("owner")));
  const std::string child = unique("child");
  ASSERT_EQ(api_.post(configMaps(), ownedBy(owner, child)).status, 201);
  const Answer removed =
      api_.remove(configMaps(owner.meta("name")), parsed(R"({"propagationPolicy":"Foreground"})"));

  EXPECT_EQ(sim::textsAt(removed.body, {"metadata", "finalizers"}),
            std::vector<std::string>{"foregroundDeletion"});
  EXPECT_TRUE(eventuallyGone(configMaps(owner.meta("name"))));
  EXPECT_EQ(api_.get(configMaps(child)).status, 404);
}

TEST_F(DeleteConformanceTest, OrphansStayWithoutTheReference) {
  const Answer owner = api_.post(configMaps(), configMap(unique("owner")));
  const std::string child = unique("child");
  ASSERT_EQ(api_.post(configMaps(), ownedBy(owner, child)).status, 201);
  api_.remove(configMaps(owner.meta("name")), parsed(R"({"propagationPolicy":"Orphan"})"));

  EXPECT_TRUE(eventuallyGone(configMaps(owner.meta("name"))));
  const Answer orphan = api_.get(configMaps(child));
  EXPECT_EQ(orphan.status, 200);
  EXPECT_EQ(orphan.valueAt({"metadata", "ownerReferences"}), nullptr);
}

}  // namespace
}  // namespace conformance
