#include <functional>
#include <string>
#include <vector>

#include "tests/conformance/conformance_fixture.h"

namespace conformance {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class ListConformanceTest : public ConformanceTest {
 protected:
  /// A label that only this test's objects have.
  std::string mark() const { return std::to_string(std::hash<std::string>()(unique(""))); }

  void createMarked(const std::string& name, const std::string& app = "") {
    json::Value object = widget(unique(name));
    object["metadata"]["labels"]["test"] = mark();
    if (!app.empty()) object["metadata"]["labels"]["app"] = app;
    ASSERT_EQ(api_.post(widgets(), object).status, 201);
  }

  /// Of this test's objects, by the last part of their names.
  std::vector<std::string> found(const Answer& list) const {
    std::vector<std::string> names;
    for (const std::string& name : list.names()) names.push_back(name.substr(unique("").size()));
    return names;
  }

  Answer listMarked(const std::string& query) {
    return api_.get(widgets() + "?labelSelector=test%3D" + mark() + query);
  }
};

TEST_F(ListConformanceTest, NamesItsKindAndResourceVersion) {
  const Answer list = listMarked("");

  EXPECT_EQ(list.at({"kind"}), "WidgetList");
  EXPECT_EQ(list.at({"apiVersion"}), "conformance.noobaa-db-backup.io/v1");
  EXPECT_THAT(list.meta("resourceVersion"), testing::MatchesRegex("[0-9]+"));
  ASSERT_NE(list.valueAt({"items"}), nullptr);
  EXPECT_THAT(*list.valueAt({"items"})->array(), IsEmpty());
}

TEST_F(ListConformanceTest, OnlyItemsOfCustomTypesNameTheirKind) {
  createMarked("a");
  const std::string name = unique("b");
  api_.post(configMaps(), configMap(name));
  const Answer custom = listMarked("");
  const Answer built_in = api_.get(configMaps() + "?fieldSelector=metadata.name%3D" + name);

  EXPECT_EQ(sim::textAt(custom.valueAt({"items"})->array()->front(), {"kind"}), "Widget");
  EXPECT_EQ(sim::textAt(built_in.valueAt({"items"})->array()->front(), {"kind"}), "");
}

TEST_F(ListConformanceTest, SelectsByLabels) {
  createMarked("a", "one");
  createMarked("b", "two");
  createMarked("c");

  EXPECT_THAT(found(listMarked(",app%3Done")), ElementsAre("a"));
  EXPECT_THAT(found(listMarked(",app%3D%3Done")), ElementsAre("a"));
  EXPECT_THAT(found(listMarked(",app!%3Done")), ElementsAre("b", "c"));
  EXPECT_THAT(found(listMarked(",app%20in%20(one,two)")), ElementsAre("a", "b"));
  EXPECT_THAT(found(listMarked(",app%20notin%20(one)")), ElementsAre("b", "c"));
  EXPECT_THAT(found(listMarked(",app")), ElementsAre("a", "b"));
  EXPECT_THAT(found(listMarked(",!app")), ElementsAre("c"));
}

TEST_F(ListConformanceTest, SelectsByName) {
  createMarked("a");
  createMarked("b");

  EXPECT_THAT(found(listMarked("&fieldSelector=metadata.name%3D" + unique("a"))), ElementsAre("a"));
  EXPECT_THAT(found(listMarked("&fieldSelector=metadata.name!%3D" + unique("a"))),
              ElementsAre("b"));
}

TEST_F(ListConformanceTest, RefusesBadSelectors) {
  EXPECT_EQ(api_.get(widgets() + "?labelSelector=a%20b").status, 400);
  EXPECT_EQ(api_.get(widgets() + "?labelSelector=a%3D-").status, 400);
  EXPECT_EQ(api_.get(widgets() + "?fieldSelector=spec.size%3D1").status, 400);
  EXPECT_EQ(api_.get(configMaps() + "?fieldSelector=nonsense").status, 400);
}

TEST_F(ListConformanceTest, SpansAllNamespaces) {
  createMarked("a");
  const Answer list =
      api_.get("/apis/conformance.noobaa-db-backup.io/v1/widgets?labelSelector=test%3D" + mark());

  EXPECT_THAT(found(list), ElementsAre("a"));
}

TEST_F(ListConformanceTest, PagesShowTheStateOfTheFirst) {
  for (const char* name : {"a", "b", "c"}) createMarked(name);
  const Answer first = listMarked("&limit=2");
  api_.remove(widgets(unique("c")));
  createMarked("d");
  const Answer second = listMarked("&limit=2&continue=" + first.meta("continue"));

  EXPECT_THAT(found(first), ElementsAre("a", "b"));
  EXPECT_THAT(found(second), ElementsAre("c"));
  EXPECT_EQ(second.meta("resourceVersion"), first.meta("resourceVersion"));
  EXPECT_EQ(second.meta("continue"), "");
}

TEST_F(ListConformanceTest, SaysHowManyRemainUnlessItSelects) {
  for (const char* name : {"a", "b"}) createMarked(name);

  EXPECT_NE(api_.get(widgets() + "?limit=1").valueAt({"metadata", "remainingItemCount"}), nullptr);
  EXPECT_EQ(listMarked("&limit=1").valueAt({"metadata", "remainingItemCount"}), nullptr);
}

TEST_F(ListConformanceTest, TheWatchCacheIgnoresTheLimit) {
  for (const char* name : {"a", "b"}) createMarked(name);
  // What the cache has seen already; version 0 may be older.
  const std::string version = versionOf(widgets());
  listMarked("&resourceVersion=" + version + "&resourceVersionMatch=NotOlderThan");

  EXPECT_THAT(found(listMarked("&limit=1&resourceVersion=0")), ElementsAre("a", "b"));
}

TEST_F(ListConformanceTest, AnExactResourceVersionShowsThePast) {
  createMarked("a");
  const std::string version = listMarked("").meta("resourceVersion");
  createMarked("b");
  const Answer list = listMarked("&resourceVersionMatch=Exact&resourceVersion=" + version);

  EXPECT_THAT(found(list), ElementsAre("a"));
  EXPECT_EQ(list.meta("resourceVersion"), version);
}

TEST_F(ListConformanceTest, RefusesABadContinueToken) {
  EXPECT_EQ(api_.get(widgets() + "?limit=1&continue=nonsense").status, 400);
}

TEST_F(ListConformanceTest, RefusesAResourceVersionWithAContinueToken) {
  for (const char* name : {"a", "b"}) createMarked(name);
  const Answer first = listMarked("&limit=1");
  const Answer second = listMarked("&limit=1&resourceVersion=5&continue=" + first.meta("continue"));

  EXPECT_EQ(second.status, 400);
  EXPECT_THAT(second.message(), HasSubstr("not allowed when using continue"));
}

TEST_F(ListConformanceTest, RefusesBadParameters) {
  EXPECT_EQ(api_.get(widgets() + "?limit=many").status, 400);
  EXPECT_EQ(api_.get(widgets() + "?resourceVersion=new").status, 400);
  EXPECT_EQ(api_.get(widgets() + "?resourceVersionMatch=Exact").status, 422);
  EXPECT_EQ(api_.get(widgets() + "?resourceVersionMatch=Some&resourceVersion=5").status, 422);
}

TEST_F(ListConformanceTest, AResourceVersionFromTheFutureTimesOut) {
  const Answer answer = api_.get(widgets() + "?resourceVersion=9999999999");

  EXPECT_EQ(answer.status, 504);
  EXPECT_EQ(answer.reason(), "Timeout");
  EXPECT_THAT(answer.header("Retry-After"), SizeIs(1));
  EXPECT_THAT(answer.message(), HasSubstr("Too large resource version"));
}

}  // namespace
}  // namespace conformance
