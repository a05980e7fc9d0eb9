#include "tests/common/k8s/transport/transport_fixture.h"

namespace testing_support {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class RequestTest : public TransportTest {
 protected:
  /// What arrives at the server.
  std::string sent(const k8s::HttpRequest& request) {
    serve([&](TlsPeer& peer, int) {
      observed_.set_value(peer.readRequest().value_or("nothing"));
      peer.respond("ok");
    });
    connection_.server += prefix_;
    EXPECT_THAT(send(request), Succeeds());
    return observed_.get_future().get();
  }

  std::string prefix_;
};

TEST_F(RequestTest, CarriesTargetHostTokenAndHeaders) {
  const std::string request = sent({"GET",
                                    "/api/v1/pods?limit=500&labelSelector=a%3Db",
                                    {{"Accept", "application/json"}, {"User-Agent", "x/1"}},
                                    {}});
  EXPECT_THAT(request, StartsWith("GET /api/v1/pods?limit=500&labelSelector=a%3Db HTTP/1.1\r\n"));
  EXPECT_THAT(request,
              HasSubstr("\r\nHost: 127.0.0.1:" + std::to_string(server_->port()) + "\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\nAuthorization: Bearer the-token\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\nAccept: application/json\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\nUser-Agent: x/1\r\n"));
  EXPECT_THAT(request, Not(HasSubstr("Content-Length")));
}

// Item 23: the base path is joined by hand.
TEST_F(RequestTest, KeepsPathOfServerInFront) {
  prefix_ = "/k8s/clusters/c-1/";
  EXPECT_THAT(sent({"GET", "/api/v1/pods", {}, {}}),
              StartsWith("GET /k8s/clusters/c-1/api/v1/pods HTTP/1.1\r\n"));
}

class BodyRequestTest : public RequestTest, public ::testing::WithParamInterface<const char*> {};

// Item 18: without a length Poco drops a DELETE's body and half-closes after the others'.
TEST_P(BodyRequestTest, ArrivesWithItsLength) {
  const std::string request = sent(
      {GetParam(), "/x", {{"Content-Type", "application/json"}}, R"({"kind":"DeleteOptions"})"});
  EXPECT_THAT(request, HasSubstr("\r\nContent-Length: 24\r\n"));
  EXPECT_THAT(request, EndsWith("\r\n\r\n{\"kind\":\"DeleteOptions\"}"));
}

INSTANTIATE_TEST_SUITE_P(Methods, BodyRequestTest,
                         ::testing::Values("DELETE", "POST", "PUT", "PATCH"));

// Item 18.
TEST_F(RequestTest, PostWithoutBodySaysSo) {
  EXPECT_THAT(sent({"POST", "/x", {}, {}}), HasSubstr("\r\nContent-Length: 0\r\n"));
}

TEST_F(RequestTest, LargeBodyArrivesWhole) {
  const std::string body(5'000'000, 'b');
  EXPECT_THAT(sent({"PUT", "/x", {}, body}).size(), ::testing::Gt(body.size()));
}

TEST_F(RequestTest, HeadersOfTheTransportCannotBeSetFromOutside) {
  const std::string request = sent({"POST",
                                    "/x",
                                    {{"authorization", "Bearer other"},
                                     {"HOST", "other"},
                                     {"content-length", "987654"},
                                     {"Transfer-Encoding", "chunked"},
                                     {"impersonate-User", "other"},
                                     {"Impersonate-Extra-other", "1"}},
                                    "body"});
  EXPECT_THAT(request, Not(HasSubstr("other")));
  EXPECT_THAT(request, Not(HasSubstr("987654")));
  EXPECT_THAT(request, Not(HasSubstr("chunked")));
}

TEST_F(RequestTest, LineBreakInTargetOrHeaderIsRefused) {
  serve(answerAll);
  for (const k8s::HttpRequest& request : {k8s::HttpRequest{"GET", "/x\r\nEvil:1", {}, {}},
                                          {"GET", "/a b", {}, {}},
                                          {"GET", "x", {}, {}},
                                          {"GET", "/x", {{"Accept", "a\r\nEvil: 1"}}, {}}}) {
    const Result result = send(request);
    ASSERT_THAT(result, FailsWith(Kind::kUnsendable));
    EXPECT_FALSE(result.error().sent);
  }
  EXPECT_EQ(server_->connections(), 0);
}

TEST_F(RequestTest, SaysWhomWeActAs) {
  connection_.impersonation = {.user = "jane", .groups = {"admins", "staff"}};
  const std::string request = sent({"GET", "/x", {{"Impersonate-User", "other"}}, {}});
  EXPECT_THAT(request, HasSubstr("\r\nImpersonate-User: jane\r\n"
                                 "Impersonate-Group: admins\r\n"
                                 "Impersonate-Group: staff\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\nAuthorization: Bearer the-token\r\n"));
  EXPECT_THAT(request, Not(HasSubstr("other")));
}

TEST_F(RequestTest, WithoutTokenHasNoAuthorization) {
  serve([&](TlsPeer& peer, int) {
    observed_.set_value(peer.readRequest().value_or("nothing"));
    peer.respond("ok");
  });
  connection_.token.clear();
  ASSERT_THAT(get(), Succeeds());
  EXPECT_THAT(observed_.get_future().get(), Not(HasSubstr("Authorization")));
}

}  // namespace
}  // namespace testing_support
