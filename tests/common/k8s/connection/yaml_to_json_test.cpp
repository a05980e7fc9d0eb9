#include "common/k8s/connection/yaml_to_json.h"

#include <gtest/gtest.h>

#include "common/json/write.h"

namespace k8s {
namespace {

struct Scalar {
  const char* yaml;
  const char* json;
};

class YamlScalarTest : public ::testing::TestWithParam<Scalar> {};

TEST_P(YamlScalarTest, IsOfTheTypeThatTheCoreSchemaSays) {
  const json::Value array = json::Array{jsonOf(YAML::Load(GetParam().yaml))};
  EXPECT_EQ(json::write(array), std::string("[") + GetParam().json + "]") << GetParam().yaml;
}

INSTANTIATE_TEST_SUITE_P(
    Scalars, YamlScalarTest,
    ::testing::Values(
        Scalar{"", "null"}, Scalar{"~", "null"}, Scalar{"NULL", "null"}, Scalar{"''", R"("")"},
        Scalar{"nULL", R"("nULL")"}, Scalar{"true", "true"}, Scalar{"False", "false"},
        Scalar{"yes", R"("yes")"}, Scalar{"on", R"("on")"}, Scalar{"'true'", R"("true")"},
        Scalar{"\"1\"", R"("1")"}, Scalar{"!!str 1", R"("1")"}, Scalar{"0", "0"},
        Scalar{"-12", "-12"}, Scalar{"+12", "12"}, Scalar{"010", "10"}, Scalar{"0o10", "8"},
        Scalar{"0xfF", "255"}, Scalar{"0x", R"("0x")"}, Scalar{"1.5", "1.5"}, Scalar{"-.5", "-0.5"},
        Scalar{"1e3", "1000.0"}, Scalar{"1E-2", "0.01"},
        Scalar{"9223372036854775808", "9223372036854775808.0"}, Scalar{".", R"(".")"},
        Scalar{"--1", R"("--1")"}, Scalar{"+", R"("+")"}, Scalar{"+-1", R"("+-1")"},
        Scalar{"1.2.3", R"("1.2.3")"}, Scalar{"1e", R"("1e")"}, Scalar{"e5", R"("e5")"},
        Scalar{"1 2", R"("1 2")"}, Scalar{".inf", R"(".inf")"}, Scalar{".nan", R"(".nan")"},
        Scalar{"nan", R"("nan")"}, Scalar{"inf", R"("inf")"}, Scalar{"v1", R"("v1")"}));

TEST(YamlToJsonTest, KeepsMapsAndListsInOrder) {
  EXPECT_EQ(json::write(jsonOf(YAML::Load("{b: [1, {c: ~}, []], a: {}, 5: x}"))),
            R"({"b":[1,{"c":null},[]],"a":{},"5":"x"})");
}

}  // namespace
}  // namespace k8s
