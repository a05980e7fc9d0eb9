#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "common/k8s/access_review.h"
#include "common/k8s/client.h"
#include "common/k8s/event.h"
#include "common/k8s/transport/poco_transport.h"
#include "common/log/logger.h"
#include "tests/conformance/conformance_fixture.h"

namespace conformance {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

/// The worker's own client before the server under test.
class ClientConformanceTest : public ConformanceTest {
 protected:
  ClientConformanceTest()
      : clock_(environment_.target().clock()),
        log_(logging::Logger::silent(clock_)),
        transport_(k8s::PocoTransport::create(environment_.target().connection(), clock_,
                                              k8s::Surroundings::ofProcess())
                       .value()),
        client_(
            *transport_, clock_, [] { return 0.5; }, log_, options(false)) {}

  static k8s::ClientOptions options(bool dry_run) {
    k8s::ClientOptions options;
    options.user_agent = "noobaa-db-backup-conformance";
    options.field_manager = "noobaa-db-backup-conformance";
    options.page_size = 2;
    options.dry_run = dry_run;
    options.watch_timeout = std::chrono::seconds(20);
    return options;
  }

  k8s::CallContext context() const {
    return {timing::Deadline::in(clock_, std::chrono::seconds(30)), {}};
  }

  k8s::ObjectRef ref(const std::string& name) const {
    return {{"conformance.noobaa-db-backup.io", "v1", "widgets", "Widget"},
            environment_.nameSpace(),
            name};
  }

  k8s::ApiResult<json::Value> create(const std::string& name, const std::string& label = "") {
    json::Value object = widget(name);
    if (!label.empty()) object["metadata"]["labels"]["test"] = label;
    return client_.create(ref(name), object, k8s::Idempotency::kYes, context());
  }

  timing::Clock& clock_;
  logging::Logger log_;
  std::unique_ptr<k8s::PocoTransport> transport_;
  k8s::Client client_;
};

TEST_F(ClientConformanceTest, CreatesAndReads) {
  const std::string name = unique("a");
  ASSERT_TRUE(create(name));
  const auto read = client_.get(ref(name), context());

  ASSERT_TRUE(read);
  EXPECT_EQ(sim::textAt(*read, {"metadata", "name"}), name);
}

TEST_F(ClientConformanceTest, TellsAnAbsentObjectFromAnAbsentApi) {
  const auto object = client_.get(ref("absent"), context());
  const auto group = client_.get(
      {{"absent.noobaa-db-backup.io", "v1", "things", "Thing"}, environment_.nameSpace(), "absent"},
      context());

  ASSERT_FALSE(object);
  EXPECT_TRUE(object.error().isNotFound());
  EXPECT_FALSE(object.error().isApiMissing());
  ASSERT_FALSE(group);
  EXPECT_TRUE(group.error().isApiMissing());
}

TEST_F(ClientConformanceTest, TellsAlreadyExistsFromConflict) {
  const std::string name = unique("a");
  const auto created = create(name);
  const auto again = create(name);
  ASSERT_FALSE(again);
  EXPECT_TRUE(again.error().isAlreadyExists());

  client_.mergePatch(ref(name), parsed(R"({"spec":{"size":4}})"), k8s::Subresource::kNone,
                     context());
  const auto stale = client_.replace(ref(name), *created, context());
  ASSERT_FALSE(stale);
  EXPECT_TRUE(stale.error().isConflict());
}

TEST_F(ClientConformanceTest, ListsPageByPage) {
  for (const char* name : {"a", "b", "c", "d", "e"}) ASSERT_TRUE(create(unique(name), "paged"));
  const auto before = client_.counts().requests;
  std::vector<std::string> names;
  const auto version = client_.list(
      ref(""), {"test=paged", ""},
      [&](const json::Value& item) {
        names.push_back(sim::textAt(item, {"metadata", "name"}));
      },
      [&] { names.clear(); }, context());

  ASSERT_TRUE(version);
  EXPECT_THAT(names, ElementsAre(unique("a"), unique("b"), unique("c"), unique("d"), unique("e")));
  EXPECT_EQ(client_.counts().requests - before, 3);
}

TEST_F(ClientConformanceTest, PatchesTheStatus) {
  const std::string name = unique("a");
  ASSERT_TRUE(create(name));
  const auto patched = client_.mergePatch(ref(name), parsed(R"({"status":{"phase":"Done"}})"),
                                          k8s::Subresource::kStatus, context());

  ASSERT_TRUE(patched) << patched.error().describe();
  EXPECT_EQ(sim::textAt(*patched, {"status", "phase"}), "Done");
}

TEST_F(ClientConformanceTest, RemovesOnlyWhatItMeans) {
  const std::string name = unique("a");
  const auto created = create(name);
  const auto refused = client_.remove(ref(name), {"other", ""}, context());
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().isConflict());

  EXPECT_TRUE(
      client_.remove(ref(name), {sim::textAt(*created, {"metadata", "uid"}), ""}, context()));
  EXPECT_TRUE(client_.remove(ref(name), {"", ""}, context()));
  EXPECT_EQ(api_.get(widgets(name)).status, 404);
}

TEST_F(ClientConformanceTest, WatchesFromAList) {
  const std::string name = unique("a");
  const auto list = client_.list(ref(""), {"", "metadata.name=" + name}, context());
  ASSERT_TRUE(list);
  std::string version = list->resource_version;
  ASSERT_TRUE(create(name));
  api_.remove(widgets(name));
  std::vector<k8s::WatchEvent::Type> types;
  const auto end = client_.watchOnce(
      ref(""), {"", "metadata.name=" + name}, version,
      [&](const k8s::WatchEvent& event) {
        types.push_back(event.type);
        return types.size() < 2;
      },
      context());

  ASSERT_TRUE(end) << end.error().describe();
  EXPECT_EQ(*end, k8s::WatchEnd::kStoppedByCaller);
  EXPECT_THAT(types, ElementsAre(k8s::WatchEvent::Type::kAdded, k8s::WatchEvent::Type::kDeleted));
  EXPECT_NE(version, list->resource_version);
}

TEST_F(ClientConformanceTest, SendsDuringAWatch) {
  const std::string name = unique("a");
  const auto list = client_.list(ref(""), {"", "metadata.name=" + name}, context());
  ASSERT_TRUE(list);
  std::string version = list->resource_version;
  bool created = false;
  k8s::CallContext watching = context();
  watching.idle = [&] {
    if (!created) created = create(name).has_value();
    return true;
  };
  const auto end = client_.watchOnce(
      ref(""), {"", "metadata.name=" + name}, version, [](const k8s::WatchEvent&) { return false; },
      watching);

  ASSERT_TRUE(end);
  EXPECT_EQ(*end, k8s::WatchEnd::kStoppedByCaller);
}

TEST_F(ClientConformanceTest, KeepsTheServersWarnings) {
  json::Value object = widget(unique("a"));
  object["spec"]["junk"] = 1;
  ASSERT_TRUE(client_.create(ref(unique("a")), object, k8s::Idempotency::kYes, context()));

  EXPECT_THAT(client_.serverWarnings(), Contains(HasSubstr("spec.junk")));
}

TEST_F(ClientConformanceTest, ADryRunChangesNothing) {
  k8s::Client dry(
      *transport_, clock_, [] { return 0.5; }, log_, options(true));
  const std::string name = unique("a");
  ASSERT_TRUE(dry.create(ref(name), widget(name), k8s::Idempotency::kYes, context()));
  EXPECT_EQ(api_.get(widgets(name)).status, 404);

  ASSERT_TRUE(create(name));
  EXPECT_TRUE(dry.remove(ref(name), {"", ""}, context()));
  EXPECT_EQ(api_.get(widgets(name)).status, 200);
}

TEST_F(ClientConformanceTest, NamesTheGroups) {
  const auto groups = client_.apiGroups(context());
  ASSERT_TRUE(groups);
  EXPECT_THAT(*groups, Contains("conformance.noobaa-db-backup.io"));
}

TEST_F(ClientConformanceTest, LearnsWhatItMayDo) {
  environment_.target().denyAll("ndb-nobody");
  k8s::Connection connection = environment_.target().connection();
  connection.impersonation.user = "ndb-nobody";
  const auto as_nobody =
      k8s::PocoTransport::create(connection, clock_, k8s::Surroundings::ofProcess()).value();
  k8s::Client nobody(
      *as_nobody, clock_, [] { return 0.5; }, log_, options(false));
  const k8s::AccessQuestion question{.verb = "patch",
                                     .group = "conformance.noobaa-db-backup.io",
                                     .resource = "widgets",
                                     .subresource = "status",
                                     .name_space = environment_.nameSpace()};
  const auto mine = k8s::reviewAccess(client_, question, context());
  const auto theirs = k8s::reviewAccess(nobody, question, context());

  ASSERT_TRUE(mine) << mine.error().describe();
  EXPECT_TRUE(mine->allowed);
  EXPECT_EQ(mine->evaluation_error, "");
  ASSERT_TRUE(theirs) << theirs.error().describe();
  EXPECT_FALSE(theirs->allowed);
}

TEST_F(ClientConformanceTest, AsksForItsRightsInADryRunToo) {
  k8s::Client dry(
      *transport_, clock_, [] { return 0.5; }, log_, options(true));
  const auto answer = k8s::reviewAccess(
      dry, {.verb = "get", .resource = "configmaps", .name_space = environment_.nameSpace()},
      context());
  ASSERT_TRUE(answer) << answer.error().describe();
  EXPECT_TRUE(answer->allowed);
}

TEST_F(ClientConformanceTest, RecordsAnEventWhoseTextsAreAllTooLong) {
  std::string text;
  while (text.size() < 2000) text += "\xE2\x82\xAC";
  const std::string object = std::string(250, 'a') + ".b";
  const auto event = [&](const std::string& name_space) {
    return k8s::Event{
        .regarding = {.ref = {{"", "v1", "configmaps", "ConfigMap"}, name_space, object},
                      .uid = "11111111-2222-3333-4444-555555555555",
                      .resource_version = "1"},
        .type = k8s::Event::Type::kWarning,
        .reason = text,
        .action = text,
        .note = text + "\xFF",
        .reporting_controller = "noobaa.io/noobaa-db-backup",
        .reporting_instance = text};
  };
  k8s::recordEvent(client_, event(environment_.nameSpace()), context());
  k8s::recordEvent(client_, event(""), context());

  const auto recorded = [&](const std::string& name_space) {
    const Answer events = api_.get("/apis/events.k8s.io/v1/namespaces/" + name_space + "/events");
    std::vector<std::string> names;
    for (const std::string& name : events.names()) {
      if (name.starts_with(std::string(236, 'a') + ".")) names.push_back(name);
    }
    return names;
  };
  EXPECT_THAT(recorded(environment_.nameSpace()), testing::SizeIs(1));
  const auto in_default = recorded("default");
  EXPECT_THAT(in_default, testing::Not(testing::IsEmpty()));
  for (const std::string& name : in_default) {
    api_.remove("/apis/events.k8s.io/v1/namespaces/default/events/" + name);
  }
}

TEST_F(ClientConformanceTest, RepeatsTheCausesOfARefusal) {
  json::Value object = widget(unique("a"));
  object["spec"]["size"] = 99;
  const auto created = client_.create(ref(unique("a")), object, k8s::Idempotency::kYes, context());

  ASSERT_FALSE(created);
  EXPECT_TRUE(created.error().isInvalid());
  EXPECT_THAT(created.error().describe(), HasSubstr("spec.size"));
  ASSERT_EQ(created.error().causes.size(), 1u);
  EXPECT_EQ(created.error().causes[0].field, "spec.size");
}

}  // namespace
}  // namespace conformance
