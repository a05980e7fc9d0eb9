#include <string>

#include "tests/conformance/conformance_fixture.h"

namespace conformance {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ChangeConformanceTest : public ConformanceTest {
 protected:
  void SetUp() override {
    name_ = unique("a");
    created_ = api_.post(widgets(), widget(name_));
    ASSERT_EQ(created_.status, 201) << created_.text;
  }

  json::Value sized(int size) const {
    json::Value object = widget(name_);
    object["spec"]["size"] = size;
    return object;
  }

  std::string name_;
  Answer created_;
};

TEST_F(ChangeConformanceTest, AReplacementNeedsTheResourceVersion) {
  const Answer answer = api_.put(widgets(name_), sized(4));

  EXPECT_EQ(answer.status, 422);
  EXPECT_THAT(answer.causes(), ElementsAre("FieldValueInvalid metadata.resourceVersion"));
}

TEST_F(ChangeConformanceTest, AConfigMapIsReplacedWithoutTheResourceVersion) {
  const std::string name = unique("b");
  api_.post(configMaps(), configMap(name));
  EXPECT_EQ(api_.put(configMaps(name), configMap(name)).status, 200);
}

TEST_F(ChangeConformanceTest, AReplacementWithAStaleResourceVersionIsAConflict) {
  api_.patch(widgets(name_), parsed(R"({"spec":{"size":4}})"));
  const Answer answer = api_.put(widgets(name_), created_.body);

  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.reason(), "Conflict");
  EXPECT_EQ(answer.message(),
            "Operation cannot be fulfilled on widgets.conformance.noobaa-db-backup.io \"" + name_ +
                "\": the object has been modified; please apply your changes to the latest version "
                "and try again");
}

TEST_F(ChangeConformanceTest, AReplacementOfAnAbsentObjectIsNotFound) {
  json::Value object = widget("absent");
  object["metadata"]["resourceVersion"] = "1";
  EXPECT_EQ(api_.put(widgets("absent"), object).status, 404);
}

// Unlike that of a Lease, which a replacement may create.
TEST_F(ChangeConformanceTest, AReplacementOfAnAbsentObjectWithAUidIsNotFound) {
  json::Value object = created_.body;
  object["metadata"]["name"] = unique("absent");
  EXPECT_EQ(api_.put(widgets(unique("absent")), object).status, 404);
}

TEST_F(ChangeConformanceTest, AReplacementUnderAnotherNameIsABadRequest) {
  EXPECT_EQ(api_.put(widgets(name_), widget("other")).status, 400);
}

TEST_F(ChangeConformanceTest, AReplacementWithAnotherUidIsAConflict) {
  json::Value object = created_.body;
  object["metadata"]["uid"] = "other";
  EXPECT_EQ(api_.put(widgets(name_), object).status, 409);
}

TEST_F(ChangeConformanceTest, APatchMergesAndRemovesByNull) {
  const Answer patched =
      api_.patch(widgets(name_), parsed(R"({"spec":{"color":"red","mode":"manual"},
                                 "metadata":{"labels":{"a":"b"}}})"));
  EXPECT_EQ(patched.at({"spec", "color"}), "red");
  EXPECT_EQ(*patched.valueAt({"spec", "size"})->integer(), 3);

  const Answer again =
      api_.patch(widgets(name_), parsed(R"({"spec":{"color":null},"metadata":{"labels":null}})"));
  EXPECT_EQ(again.valueAt({"spec", "color"}), nullptr);
  EXPECT_EQ(again.valueAt({"metadata", "labels"}), nullptr);
  EXPECT_EQ(again.at({"spec", "mode"}), "manual");
}

TEST_F(ChangeConformanceTest, APatchWithAStaleResourceVersionIsAConflict) {
  api_.patch(widgets(name_), parsed(R"({"spec":{"size":4}})"));
  json::Value patch = parsed(R"({"spec":{"size":5}})");
  patch["metadata"]["resourceVersion"] = created_.meta("resourceVersion");
  const Answer answer = api_.patch(widgets(name_), patch);

  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.reason(), "Conflict");
}

TEST_F(ChangeConformanceTest, APatchThatChangesNothingKeepsTheResourceVersion) {
  const Answer patched = api_.patch(widgets(name_), parsed(R"({"spec":{"size":3}})"));
  EXPECT_EQ(patched.meta("resourceVersion"), created_.meta("resourceVersion"));
}

TEST_F(ChangeConformanceTest, APatchOfTheUidIsInvalid) {
  const Answer answer = api_.patch(widgets(name_), parsed(R"({"metadata":{"uid":"other"}})"));
  EXPECT_EQ(answer.status, 422);
  EXPECT_THAT(answer.causes(), testing::Contains("FieldValueInvalid metadata.uid"));
}

TEST_F(ChangeConformanceTest, APatchOfTheNameIsABadRequest) {
  EXPECT_EQ(api_.patch(widgets(name_), parsed(R"({"metadata":{"name":"other"}})")).status, 400);
}

TEST_F(ChangeConformanceTest, APatchOfTheCreationTimestampIsIgnored) {
  const Answer patched = api_.patch(
      widgets(name_), parsed(R"({"metadata":{"creationTimestamp":null,"generation":9}})"));
  EXPECT_EQ(patched.meta("creationTimestamp"), created_.meta("creationTimestamp"));
  EXPECT_EQ(patched.generation(), 1);
}

TEST_F(ChangeConformanceTest, AnAbsentObjectCannotBePatched) {
  EXPECT_EQ(api_.patch(widgets("absent"), parsed(R"({"spec":{"size":4}})")).reason(), "NotFound");
}

TEST_F(ChangeConformanceTest, AMergePatchIsAnObject) {
  EXPECT_EQ(api_.patch(widgets(name_), json::Array{}).status, 400);
  EXPECT_EQ(api_.send("PATCH", widgets(name_), "application/merge-patch+json", "{nope").status,
            400);
}

TEST_F(ChangeConformanceTest, CustomResourcesHaveNoStrategicMergePatch) {
  const Answer answer =
      api_.send("PATCH", widgets(name_), "application/strategic-merge-patch+json", "{}");
  EXPECT_EQ(answer.status, 415);
  EXPECT_EQ(answer.reason(), "UnsupportedMediaType");
}

TEST_F(ChangeConformanceTest, ADryRunChangesNothing) {
  const Answer patched =
      api_.patch(widgets(name_) + "?dryRun=All", parsed(R"({"spec":{"size":4}})"));
  EXPECT_EQ(*patched.valueAt({"spec", "size"})->integer(), 4);
  EXPECT_EQ(*api_.get(widgets(name_)).valueAt({"spec", "size"})->integer(), 3);
}

TEST_F(ChangeConformanceTest, GenerationCountsChangesOfTheSpecAlone) {
  EXPECT_EQ(api_.patch(widgets(name_), parsed(R"({"metadata":{"labels":{"a":"b"}}})")).generation(),
            1);
  EXPECT_EQ(
      api_.patch(widgets(name_) + "/status", parsed(R"({"status":{"phase":"x"}})")).generation(),
      1);
  EXPECT_EQ(api_.patch(widgets(name_), parsed(R"({"spec":{"size":4}})")).generation(), 2);
}

TEST_F(ChangeConformanceTest, TheMainResourceIgnoresStatus) {
  const Answer patched =
      api_.patch(widgets(name_), parsed(R"({"status":{"phase":"x"},"spec":{"size":4}})"));
  EXPECT_EQ(patched.valueAt({"status"}), nullptr);

  json::Value object = widget(unique("b"));
  object["status"]["phase"] = "x";
  EXPECT_EQ(api_.post(widgets(), object).valueAt({"status"}), nullptr);
}

TEST_F(ChangeConformanceTest, TheStatusSubresourceIgnoresTheRest) {
  const Answer patched = api_.patch(widgets(name_) + "/status",
                                    parsed(R"({"status":{"phase":"Done","junk":1},"spec":{"size":9},
                            "metadata":{"labels":{"a":"b"}}})"));
  EXPECT_EQ(patched.at({"status", "phase"}), "Done");
  EXPECT_EQ(patched.valueAt({"status", "junk"}), nullptr);
  EXPECT_EQ(*patched.valueAt({"spec", "size"})->integer(), 3);
  EXPECT_EQ(patched.valueAt({"metadata", "labels"}), nullptr);
}

TEST_F(ChangeConformanceTest, TheStatusSubresourceIsReplacedAndRead) {
  json::Value object = created_.body;
  object["status"]["phase"] = "Done";
  EXPECT_EQ(api_.put(widgets(name_) + "/status", object).at({"status", "phase"}), "Done");
  EXPECT_EQ(api_.get(widgets(name_) + "/status").at({"status", "phase"}), "Done");
  EXPECT_EQ(api_.put(widgets(name_) + "/status", object).reason(), "Conflict");
}

TEST_F(ChangeConformanceTest, UnknownFieldsArePrunedWithAWarning) {
  const Answer patched =
      api_.patch(widgets(name_), parsed(R"({"spec":{"junk":1,"free":{"kept":1}}})"));
  EXPECT_EQ(patched.valueAt({"spec", "junk"}), nullptr);
  EXPECT_NE(patched.valueAt({"spec", "free", "kept"}), nullptr);
  EXPECT_THAT(patched.header("Warning"), ElementsAre(R"(299 - "unknown field \"spec.junk\"")"));
}

TEST_F(ChangeConformanceTest, UnknownFieldsAreRefusedWhenStrict) {
  const Answer answer =
      api_.patch(widgets(name_) + "?fieldValidation=Strict", parsed(R"({"spec":{"junk":1}})"));
  EXPECT_EQ(answer.status, 422) << answer.text;
  json::Value object = widget(unique("b"));
  object["spec"]["junk"] = 1;
  const Answer created = api_.post(widgets() + "?fieldValidation=Strict", object);
  EXPECT_EQ(created.status, 400);
  EXPECT_THAT(created.message(), HasSubstr(R"(strict decoding error: unknown field "spec.junk")"));
}

TEST_F(ChangeConformanceTest, DefaultsAreFilledInAndNullsDropped) {
  EXPECT_EQ(created_.at({"spec", "mode"}), "auto");
  json::Value object = widget(unique("b"));
  object["spec"]["mode"] = nullptr;
  object["spec"]["color"] = nullptr;
  const Answer created = api_.post(widgets(), object);
  EXPECT_EQ(created.at({"spec", "mode"}), "auto");
  EXPECT_EQ(created.valueAt({"spec", "color"}), nullptr);
}

struct BadSpec {
  const char* what;
  const char* spec;
  const char* cause;
};

class SchemaConformanceTest : public ConformanceTest,
                              public testing::WithParamInterface<BadSpec> {};

TEST_P(SchemaConformanceTest, RefusesNamingTheField) {
  json::Value object = widget("refused");
  object["spec"] = parsed(GetParam().spec);
  const Answer answer = api_.post(widgets(), object);

  EXPECT_EQ(answer.status, 422) << answer.text;
  EXPECT_EQ(answer.reason(), "Invalid");
  EXPECT_THAT(answer.causes(), ElementsAre(GetParam().cause));
  EXPECT_THAT(answer.message(), HasSubstr("Widget.conformance.noobaa-db-backup.io \"refused\" is "
                                          "invalid: spec."));
}

INSTANTIATE_TEST_SUITE_P(
    Specs, SchemaConformanceTest,
    testing::Values(
        BadSpec{"Absent", R"({})", "FieldValueRequired spec.size"},
        BadSpec{"Text", R"({"size":"3"})", "FieldValueTypeInvalid spec.size"},
        BadSpec{"Fraction", R"({"size":1.5})", "FieldValueTypeInvalid spec.size"},
        BadSpec{"TooSmall", R"({"size":0})", "FieldValueInvalid spec.size"},
        BadSpec{"TooLarge", R"({"size":11})", "FieldValueInvalid spec.size"},
        BadSpec{"Pattern", R"({"size":1,"name":"ABC"})", "FieldValueInvalid spec.name"},
        BadSpec{"TooShort", R"({"size":1,"name":"a"})", "FieldValueInvalid spec.name"},
        BadSpec{"Enum", R"({"size":1,"color":"blue"})", "FieldValueNotSupported spec.color"},
        BadSpec{"Date", R"({"size":1,"when":"noon"})", "FieldValueTypeInvalid spec.when"},
        BadSpec{"ItemWithoutKey", R"({"size":1,"parts":[{}]})",
                "FieldValueRequired spec.parts[0].key"},
        BadSpec{"TooManyItems", R"({"size":1,"parts":[{"key":"a"},{"key":"b"},{"key":"c"}]})",
                "FieldValueTooMany spec.parts"},
        BadSpec{"MapValue", R"({"size":1,"labels":{"a":1}})",
                "FieldValueTypeInvalid spec.labels.a"},
        BadSpec{"MapType", R"({"size":1,"labels":[]})", "FieldValueTypeInvalid spec.labels"}),
    [](const testing::TestParamInfo<BadSpec>& bad) { return bad.param.what; });

}  // namespace
}  // namespace conformance
