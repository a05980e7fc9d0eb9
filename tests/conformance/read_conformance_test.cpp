#include <string>

#include "tests/conformance/conformance_fixture.h"

namespace conformance {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;

using ReadConformanceTest = ConformanceTest;

TEST_F(ReadConformanceTest, AnAbsentObjectIsNamedInTheDetails) {
  const Answer answer = api_.get(widgets("absent"));

  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.reason(), "NotFound");
  EXPECT_EQ(answer.message(), "widgets.conformance.noobaa-db-backup.io \"absent\" not found");
  EXPECT_EQ(answer.at({"kind"}), "Status");
  EXPECT_EQ(answer.at({"status"}), "Failure");
  EXPECT_EQ(answer.at({"details", "name"}), "absent");
  EXPECT_EQ(answer.at({"details", "group"}), "conformance.noobaa-db-backup.io");
  EXPECT_EQ(answer.at({"details", "kind"}), "widgets");
}

TEST_F(ReadConformanceTest, TheCoreGroupIsLeftOutOfTheDetails) {
  const Answer answer = api_.get(configMaps("absent"));

  EXPECT_EQ(answer.message(), "configmaps \"absent\" not found");
  EXPECT_EQ(answer.valueAt({"details", "group"}), nullptr);
}

TEST_F(ReadConformanceTest, AnUnservedGroupIsPlainText) {
  const Answer answer = api_.get("/apis/absent.noobaa-db-backup.io/v1/namespaces/a/things/b");

  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.text, "404 page not found\n");
  EXPECT_THAT(answer.header("Content-Type"), ElementsAre(HasSubstr("text/plain")));
}

TEST_F(ReadConformanceTest, AnUnservedTypeOfACustomGroupIsPlainText) {
  const std::string things = "/apis/conformance.noobaa-db-backup.io/v1/namespaces/a/things";
  EXPECT_EQ(api_.get(things).text, "404 page not found\n");
  EXPECT_EQ(api_.get("/apis/conformance.noobaa-db-backup.io/v9/namespaces/a/widgets").text,
            "404 page not found\n");
}

TEST_F(ReadConformanceTest, AnUnservedTypeOfABuiltInGroupIsAStatusWithoutAName) {
  const Answer answer = api_.get("/apis/batch/v1/namespaces/a/things/b");

  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.reason(), "NotFound");
  EXPECT_EQ(answer.message(), "the server could not find the requested resource");
  EXPECT_EQ(answer.at({"details", "name"}), "");
}

TEST_F(ReadConformanceTest, APostToAnObjectIsNotAllowed) {
  const std::string name = unique("a");
  api_.post(configMaps(), configMap(name));
  const Answer answer = api_.post(configMaps(name), configMap(name));

  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.reason(), "MethodNotAllowed");
}

TEST_F(ReadConformanceTest, ServesItsVersionAndReadiness) {
  EXPECT_EQ(api_.get("/version").at({"major"}), "1");
  EXPECT_EQ(api_.get("/readyz").text, "ok");
}

TEST_F(ReadConformanceTest, NamesItsGroups) {
  const Answer answer = api_.get("/apis");
  std::vector<std::string> groups;
  for (const json::Value& group : *answer.valueAt({"groups"})->array()) {
    groups.push_back(sim::textAt(group, {"name"}));
  }

  EXPECT_EQ(answer.at({"kind"}), "APIGroupList");
  EXPECT_THAT(groups, IsSupersetOf({"apiextensions.k8s.io", "apps", "authorization.k8s.io", "batch",
                                    "conformance.noobaa-db-backup.io", "coordination.k8s.io",
                                    "events.k8s.io", "storage.k8s.io"}));
}

TEST_F(ReadConformanceTest, DescribesAGroup) {
  const Answer group = api_.get("/apis/conformance.noobaa-db-backup.io");

  EXPECT_EQ(group.at({"kind"}), "APIGroup");
  EXPECT_EQ(group.at({"name"}), "conformance.noobaa-db-backup.io");
  EXPECT_EQ(group.at({"preferredVersion", "groupVersion"}), "conformance.noobaa-db-backup.io/v1");
}

TEST_F(ReadConformanceTest, DescribesTheTypesOfAGroup) {
  const Answer list = api_.get("/apis/conformance.noobaa-db-backup.io/v1");
  std::vector<std::string> names;
  for (const json::Value& resource : *list.valueAt({"resources"})->array()) {
    names.push_back(sim::textAt(resource, {"name"}) + " " + sim::textAt(resource, {"kind"}));
  }

  EXPECT_EQ(list.at({"groupVersion"}), "conformance.noobaa-db-backup.io/v1");
  EXPECT_THAT(names, ElementsAre("widgets Widget", "widgets/status Widget"));
}

TEST_F(ReadConformanceTest, AWrongTokenIsUnauthorized) {
  k8s::Connection connection = environment_.target().connection();
  connection.client_certificate.pem.clear();
  connection.client_key.pem.clear();
  connection.token_file.clear();
  connection.token = "wrong";
  HttpApi stranger(connection, environment_.target().clock());
  const Answer answer = stranger.get("/api/v1/namespaces");

  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(answer.reason(), "Unauthorized");
  EXPECT_EQ(answer.message(), "Unauthorized");
}

TEST_F(ReadConformanceTest, AUserWithoutRightsIsForbidden) {
  environment_.target().denyAll("ndb-nobody");
  k8s::Connection connection = environment_.target().connection();
  connection.impersonation.user = "ndb-nobody";
  HttpApi nobody(connection, environment_.target().clock());
  const Answer create = nobody.post(widgets(), widget("a"));
  const Answer get = nobody.get(configMaps("a"));
  const Answer status = nobody.patch(widgets("a") + "/status", json::Object{});
  const std::string where = "in the namespace \"" + environment_.nameSpace() + "\"";

  EXPECT_EQ(create.status, 403);
  EXPECT_EQ(create.reason(), "Forbidden");
  EXPECT_EQ(create.message(),
            "widgets.conformance.noobaa-db-backup.io is forbidden: User \"ndb-nobody\" cannot "
            "create resource \"widgets\" in API group \"conformance.noobaa-db-backup.io\" " +
                where);
  EXPECT_EQ(get.message(),
            "configmaps \"a\" is forbidden: User \"ndb-nobody\" cannot get resource "
            "\"configmaps\" in API group \"\" " +
                where);
  EXPECT_EQ(status.status, 403);
  EXPECT_EQ(create.at({"details", "kind"}), "widgets");
}

TEST_F(ReadConformanceTest, ATimeoutIsADuration) {
  EXPECT_EQ(api_.get(widgets() + "?timeout=30s").status, 200);
  EXPECT_EQ(api_.post(widgets() + "?timeout=1s", widget(unique("a"))).status, 201);
  EXPECT_EQ(api_.remove(widgets(unique("a")) + "?timeout=1s").status, 200);
  EXPECT_EQ(api_.get("/apis?timeout=30s").status, 200);
  const Answer refused = api_.get(widgets() + "?timeout=soon");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.reason(), "BadRequest");
}

TEST_F(ReadConformanceTest, TheAccessReviewAnswersAtOnce) {
  json::Value review = parsed(R"({"apiVersion":"authorization.k8s.io/v1",
    "kind":"SelfSubjectAccessReview","spec":{"resourceAttributes":{
      "group":"conformance.noobaa-db-backup.io","resource":"widgets","verb":"create"}}})");
  review["spec"]["resourceAttributes"]["namespace"] = environment_.nameSpace();
  const std::string path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
  const Answer mine = api_.post(path, review);

  EXPECT_EQ(mine.status, 201);
  EXPECT_TRUE(sim::flagAt(mine.body, {"status", "allowed"}));
}

TEST_F(ReadConformanceTest, TheRulesReviewListsRules) {
  json::Value review = parsed(
      R"({"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectRulesReview","spec":{}})");
  review["spec"]["namespace"] = environment_.nameSpace();
  const Answer answer = api_.post("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", review);

  EXPECT_EQ(answer.status, 201);
  ASSERT_NE(answer.valueAt({"status", "resourceRules"}), nullptr);
  const json::Value& rule = answer.valueAt({"status", "resourceRules"})->array()->front();
  EXPECT_NE(sim::valueAt(rule, {"verbs"}), nullptr);
  EXPECT_NE(sim::valueAt(rule, {"apiGroups"}), nullptr);
  EXPECT_NE(sim::valueAt(rule, {"resources"}), nullptr);
  EXPECT_FALSE(sim::flagAt(answer.body, {"status", "incomplete"}));
}

}  // namespace
}  // namespace conformance
