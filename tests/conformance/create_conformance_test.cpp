#include <string>

#include "tests/conformance/conformance_fixture.h"

namespace conformance {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

using CreateConformanceTest = ConformanceTest;

TEST_F(CreateConformanceTest, SetsTheServersMetadata) {
  const Answer created = api_.post(widgets(), widget(unique("a")));

  ASSERT_EQ(created.status, 201) << created.text;
  EXPECT_EQ(created.meta("namespace"), environment_.nameSpace());
  EXPECT_THAT(created.meta("uid"), testing::SizeIs(36));
  EXPECT_THAT(created.meta("resourceVersion"), testing::MatchesRegex("[0-9]+"));
  EXPECT_THAT(created.meta("creationTimestamp"), testing::MatchesRegex("....-..-..T..:..:..Z"));
  EXPECT_EQ(created.generation(), 1);
}

TEST_F(CreateConformanceTest, GeneratesNames) {
  json::Value object = configMap("");
  object["metadata"] = json::Object{{"generateName", "generated-"}};
  const std::string first = api_.post(configMaps(), object).meta("name");
  const std::string second = api_.post(configMaps(), object).meta("name");

  EXPECT_THAT(first, StartsWith("generated-"));
  EXPECT_EQ(first.size(), std::string("generated-").size() + 5);
  EXPECT_NE(first, second);
}

TEST_F(CreateConformanceTest, ConfigMapsHaveNoGeneration) {
  EXPECT_EQ(api_.post(configMaps(), configMap(unique("a"))).generation(), 0);
}

TEST_F(CreateConformanceTest, AnExistingObjectIsAlreadyExists) {
  const std::string name = unique("a");
  api_.post(widgets(), widget(name));
  const Answer again = api_.post(widgets(), widget(name));

  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.reason(), "AlreadyExists");
  EXPECT_EQ(again.message(),
            "widgets.conformance.noobaa-db-backup.io \"" + name + "\" already exists");
  EXPECT_EQ(again.at({"details", "name"}), name);
}

TEST_F(CreateConformanceTest, ABadNameIsInvalid) {
  const Answer answer = api_.post(configMaps(), configMap("Not_A_Name"));

  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(answer.reason(), "Invalid");
  EXPECT_EQ(answer.at({"details", "kind"}), "ConfigMap");
  EXPECT_THAT(answer.causes(), ElementsAre("FieldValueInvalid metadata.name"));
}

TEST_F(CreateConformanceTest, NoNameIsInvalid) {
  json::Value object = widget("");
  const Answer answer = api_.post(widgets(), object);

  EXPECT_EQ(answer.status, 422);
  EXPECT_THAT(answer.message(), HasSubstr("name or generateName is required"));
}

TEST_F(CreateConformanceTest, ANameOf254CharactersIsInvalid) {
  EXPECT_EQ(api_.post(configMaps(), configMap(std::string(254, 'a'))).status, 422);
  EXPECT_EQ(api_.post(configMaps(), configMap(std::string(253, 'a'))).status, 201);
}

TEST_F(CreateConformanceTest, ALabelValueOf64CharactersIsInvalid) {
  json::Value object = configMap(unique("a"));
  object["metadata"]["labels"]["app"] = std::string(64, 'a');
  const Answer answer = api_.post(configMaps(), object);

  EXPECT_EQ(answer.status, 422);
  EXPECT_THAT(answer.causes(), ElementsAre("FieldValueInvalid metadata.labels"));
}

TEST_F(CreateConformanceTest, AMalformedAnnotationKeyIsInvalid) {
  json::Value object = configMap(unique("a"));
  object["metadata"]["annotations"]["no good"] = "x";

  EXPECT_THAT(api_.post(configMaps(), object).causes(),
              ElementsAre("FieldValueInvalid metadata.annotations"));
}

TEST_F(CreateConformanceTest, ALabelThatIsNoStringIsABadRequest) {
  json::Value object = configMap(unique("a"));
  object["metadata"]["labels"]["app"] = 1;

  EXPECT_EQ(api_.post(configMaps(), object).status, 400);
}

TEST_F(CreateConformanceTest, AnotherKindIsRefused) {
  json::Value object = configMap(unique("a"));
  object["kind"] = "Secret";
  EXPECT_EQ(api_.post(configMaps(), object).status, 400);

  object = widget(unique("a"));
  object["kind"] = "Gadget";
  EXPECT_EQ(api_.post(widgets(), object).status, 422);
}

TEST_F(CreateConformanceTest, AnotherApiVersionIsABadRequest) {
  json::Value object = widget(unique("a"));
  object["apiVersion"] = "conformance.noobaa-db-backup.io/v2";
  const Answer answer = api_.post(widgets(), object);

  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.reason(), "BadRequest");
  EXPECT_THAT(answer.message(), HasSubstr("does not match the expected API version"));
}

TEST_F(CreateConformanceTest, ABodyThatIsNoJsonIsABadRequest) {
  const Answer answer = api_.send("POST", configMaps(), "application/json", "{nope");

  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.reason(), "BadRequest");
}

TEST_F(CreateConformanceTest, AnUnknownContentTypeIsUnsupported) {
  const Answer answer = api_.send("POST", configMaps(), "text/plain", "hello");

  EXPECT_EQ(answer.status, 415);
  EXPECT_EQ(answer.reason(), "UnsupportedMediaType");
}

TEST_F(CreateConformanceTest, AnotherNamespaceThanThePathsIsABadRequest) {
  json::Value object = configMap(unique("a"));
  object["metadata"]["namespace"] = "elsewhere";

  EXPECT_EQ(api_.post(configMaps(), object).status, 400);
}

TEST_F(CreateConformanceTest, AnAbsentNamespaceIsNotFound) {
  const Answer answer =
      api_.post("/api/v1/namespaces/ndb-absent/configmaps", configMap(unique("a")));

  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.reason(), "NotFound");
  EXPECT_EQ(answer.message(), "namespaces \"ndb-absent\" not found");
  EXPECT_EQ(answer.at({"details", "kind"}), "namespaces");
}

TEST_F(CreateConformanceTest, AResourceVersionIsRefused) {
  json::Value object = configMap(unique("a"));
  object["metadata"]["resourceVersion"] = "5";

  EXPECT_EQ(api_.post(configMaps(), object).status, 500);
}

TEST_F(CreateConformanceTest, ADryRunIsAnsweredButNotStored) {
  const std::string name = unique("a");
  const Answer created = api_.post(widgets() + "?dryRun=All", widget(name));

  EXPECT_EQ(created.status, 201);
  EXPECT_THAT(created.meta("uid"), Not(""));
  EXPECT_EQ(api_.get(widgets(name)).status, 404);
}

TEST_F(CreateConformanceTest, ADryRunIsValidated) {
  json::Value object = widget(unique("a"));
  object["spec"]["size"] = 99;
  EXPECT_EQ(api_.post(widgets() + "?dryRun=All", object).status, 422);
}

TEST_F(CreateConformanceTest, ADryRunOfAnExistingObjectIsAlreadyExists) {
  const std::string name = unique("a");
  api_.post(widgets(), widget(name));

  EXPECT_EQ(api_.post(widgets() + "?dryRun=All", widget(name)).reason(), "AlreadyExists");
}

TEST_F(CreateConformanceTest, AnUnknownDryRunIsInvalid) {
  EXPECT_EQ(api_.post(configMaps() + "?dryRun=Some", configMap(unique("a"))).status, 422);
}

}  // namespace
}  // namespace conformance
