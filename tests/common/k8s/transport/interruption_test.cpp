#include <atomic>
#include <semaphore>

#include "tests/common/k8s/transport/transport_fixture.h"

namespace testing_support {
namespace {

using ::testing::HasSubstr;

class InterruptionTest : public TransportTest {
 protected:
  void expectEnded(const Result& result, Kind kind, bool sent) {
    ASSERT_THAT(result, FailsWith(kind));
    EXPECT_EQ(result.error().sent, sent);
    EXPECT_THAT(result.error().message, HasSubstr(server_->url()));
  }
};

/// The beginning of an encrypted record.
const std::string kHalfRecord("\x17\x03\x03\x01\x00half a record", 18);
const std::string kHead = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";

TEST_F(InterruptionTest, PassedDeadlineSendsNothing) {
  serve(answerAll);
  const auto deadline = timing::Deadline::in(clock_, 0s);
  expectEnded(transport().send({"GET", "/x", {}, {}}, sink_, deadline, {}), Kind::kTimeout, false);
  EXPECT_EQ(server_->connections(), 0);
}

TEST_F(InterruptionTest, EarlierStopSendsNothing) {
  serve(answerAll);
  stop_.request_stop();
  expectEnded(get(), Kind::kStopped, false);
  EXPECT_EQ(server_->connections(), 0);
}

// Items 13 and 14: Poco's timeout is for each read, and doubled under TLS.
TEST_F(InterruptionTest, StallBeforeHeadEndsAtTheDeadline) {
  serve([&](TlsPeer& peer, int) {
    peer.readRequest();
    clock_.advance(30s);
    peer.waitUntilClientLeaves();
  });
  expectEnded(get(), Kind::kTimeout, true);
}

TEST_F(InterruptionTest, StallWithinHeadEndsAtTheDeadline) {
  serve([&](TlsPeer& peer, int) {
    peer.readRequest();
    peer.send("HTTP/1.1 200 OK\r\nConte");
    clock_.advance(30s);
    peer.waitUntilClientLeaves();
  });
  expectEnded(get(), Kind::kTimeout, true);
}

TEST_F(InterruptionTest, StallWithinBodyEndsAtTheDeadline) {
  serve([&](TlsPeer& peer, int) {
    peer.readRequest();
    peer.send(kHead + "half");
    clock_.advance(30s);
    peer.waitUntilClientLeaves();
  });
  expectEnded(get(), Kind::kTimeout, true);
}

// Item 13: each byte would begin the timeout anew. Time stands still until the first has come.
TEST_F(InterruptionTest, DrippingBodyEndsAtTheDeadline) {
  serve([&](TlsPeer& peer, int) {
    peer.readRequest();
    peer.send(kHead + ".");
    gate_.get_future().wait_for(20s);
    while (peer.send(".")) clock_.advance(400ms);
  });
  sink_.on_data = [&](std::string_view) {
    if (sink_.pieces.size() == 1) gate_.set_value();
    return true;
  };
  expectEnded(send({"GET", "/x", {}, {}}), Kind::kTimeout, true);
}

TEST_F(InterruptionTest, DrippingHeadEndsAtTheDeadline) {
  serve([&](TlsPeer& peer, int) {
    peer.readRequest();
    peer.send("HTTP/1.1 200 OK\r\nX: ");
    while (peer.send(".")) clock_.advance(400ms);
  });
  expectEnded(get(), Kind::kTimeout, true);
}

TEST_F(InterruptionTest, RequestThatNobodyReadsEndsAtTheDeadline) {
  serve([&](TlsPeer&, int) {
    clock_.advance(30s);
    gate_.get_future().wait_for(20s);
  });
  // More than any buffer on the way holds.
  const Result result = send({"PUT", "/x", {}, std::string(50'000'000, 'x')});
  gate_.set_value();
  expectEnded(result, Kind::kTimeout, true);
}

// Item 14: a record of which only a part has come wakes poll, but can't be read.
TEST_F(InterruptionTest, StopEndsStallWithinARecord) {
  serve([&](TlsPeer& peer, int) {
    peer.readRequest();
    peer.sendRaw(kHalfRecord);
    stop_.request_stop();
    peer.waitUntilClientLeaves();
  });
  expectEnded(get(), Kind::kStopped, true);
}

TEST_F(InterruptionTest, StopFromAnotherThreadEndsStallBeforeHead) {
  serve([&](TlsPeer& peer, int) {
    peer.readRequest();
    stop_.request_stop();
    peer.waitUntilClientLeaves();
  });
  expectEnded(get(), Kind::kStopped, true);
}

TEST_F(InterruptionTest, StopFromAnotherThreadEndsStallWithinBody) {
  serve([&](TlsPeer& peer, int) {
    peer.readRequest();
    peer.send(kHead + "half");
    stop_.request_stop();
    peer.waitUntilClientLeaves();
  });
  expectEnded(get(), Kind::kStopped, true);
}

TEST_F(InterruptionTest, StopEndsFloodOfData) {
  serve([&](TlsPeer& peer, int) {
    peer.readRequest();
    peer.send("HTTP/1.1 200 OK\r\n\r\n");
    const std::string flood(100'000, 'f');
    while (peer.send(flood)) stop_.request_stop();
  });
  expectEnded(get(), Kind::kStopped, true);
}

// Item 20: timeouts of a session do not cover its handshake.
TEST_F(InterruptionTest, StopEndsStalledHandshake) {
  serve({.identity = issueForLoopback(authority_), .speaks_tls = false}, [&](TlsPeer& peer, int) {
    stop_.request_stop();
    peer.waitUntilClientLeaves();
  });
  expectEnded(get(), Kind::kStopped, false);
}

TEST_F(InterruptionTest, DeadlineEndsStalledHandshake) {
  serve({.identity = issueForLoopback(authority_), .speaks_tls = false}, [&](TlsPeer& peer, int) {
    clock_.advance(30s);
    peer.waitUntilClientLeaves();
  });
  expectEnded(get(), Kind::kTimeout, false);
}

// Item 20: long before the deadline, so that there is time for another try.
TEST_F(InterruptionTest, HandshakeThatStallsForTenSecondsIsNoConnection) {
  serve({.identity = issueForLoopback(authority_), .speaks_tls = false}, [&](TlsPeer& peer, int) {
    peer.readMore();  // the handshake has begun
    clock_.advance(10s);
    peer.waitUntilClientLeaves();
  });
  expectEnded(get(), Kind::kConnect, false);
}

TEST_F(InterruptionTest, HandshakeThatTheServerClosesIsNoConnection) {
  serve({.identity = issueForLoopback(authority_), .speaks_tls = false},
        [](TlsPeer& peer, int) { peer.closeAbruptly(); });
  expectEnded(get(), Kind::kConnect, false);
}

TEST_F(InterruptionTest, NextRequestAfterTimeoutUsesANewConnection) {
  serve([&](TlsPeer& peer, int index) {
    peer.readRequest();
    if (index > 0) {
      peer.respond("ok");
    } else {
      clock_.advance(30s);
      peer.waitUntilClientLeaves();
    }
  });
  expectEnded(get(), Kind::kTimeout, true);
  EXPECT_THAT(get(), Succeeds());
  EXPECT_EQ(sink_.body, "ok");
}

TEST_F(InterruptionTest, IdleIsCalledWhileTheHeadIsAwaited) {
  serve([&](TlsPeer& peer, int) {
    peer.readRequest();
    clock_.advance(1s);
    gate_.get_future().wait_for(20s);
    peer.respond("ok");
  });
  sink_.on_idle = [&] {
    gate_.set_value();
    return true;
  };
  EXPECT_THAT(send({"GET", "/x", {}, {}}), Succeeds());
  EXPECT_EQ(sink_.body, "ok");
}

// Item 14: also with half a record in the way, on which a blocking read would hang.
TEST_F(InterruptionTest, IdleIsCalledEachSecondWhileTheBodyIsAwaited) {
  std::counting_semaphore<> idles(0);
  serve([&](TlsPeer& peer, int) {
    peer.readRequest();
    peer.send(kHead + "half");
    peer.sendRaw(kHalfRecord);
    for (int second = 0; second < 3; ++second) {
      clock_.advance(1s);
      if (!idles.try_acquire_for(20s)) return;
    }
    peer.closeAbruptly();
  });
  int calls = 0;
  sink_.on_idle = [&] {
    ++calls;
    idles.release();
    return true;
  };
  EXPECT_THAT(send({"GET", "/x", {}, {}}), FailsWith(Kind::kBroken));
  EXPECT_EQ(calls, 3);
}

TEST_F(InterruptionTest, IdleIsCalledInASteadyStreamToo) {
  std::atomic<bool> idled = false;
  serve([&](TlsPeer& peer, int) {
    peer.readRequest();
    peer.send("HTTP/1.1 200 OK\r\n\r\n");
    // Time passes for two seconds at the most: a client that is slow to wake must not meet its
    // deadline.
    for (int piece = 0; piece < 1'000'000 && !idled && peer.send("data"); ++piece) {
      if (piece < 200) clock_.advance(10ms);
    }
  });
  sink_.on_idle = [&] {
    idled = true;
    return true;
  };
  EXPECT_THAT(send({"GET", "/x", {}, {}}), Succeeds());
  EXPECT_TRUE(idled);
}

TEST_F(InterruptionTest, FalseFromIdleEndsTheTransfer) {
  serve([&](TlsPeer& peer, int) {
    peer.readRequest();
    peer.send(kHead + "half");
    clock_.advance(1s);
    peer.waitUntilClientLeaves();
  });
  sink_.on_idle = [] { return false; };
  EXPECT_THAT(send({"GET", "/x", {}, {}}), Succeeds());
}

TEST_F(InterruptionTest, FalseFromIdleBeforeTheHeadEndsTheTransfer) {
  serve([&](TlsPeer& peer, int) {
    peer.readRequest();
    clock_.advance(1s);
    peer.waitUntilClientLeaves();
  });
  sink_.on_idle = [] { return false; };
  EXPECT_THAT(send({"GET", "/x", {}, {}}), Succeeds());
  EXPECT_EQ(sink_.heads, 0);
}

}  // namespace
}  // namespace testing_support
