#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "tests/conformance/conformance_fixture.h"

namespace conformance {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class WatchConformanceTest : public ConformanceTest {
 protected:
  static std::vector<std::string> told(const std::vector<Event>& events) {
    std::vector<std::string> lines;
    for (const Event& event : events) lines.push_back(event.told());
    return lines;
  }

  std::string watching(const std::string& query) const { return widgets() + "?watch=true" + query; }

  std::string only(const std::string& name) const {
    return "&fieldSelector=metadata.name%3D" + name;
  }
};

TEST_F(WatchConformanceTest, TellsWhatHappensAfterItsResourceVersion) {
  const std::string name = unique("a");
  const std::string version = versionOf(widgets());
  api_.post(widgets(), widget(name));
  api_.patch(widgets(name), parsed(R"({"spec":{"size":4}})"));
  api_.remove(widgets(name));

  EXPECT_THAT(told(api_.watch(watching("&resourceVersion=" + version + only(name)), 3)),
              ElementsAre("ADDED " + name, "MODIFIED " + name, "DELETED " + name));
}

TEST_F(WatchConformanceTest, EachEventHasALaterResourceVersion) {
  const std::string name = unique("a");
  const std::string version = versionOf(widgets());
  const Answer created = api_.post(widgets(), widget(name));
  api_.remove(widgets(name));
  const std::vector<Event> events =
      api_.watch(watching("&resourceVersion=" + version + only(name)), 2);

  EXPECT_EQ(sim::textAt(events[0].object, {"metadata", "resourceVersion"}),
            created.meta("resourceVersion"));
  EXPECT_GT(std::stoll(sim::textAt(events[1].object, {"metadata", "resourceVersion"})),
            std::stoll(created.meta("resourceVersion")));
}

TEST_F(WatchConformanceTest, WithoutAResourceVersionItBeginsWithWhatIsThere) {
  const std::string name = unique("a");
  api_.post(widgets(), widget(name));

  EXPECT_THAT(told(api_.watch(watching(only(name)), 1)), ElementsAre("ADDED " + name));
}

TEST_F(WatchConformanceTest, LeavingASelectionIsADeletionAndEnteringAnAddition) {
  json::Value object = widget(unique("a"));
  object["metadata"]["labels"]["watched"] = "yes";
  const std::string name = unique("a");
  const std::string version = versionOf(widgets());
  api_.post(widgets(), object);
  const Answer left =
      api_.patch(widgets(name), parsed(R"({"metadata":{"labels":{"watched":"no"}}})"));
  api_.patch(widgets(name), parsed(R"({"spec":{"size":4}})"));
  api_.patch(widgets(name), parsed(R"({"metadata":{"labels":{"watched":"yes"}}})"));
  const std::vector<Event> events =
      api_.watch(watching("&labelSelector=watched%3Dyes&resourceVersion=" + version), 3);

  EXPECT_THAT(told(events), ElementsAre("ADDED " + name, "DELETED " + name, "ADDED " + name));
  EXPECT_EQ(sim::textAt(events[1].object, {"metadata", "resourceVersion"}),
            left.meta("resourceVersion"));
  EXPECT_EQ(sim::textAt(events[1].object, {"metadata", "labels", "watched"}), "yes");
}

TEST_F(WatchConformanceTest, SeesEventsWhileItWaits) {
  const std::string name = unique("a");
  HttpApi other(environment_.target().connection(), environment_.target().clock());
  std::vector<std::string> seen;
  const std::string version = versionOf(widgets());
  other.post(widgets(), widget(name));
  api_.watch(watching("&resourceVersion=" + version + only(name)),
             [&](const std::vector<Event>& events) {
               seen.push_back(events.back().told());
               if (seen.size() == 1) other.patch(widgets(name), parsed(R"({"spec":{"size":4}})"));
               if (seen.size() == 2) other.remove(widgets(name));
               return seen.size() == 3;
             });

  EXPECT_THAT(seen, ElementsAre("ADDED " + name, "MODIFIED " + name, "DELETED " + name));
}

TEST_F(WatchConformanceTest, EndsAfterItsTimeout) {
  timing::Clock& clock = environment_.target().clock();
  const timing::Monotonic begin = clock.monotonic();
  const std::vector<Event> events = api_.watch(
      watching("&timeoutSeconds=1&resourceVersion=" + versionOf(widgets()) + only("absent")), 1);

  EXPECT_THAT(events, IsEmpty());
  EXPECT_GE(clock.monotonic() - begin, std::chrono::milliseconds(900));
}

TEST_F(WatchConformanceTest, ABookmarkComesBeforeTheEnd) {
  const std::string name = unique("a");
  const std::string version = versionOf(widgets());
  HttpApi other(environment_.target().connection(), environment_.target().clock());
  other.post(widgets(), widget(name));
  Answer unseen;
  const std::vector<Event> events =
      api_.watch(watching("&allowWatchBookmarks=true&timeoutSeconds=5&resourceVersion=" + version +
                          only(name)),
                 [&](const std::vector<Event>& so_far) {
                   if (so_far.size() == 1) unseen = other.post(widgets(), widget(unique("b")));
                   return so_far.size() == 2;
                 });

  ASSERT_THAT(events, testing::SizeIs(2));
  EXPECT_EQ(events[1].type, "BOOKMARK");
  EXPECT_EQ(sim::textAt(events[1].object, {"kind"}), "Widget");
  EXPECT_GE(std::stoll(sim::textAt(events[1].object, {"metadata", "resourceVersion"})),
            std::stoll(unseen.meta("resourceVersion")));
}

TEST_F(WatchConformanceTest, ABookmarkMarksTheEndOfWhatWasThere) {
  const std::string name = unique("a");
  api_.post(widgets(), widget(name));
  const std::vector<Event> events =
      api_.watch(watching("&allowWatchBookmarks=true" + only(name)), 2);

  EXPECT_EQ(events[0].told(), "ADDED " + name);
  EXPECT_EQ(events[1].type, "BOOKMARK");
  EXPECT_EQ(sim::textAt(events[1].object, {"metadata", "annotations", "k8s.io/initial-events-end"}),
            "true");
}

TEST_F(WatchConformanceTest, AnUnservedTypeIsPlainText) {
  const Answer answer = api_.get("/apis/absent.noobaa-db-backup.io/v1/things?watch=true");

  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.text, "404 page not found\n");
}

TEST_F(WatchConformanceTest, RefusesBadParameters) {
  EXPECT_EQ(api_.get(watching("&labelSelector=a%20b")).status, 400);
  EXPECT_EQ(api_.get(watching("&timeoutSeconds=long")).status, 400);
  EXPECT_EQ(api_.get(watching("&resourceVersion=new")).status, 500);
}

}  // namespace
}  // namespace conformance
