#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/json/view.h"
#include "common/k8s/client.h"
#include "tests/common/k8s/client/client_fixture.h"

namespace k8s {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing_support::Reply;

class ListPagesTest : public testing_support::ClientFixture {
 protected:
  static std::string items(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) {
      if (!text.empty()) text += ",";
      text += R"({"metadata":{"name":")" + name + R"("}})";
    }
    return text;
  }
  static std::string page(const std::vector<std::string>& names, const std::string& token = "",
                          const std::string& version = "100") {
    return R"({"kind":"BackupList","apiVersion":"postgresql.cnpg.io/v1","metadata":{)" +
           (token.empty() ? std::string() : R"("continue":")" + token + R"(",)") +
           R"("resourceVersion":")" + version + R"("},"items":[)" + items(names) + "]}";
  }

  ApiResult<std::string> list(const ListOptions& options = {}) {
    return list(options, unbounded());
  }
  ApiResult<std::string> list(const ListOptions& options, const CallContext& context) {
    return client.list(
        kAllBackups, options,
        [this](json::Value item) {
          json::Decoder decoder(item);
          seen.push_back(decoder.root()["metadata"]["name"].string());
        },
        [this] { seen.push_back("restart"); }, context);
  }
  std::string query(std::size_t request) const {
    const std::string& target = transport.requests.at(request).target;
    return target.substr(target.find('?'));
  }
  Reply expired() const { return Reply(410, status(410, "Expired", "token too old")); }

  std::vector<std::string> seen;
};

TEST_F(ListPagesTest, ReadsASinglePage) {
  transport.expect(Reply(200, page({"a", "b"})));
  EXPECT_EQ(list(), "100");
  EXPECT_THAT(seen, ElementsAre("a", "b"));
  EXPECT_EQ(transport.requests.at(0).target,
            "/apis/postgresql.cnpg.io/v1/namespaces/noobaa/backups?limit=500");
}

TEST_F(ListPagesTest, FollowsTokensWhateverTheNumberOfItems) {
  transport.expect(Reply(200, page({"a"}, "t=1+/")));
  transport.expect(Reply(200, page({}, "t2")));
  transport.expect(Reply(200, page({"b"})));
  EXPECT_EQ(list({"app=db,x!=y", "metadata.name=z"}), "100");
  EXPECT_THAT(seen, ElementsAre("a", "b"));
  const std::string selectors =
      "?labelSelector=app%3Ddb%2Cx%21%3Dy&fieldSelector=metadata.name%3Dz";
  EXPECT_EQ(query(0), selectors + "&limit=500");
  EXPECT_EQ(query(1), selectors + "&limit=500&continue=t%3D1%2B%2F");
  EXPECT_EQ(query(2), selectors + "&limit=500&continue=t2");
}

TEST_F(ListPagesTest, ReturnsTheVersionOfTheFirstPage) {
  transport.expect(Reply(200, page({"a"}, "t", "100")));
  transport.expect(Reply(200, page({"b"}, "", "101")));
  EXPECT_EQ(list(), "100");
}

TEST_F(ListPagesTest, CollectsTheItems) {
  transport.expect(Reply(200, page({"a"}, "t")));
  transport.expect(expired());
  transport.expect(Reply(200, page({"b", "c"})));
  const auto found = client.list(kAllBackups, {}, unbounded());
  ASSERT_TRUE(found) << found.error().describe();
  EXPECT_EQ(found->items.size(), 2u);
  EXPECT_EQ(found->resource_version, "100");
}

TEST_F(ListPagesTest, StartsOverWhenATokenExpires) {
  transport.expect(Reply(200, page({"a"}, "t", "100")));
  transport.expect(expired());
  transport.expect(Reply(200, page({"a"}, "u", "200")));
  transport.expect(Reply(200, page({"b"}, "", "200")));
  EXPECT_EQ(list(), "200");
  EXPECT_THAT(seen, ElementsAre("a", "restart", "a", "b"));
}

TEST_F(ListPagesTest, GivesUpPagesWhenTokensExpireAgain) {
  transport.expect(Reply(200, page({"a"}, "t")));
  transport.expect(expired());
  transport.expect(Reply(200, page({"a"}, "u")));
  transport.expect(expired());
  transport.expect(Reply(200, page({"a", "b"})));
  EXPECT_EQ(list(), "100");
  EXPECT_THAT(seen, ElementsAre("a", "restart", "a", "restart", "a", "b"));
  EXPECT_THAT(transport.requests.at(4).target, Not(HasSubstr("limit")));
}

TEST_F(ListPagesTest, ReturnsAnExpiryOfTheFirstPage) {
  transport.expect(expired());
  EXPECT_TRUE(list().error().isExpired());
}

TEST_F(ListPagesTest, RepeatsAPageThatBrokeBeforeItsFirstItem) {
  transport.expect(Reply(200, page({"a"}, "t")));
  transport.expect(Reply(200, R"({"kind":"BackupList","it)").thenBreaks());
  transport.expect(Reply(200, page({"b"})));
  EXPECT_EQ(list(), "100");
  EXPECT_THAT(seen, ElementsAre("a", "b"));
  EXPECT_EQ(query(2), "?limit=500&continue=t");
}

TEST_F(ListPagesTest, StartsOverWhenAPageBreaksAfterAnItem) {
  transport.expect(Reply(200, page({"a"}, "t")));
  transport.expect(Reply(200).piece(R"({"items":[{"metadata":{"name":"b"}},{"me)").thenBreaks());
  transport.expect(Reply(200, page({"a", "b"})));
  EXPECT_EQ(list(), "100");
  EXPECT_THAT(seen, ElementsAre("a", "b", "restart", "a", "b"));
  EXPECT_EQ(query(2), "?limit=500");
  EXPECT_THAT(waits(), ElementsAre(milliseconds(500)));
  EXPECT_EQ(client.counts().retries, 1);
}

TEST_F(ListPagesTest, StartsOverWhenAPageIsCutUnnoticed) {
  const std::string whole = page({"a", "b"});
  transport.expect(Reply(200, whole.substr(0, whole.size() - 2)));
  transport.expect(Reply(200, whole));
  EXPECT_EQ(list(), "100");
  EXPECT_THAT(seen, ElementsAre("a", "b", "restart", "a", "b"));
}

TEST_F(ListPagesTest, StartsOverNoMoreOftenThanItRetries) {
  transport.handle([](const HttpRequest&) {
    return Reply(200).piece(R"({"items":[{"metadata":{"name":"a"}},)").thenBreaks();
  });
  const auto listed = list();
  ASSERT_FALSE(listed);
  EXPECT_EQ(listed.error().kind, Kind::kUnreachable);
  EXPECT_EQ(transport.requests.size(), 5u);
}

TEST_F(ListPagesTest, CountsBreaksAnewOnceItCameFurther) {
  const auto broken = [] {
    return Reply(200).piece(R"({"items":[{"metadata":{"name":"x"}},)").thenBreaks();
  };
  for (int i = 0; i < 4; ++i) transport.expect(broken());
  for (int i = 0; i < 4; ++i) {
    transport.expect(Reply(200, page({"a"}, "t")));
    transport.expect(broken());
  }
  transport.expect(Reply(200, page({"a"}, "t")));
  transport.expect(Reply(200, page({"b"})));
  EXPECT_EQ(list(), "100");
  EXPECT_EQ(transport.left(), 0u);
}

TEST_F(ListPagesTest, GivesUpOnAPageThatBreaksWheneverItIsReached) {
  transport.handle([](const HttpRequest& request) {
    if (request.target.find("continue") == std::string::npos) return Reply(200, page({"a"}, "t"));
    return Reply(200).piece(R"({"items":[{"metadata":{"name":"b"}},)").thenBreaks();
  });
  EXPECT_EQ(list({}, within(seconds(600))).error().kind, Kind::kUnreachable);
  EXPECT_EQ(transport.requests.size(), 10u);
}

TEST_F(ListPagesTest, RefusesAVersionFromWhichAWatchWouldStartAnywhere) {
  for (const char* metadata : {R"("metadata":{"resourceVersion":""},)",
                               R"("metadata":{"resourceVersion":"0"},)", R"("metadata":{},)", ""}) {
    transport.expect(Reply(200, std::string("{") + metadata + R"("items":[]})"));
    const auto listed = list();
    ASSERT_FALSE(listed) << metadata;
    EXPECT_EQ(listed.error().kind, Kind::kMalformed);
    EXPECT_THAT(listed.error().message, HasSubstr("resourceVersion"));
  }
}

TEST_F(ListPagesTest, EndsAtTheDeadlineBetweenRestarts) {
  transport.handle([](const HttpRequest&) {
    return Reply(200).piece(R"({"items":[{"metadata":{"name":"a"}},)").thenBreaks();
  });
  EXPECT_EQ(list({}, within(seconds(1))).error().kind, Kind::kTimeout);
  EXPECT_EQ(transport.requests.size(), 2u);
}

TEST_F(ListPagesTest, RetriesAThrottledPage) {
  transport.expect(Reply(200, page({"a"}, "t")));
  transport.expect(Reply(429, "slow").header("Retry-After", "2"));
  transport.expect(Reply(200, page({"b"})));
  EXPECT_EQ(list(), "100");
  EXPECT_THAT(seen, ElementsAre("a", "b"));
  EXPECT_THAT(waits(), ElementsAre(milliseconds(2000)));
}

TEST_F(ListPagesTest, ReturnsARefusal) {
  transport.expect(Reply(403, status(403, "Forbidden", "no list")));
  EXPECT_EQ(list().error().describe(),
            "list backups.postgresql.cnpg.io in noobaa: 403 Forbidden: no list");
}

TEST_F(ListPagesTest, RefusesAStatusInPlaceOfAList) {
  ClientOptions options = defaults();
  options.retry.max_attempts = 1;
  Client once = clientWith(options);
  transport.expect(Reply(200, status(200, "", "")));
  EXPECT_EQ(once.list(kAllBackups, {}, unbounded()).error().kind, Kind::kMalformed);
}

TEST_F(ListPagesTest, RefusesATokenThatLeadsToItself) {
  transport.expect(Reply(200, page({"a"}, "t")));
  transport.expect(Reply(200, page({"b"}, "t")));
  EXPECT_EQ(list().error().kind, Kind::kMalformed);
}

TEST_F(ListPagesTest, IgnoresANameInTheCollection) {
  transport.expect(Reply(200, page({})));
  ASSERT_TRUE(client.list(kBackup, {}, unbounded()));
  EXPECT_EQ(transport.requests.at(0).target,
            "/apis/postgresql.cnpg.io/v1/namespaces/noobaa/backups?limit=500");
}

}  // namespace
}  // namespace k8s
