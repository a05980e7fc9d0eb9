#include <csignal>

#include "tests/common/k8s/transport/transport_fixture.h"

namespace testing_support {
namespace {

using ::testing::HasSubstr;

using KeptConnectionTest = TransportTest;

/// Answers one request on each connection, then does `leave`.
TlsTestServer::Script answerOnceThen(std::function<void(TlsPeer&, int)> leave) {
  return [leave](TlsPeer& peer, int index) {
    if (peer.readRequest()) peer.respond("ok");
    leave(peer, index);
  };
}

// Item 16: Poco's default is a connection a request.
TEST_F(KeptConnectionTest, ServesRequestAfterRequest) {
  serve(answerAll);
  for (int request = 0; request < 5; ++request) EXPECT_THAT(get(), Succeeds());
  EXPECT_EQ(server_->connections(), 1);
}

TEST_F(KeptConnectionTest, IsLeftAfterLongIdling) {
  serve(answerAll);
  EXPECT_THAT(get(), Succeeds());
  clock_.advance(31s);
  EXPECT_THAT(get(), Succeeds());
  EXPECT_EQ(server_->connections(), 2);
}

TEST_F(KeptConnectionTest, IsLeftWhenTheServerSaysClose) {
  serve([](TlsPeer& peer, int) {
    while (peer.readRequest()) {
      peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
    }
  });
  EXPECT_THAT(get(), Succeeds());
  EXPECT_THAT(get(), Succeeds());
  EXPECT_EQ(server_->connections(), 2);
}

// Items 9 and 16: without close_notify, seen before the request is written.
TEST_F(KeptConnectionTest, ClosedSilentlyIsReplacedForGet) {
  serve(answerOnceThen([&](TlsPeer& peer, int index) {
    peer.closeAbruptly();
    if (index == 0) gate_.set_value();
  }));
  EXPECT_THAT(get(), Succeeds());
  gate_.get_future().wait_for(20s);
  EXPECT_THAT(get(), Succeeds());
  EXPECT_EQ(server_->connections(), 2);
}

// What is seen in time costs not even a POST anything.
TEST_F(KeptConnectionTest, ClosedSilentlyIsReplacedForPostWhenSeenBeforehand) {
  serve(answerOnceThen([&](TlsPeer& peer, int index) {
    peer.closeAbruptly();
    if (index == 0) gate_.set_value();
  }));
  EXPECT_THAT(get(), Succeeds());
  gate_.get_future().wait_for(20s);
  EXPECT_THAT(send({"POST", "/x", {}, "body"}), Succeeds());
  EXPECT_EQ(server_->connections(), 2);
}

// Items 9 and 16: the close crosses the request.
TEST_F(KeptConnectionTest, ClosedUnderTheRequestIsReplacedForGet) {
  serve([](TlsPeer& peer, int index) {
    if (peer.readRequest()) peer.respond("ok");
    if (peer.readRequest() && index > 0) peer.respond("ok");
    peer.closeAbruptly();
  });
  EXPECT_THAT(get(), Succeeds());
  EXPECT_THAT(get(), Succeeds());
  EXPECT_EQ(sink_.body, "ok");
  EXPECT_EQ(server_->connections(), 2);
}

TEST_F(KeptConnectionTest, ClosedInOrderUnderTheRequestIsReplacedForGet) {
  serve(answerOnceThen([](TlsPeer& peer, int) { peer.readRequest(); }));
  EXPECT_THAT(get(), Succeeds());
  EXPECT_THAT(get(), Succeeds());
  EXPECT_EQ(server_->connections(), 2);
}

TEST_F(KeptConnectionTest, ResetUnderTheRequestIsReplacedForGet) {
  serve(answerOnceThen([](TlsPeer& peer, int) {
    peer.readRequest();
    peer.reset();
  }));
  EXPECT_THAT(get(), Succeeds());
  EXPECT_THAT(get(), Succeeds());
  EXPECT_EQ(server_->connections(), 2);
}

// Item 16: a POST may have been acted upon.
TEST_F(KeptConnectionTest, ClosedUnderTheRequestIsReportedForPost) {
  serve(answerOnceThen([](TlsPeer& peer, int) {
    peer.readRequest();
    peer.closeAbruptly();
  }));
  EXPECT_THAT(get(), Succeeds());
  const Result result = send({"POST", "/x", {}, "body"});
  ASSERT_THAT(result, FailsWith(Kind::kBroken));
  EXPECT_TRUE(result.error().sent);
  EXPECT_EQ(server_->connections(), 1);
}

TEST_F(KeptConnectionTest, IsReplacedOnlyOnce) {
  serve([](TlsPeer& peer, int index) {
    peer.readRequest();
    if (index == 0) {
      peer.respond("ok");
      peer.readRequest();
    }
    peer.closeAbruptly();
  });
  EXPECT_THAT(get(), Succeeds());
  EXPECT_THAT(get(), FailsWith(Kind::kBroken));
  EXPECT_EQ(server_->connections(), 2);
}

TEST_F(KeptConnectionTest, IsNotReplacedOnceTheResponseHasBegun) {
  serve(answerOnceThen([](TlsPeer& peer, int) {
    peer.readRequest();
    peer.send("HTTP/1.1 200");
    peer.closeAbruptly();
  }));
  EXPECT_THAT(get(), Succeeds());
  EXPECT_THAT(get(), FailsWith(Kind::kBroken));
  EXPECT_EQ(server_->connections(), 1);
}

TEST_F(KeptConnectionTest, FreshConnectionThatBreaksIsNotTriedAgain) {
  serve([](TlsPeer& peer, int) {
    peer.readRequest();
    peer.closeAbruptly();
  });
  const Result result = get();
  ASSERT_THAT(result, FailsWith(Kind::kBroken));
  EXPECT_TRUE(result.error().sent);
  EXPECT_THAT(result.error().message, HasSubstr(server_->url()));
  EXPECT_EQ(server_->connections(), 1);
}

// Item 17: what the sink leaves unread must not be taken for the next response.
TEST_F(KeptConnectionTest, UnreadBodyDoesNotReachTheNextResponse) {
  serve([](TlsPeer& peer, int index) {
    const std::string body = index == 0 ? std::string(1'000'000, 'a') : "second";
    while (peer.readRequest()) peer.respond(body);
  });
  sink_.on_data = [](std::string_view) { return false; };
  EXPECT_THAT(send({"GET", "/x", {}, {}}), Succeeds());
  EXPECT_THAT(get(), Succeeds());
  EXPECT_EQ(sink_.body, "second");
}

// Item 17: Poco reads on after a chunked body's end and hangs.
TEST_F(KeptConnectionTest, ServesOnAfterChunkedBody) {
  serve([](TlsPeer& peer, int) {
    while (peer.readRequest()) {
      peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n");
    }
  });
  EXPECT_THAT(get(), Succeeds());
  EXPECT_THAT(get(), Succeeds());
  EXPECT_EQ(sink_.body, "ok");
  EXPECT_EQ(server_->connections(), 1);
}

TEST_F(KeptConnectionTest, IsLeftWhenMoreFollowsThanTheResponse) {
  serve([](TlsPeer& peer, int) {
    while (peer.readRequest()) {
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n");
    }
  });
  EXPECT_THAT(get(), Succeeds());
  EXPECT_THAT(get(), Succeeds());
  EXPECT_EQ(server_->connections(), 2);
}

// Item 19.
TEST_F(KeptConnectionTest, IsNotUsedByRequestFromWithinASink) {
  serve([&](TlsPeer& peer, int index) {
    peer.readRequest();
    if (index == 0) {
      clock_.advance(1100ms);
      gate_.get_future().wait_for(20s);
      peer.respond("outer");
    } else {
      peer.respond("nested");
    }
  });
  RecordingSink nested;
  sink_.on_idle = [&] {
    EXPECT_THAT(sendTo(nested, {"PUT", "/lease", {}, "{}"}), Succeeds());
    gate_.set_value();
    return true;
  };
  EXPECT_THAT(send({"GET", "/watch", {}, {}}), Succeeds());
  EXPECT_EQ(sink_.body, "outer");
  EXPECT_EQ(nested.body, "nested");
  EXPECT_EQ(server_->connections(), 2);
}

TEST_F(KeptConnectionTest, IsKeptForNestedRequestsBesideTheOuterOnes) {
  serve([](TlsPeer& peer, int) {
    while (const auto request = peer.readRequest()) {
      peer.respond(request->starts_with("GET /watch") ? "outer" : "nested");
    }
  });
  for (int round = 0; round < 3; ++round) {
    RecordingSink watch;
    watch.on_data = [&](std::string_view) {
      EXPECT_THAT(get("/a"), Succeeds());
      EXPECT_THAT(get("/b"), Succeeds());
      EXPECT_EQ(sink_.body, "nested");
      return true;
    };
    EXPECT_THAT(sendTo(watch, {"GET", "/watch", {}, {}}), Succeeds());
    EXPECT_EQ(watch.body, "outer");
  }
  EXPECT_EQ(server_->connections(), 2);
}

TEST_F(KeptConnectionTest, BrokenByTheServerDoesNotEndTheProcess) {
  const auto previous = std::signal(SIGPIPE, SIG_DFL);
  serve(answerAll);  // ignores SIGPIPE for itself, so:
  std::signal(SIGPIPE, SIG_DFL);
  transport();
  EXPECT_EQ(std::signal(SIGPIPE, previous), SIG_IGN);
}

}  // namespace
}  // namespace testing_support
