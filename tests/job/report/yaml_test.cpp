#include "job/report/yaml.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <yaml-cpp/yaml.h>

#include <string>

namespace job {
namespace {

json::Value objectOf(const std::string& text) {
  return json::Object{{"key", text}};
}

TEST(YamlTest, IsBlockStyleInTheOrderOfTheMembers) {
  const json::Value value = json::Object{
      {"name", "noobaa"},
      {"none", nullptr},
      {"count", 3},
      {"yes", true},
      {"empty", json::Array()},
      {"list", json::Array{"a", "b c", 5}},
      {"rows",
       json::Array{json::Object{{"x", 1}, {"members", json::Array{json::Object{{"y", "z"}}}}},
                   json::Object{{"x", 2}, {"members", json::Array()}}}},
      {"inner", json::Object{{"a", "b"}, {"c", json::Object()}}}};
  EXPECT_EQ(writeYaml(value),
            "name: noobaa\n"
            "none: null\n"
            "count: 3\n"
            "\"yes\": true\n"
            "empty: []\n"
            "list:\n"
            "- a\n"
            "- b c\n"
            "- 5\n"
            "rows:\n"
            "- x: 1\n"
            "  members:\n"
            "  - \"y\": z\n"
            "- x: 2\n"
            "  members: []\n"
            "inner:\n"
            "  a: b\n"
            "  c: {}\n");
}

TEST(YamlTest, NestedListsKeepTheirDashes) {
  EXPECT_EQ(writeYaml(json::Array{json::Array{1, 2}, json::Array{}}), "- - 1\n  - 2\n- []\n");
}

TEST(YamlTest, QuotesWhatCouldBeReadAsAnotherType) {
  for (const char* text : {"",          "yes",        "No",
                           "ON",        "off",        "y",
                           "N",         "true",       "False",
                           "null",      "NULL",       "~",
                           "1",         "-1",         "+1",
                           "1.5",       "1e3",        "0x1f",
                           "0o17",      "1_000",      ".5",
                           ".inf",      ".NaN",       "=",
                           "<<",        "2025-01-15", "12:30:45",
                           " a",        "a ",         "a: b",
                           "a:",        "a #b",       "#a",
                           "- a",       "-",          "? a",
                           "*a",        "&a",         "!a",
                           "@a",        "`a",         "%a",
                           "{a",        "[a",         "]",
                           "'a",        "\"a",        "|",
                           ">",         "a,b",        "a\nb",
                           "a\tb",      "\xC3\xA4",   "a\x01",
                           "0 2 * * *", "* * * * *",  "2025-01-15T02:00:00Z",
                           "---",       "...",        "a\\b"}) {
    const std::string yaml = writeYaml(objectOf(text));
    EXPECT_TRUE(yaml.starts_with("key: \"")) << yaml;
    EXPECT_EQ(YAML::Load(yaml)["key"].as<std::string>(), text);
  }
}

TEST(YamlTest, LeavesPlainWordsPlain) {
  for (const char* text : {"noobaa", "noobaa-db-pg-cluster", "PG_DATA", "Europe/Berlin", "a1.b-c",
                           "PostgreSQL was shut down", "yesterday", "nothing"}) {
    EXPECT_EQ(writeYaml(objectOf(text)), "key: " + std::string(text) + "\n");
  }
}

RC_GTEST_PROP(YamlTest, EveryTextIsReadBackAsItIs, ()) {
  // Bytes of ASCII; what is beyond is quoted always, and passes through.
  const auto text = *rc::gen::container<std::string>(*rc::gen::inRange<std::size_t>(0, 30),
                                                     rc::gen::inRange<char>(1, 127));
  const YAML::Node node = YAML::Load(writeYaml(json::Object{{text, json::Array{text, text}}}));
  RC_ASSERT(node.begin()->first.as<std::string>() == text);
  RC_ASSERT(node.begin()->second[1].as<std::string>() == text);
}

}  // namespace
}  // namespace job
