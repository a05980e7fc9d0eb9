#include "common/k8s/event.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "common/json/parse.h"
#include "common/json/write.h"
#include "tests/common/k8s/client/client_fixture.h"

namespace k8s {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;
using testing_support::Reply;

class EventTest : public testing_support::ClientFixture {
 protected:
  EventTest() : ClientFixture(defaults(), logging::Level::kDebug) {}

  Event anEvent() const {
    return {.regarding = {.ref = {kNooBaas, "noobaa", "noobaa"},
                          .uid = "uid-1",
                          .resource_version = "77"},
            .reason = "BackupCompleted",
            .action = "Backup",
            .note = "backup-1 is complete",
            .reporting_controller = "noobaa.io/noobaa-db-backup",
            .reporting_instance = "run/pod"};
  }
  json::Value record(const Event& event) {
    transport.expect(Reply(201, "{}"));
    recordEvent(client, event, unbounded());
    return sent();
  }
  json::Value sent() const { return *json::parse(transport.requests.back().body); }
  static std::string text(json::Value object, const char* key) { return *object[key].string(); }
  std::string nameFor(const std::string& object) {
    Event event = anEvent();
    event.regarding.ref.name = object;
    json::Value recorded = record(event);
    return text(recorded["metadata"], "name");
  }

  std::string nameOf(const Event& event) {
    json::Value recorded = record(event);
    return text(recorded["metadata"], "name");
  }

  const ResourceType kNooBaas{"noobaa.io", "v1alpha1", "noobaas", "NooBaa"};
};

TEST_F(EventTest, FillsInAllThatTheServerWants) {
  EXPECT_EQ(json::write(record(anEvent())), json::write(*json::parse(R"({
      "apiVersion":"events.k8s.io/v1","kind":"Event",
      "metadata":{"name":"noobaa.181ad67afb95cc00","namespace":"noobaa"},
      "eventTime":"2025-01-15T10:20:30.000000Z","type":"Normal","reason":"BackupCompleted",
      "action":"Backup","note":"backup-1 is complete",
      "regarding":{"apiVersion":"noobaa.io/v1alpha1","kind":"NooBaa","name":"noobaa",
                   "namespace":"noobaa","uid":"uid-1","resourceVersion":"77"},
      "reportingController":"noobaa.io/noobaa-db-backup","reportingInstance":"run/pod"})")));
  EXPECT_EQ(transport.requests.back().target,
            "/apis/events.k8s.io/v1/namespaces/noobaa/events?fieldManager=tester");
}

TEST_F(EventTest, TellsAWarning) {
  Event event = anEvent();
  event.type = Event::Type::kWarning;
  EXPECT_EQ(text(record(event), "type"), "Warning");
}

TEST_F(EventTest, TellsOfAClusterScopedObjectInDefault) {
  Event event = anEvent();
  event.regarding.ref.name_space.clear();
  json::Value recorded = record(event);
  EXPECT_EQ(text(recorded["metadata"], "namespace"), "default");
  EXPECT_EQ(recorded["regarding"].object()->find("namespace"), nullptr);
  EXPECT_THAT(transport.requests.back().target, HasSubstr("/namespaces/default/events"));
}

TEST_F(EventTest, CutsTextsBetweenCharactersToWhatTheServerTakes) {
  const std::string two_bytes = "\xC3\xA4";
  std::string odd = "x";
  for (int i = 0; i < 1000; ++i) odd += two_bytes;
  Event event = anEvent();
  event.reason = event.action = event.note = event.reporting_instance = odd;
  const json::Value recorded = record(event);
  EXPECT_EQ(text(recorded, "reason"), odd.substr(0, 127));
  EXPECT_EQ(text(recorded, "action"), odd.substr(0, 127));
  EXPECT_EQ(text(recorded, "reportingInstance"), odd.substr(0, 127));
  EXPECT_EQ(text(recorded, "note"), odd.substr(0, 1023));
}

TEST_F(EventTest, CutsByWhatIsSentWhereATextIsNoUtf8) {
  Event event = anEvent();
  event.note = std::string(1024, '\xFF');
  EXPECT_EQ(text(record(event), "note").size(), 1023u);
}

TEST_F(EventTest, KeepsLineBreaksInTheNote) {
  Event event = anEvent();
  event.note = "one\ntwo";
  EXPECT_EQ(text(record(event), "note"), "one\ntwo");
}

TEST_F(EventTest, IsNamedByItsObjectAndTheTime) {
  EXPECT_THAT(nameFor("noobaa"), MatchesRegex("noobaa\\.[0-9a-f]{16}"));
}

TEST_F(EventTest, IsNamedAsADnsSubdomain) {
  EXPECT_THAT(nameFor("System:Node-A"), StartsWith("system-node-a."));
  EXPECT_THAT(nameFor("a.-b"), StartsWith("a.b."));
  EXPECT_THAT(nameFor("-a-"), StartsWith("a."));
  EXPECT_THAT(nameFor("::"), StartsWith("unnamed."));
}

TEST_F(EventTest, CutsALongName) {
  EXPECT_THAT(nameFor(std::string(253, 'a')), testing::SizeIs(253));
  const std::string cut_after_a_dot = std::string(235, 'a') + "." + std::string(17, 'b');
  EXPECT_THAT(nameFor(cut_after_a_dot), StartsWith(std::string(235, 'a') + ".1"));
}

TEST_F(EventTest, TellsEventsOfOneMomentApart) {
  std::set<std::string> names;
  for (int i = 0; i < 10; ++i) names.insert(nameFor("noobaa"));
  EXPECT_EQ(names.size(), 10u);
}

TEST_F(EventTest, IsTriedTwiceUnderOneName) {
  transport.handle([](const HttpRequest&) { return Reply::broken(); });
  recordEvent(client, anEvent(), unbounded());
  ASSERT_EQ(transport.requests.size(), 2u);
  EXPECT_EQ(transport.requests[0].body, transport.requests[1].body);
}

TEST_F(EventTest, TakesItsOwnLostTryAsDone) {
  transport.expect(Reply::broken());
  transport.expect(Reply(409, status(409, "AlreadyExists", "exists")));
  recordEvent(client, anEvent(), unbounded());
  EXPECT_THAT(logText(), testing::Not(HasSubstr("could not be recorded")));
}

TEST_F(EventTest, TakesFiveSecondsAtMost) {
  transport.expect(Reply(0).silence(seconds(60)));
  const auto began = clock.monotonic();
  recordEvent(client, anEvent(), unbounded());
  EXPECT_EQ(clock.monotonic() - began, seconds(5));
}

TEST_F(EventTest, TellsItsFailureAtDebugOnly) {
  transport.expect(Reply(403, status(403, "Forbidden", "no events")));
  recordEvent(client, anEvent(), unbounded());
  ASSERT_THAT(log_lines.back(), HasSubstr("an Event could not be recorded"));
  EXPECT_THAT(log_lines.back(), HasSubstr("debug"));
  EXPECT_THAT(log_lines.back(), HasSubstr("403 Forbidden: no events"));
}

TEST_F(EventTest, WhatIsToldOnceHasOneNameForTheSameWordsHoweverLateAndWhoeverSaysThem) {
  Event event = anEvent();
  event.once = true;
  event.note = "create backups: 503: down (attempt 3; before it 500: oops)";
  const std::string name = nameOf(event);
  clock.advance(std::chrono::minutes(5));
  event.note = "create backups: 503: down (attempt 5)";
  event.reporting_instance = "run/another-pod";
  event.regarding.resource_version = "78";
  EXPECT_EQ(nameOf(event), name);
  event.note = "create backups: 503: down; and more";
  EXPECT_NE(nameOf(event), name);
}

TEST_F(EventTest, WhatIsToldOnceIsToldAgainOfAnObjectMadeAnew) {
  Event event = anEvent();
  event.once = true;
  const std::string name = nameOf(event);
  event.regarding.uid = "uid-2";
  EXPECT_NE(nameOf(event), name);
}

TEST_F(EventTest, WhatIsToldOnceMeetsItsFirstAndIsDone) {
  Event event = anEvent();
  event.once = true;
  transport.expect(Reply(409, status(409, "AlreadyExists", "there")));
  recordEvent(client, event, unbounded());
  EXPECT_EQ(transport.requests.size(), 1u);
}

}  // namespace
}  // namespace k8s
