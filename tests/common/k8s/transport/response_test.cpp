#include <algorithm>
#include <numeric>

#include "tests/common/k8s/transport/transport_fixture.h"

namespace testing_support {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ResponseTest : public TransportTest {
 protected:
  /// The server's answer to a request, and how it leaves.
  Result receive(const std::string& answer, void (TlsPeer::*leave)() = &TlsPeer::closeWithNotify) {
    serve([answer, leave](TlsPeer& peer, int) {
      peer.readRequest();
      peer.send(answer);
      (peer.*leave)();
    });
    return get();
  }
  void expectCut(const Result& result) {
    ASSERT_THAT(result, FailsWith(Kind::kBroken));
    EXPECT_TRUE(result.error().sent);
  }
};

const std::string kChunkedHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

TEST_F(ResponseTest, DeliversHeadThenBody) {
  ASSERT_THAT(receive("HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
                      "Warning: 299 - \"one\"\r\nWarning: 299 - \"two\"\r\n"
                      "Content-Length: 2\r\n\r\n{}"),
              Succeeds());
  EXPECT_EQ(sink_.heads, 1);
  EXPECT_EQ(sink_.head.status, 201);
  EXPECT_EQ(sink_.head.header("content-TYPE"), "application/json");
  EXPECT_EQ(std::count_if(sink_.head.headers.begin(), sink_.head.headers.end(),
                          [](const auto& header) { return header.first == "Warning"; }),
            2);
  EXPECT_EQ(sink_.body, "{}");
}

TEST_F(ResponseTest, RedirectIsDeliveredAndNotFollowed) {
  ASSERT_THAT(receive("HTTP/1.1 302 Found\r\nLocation: https://elsewhere/\r\n"
                      "Content-Length: 0\r\n\r\n"),
              Succeeds());
  EXPECT_EQ(sink_.head.status, 302);
  EXPECT_EQ(server_->connections(), 1);
}

TEST_F(ResponseTest, InterimResponseIsSkipped) {
  ASSERT_THAT(receive("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
                      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
              Succeeds());
  EXPECT_EQ(sink_.heads, 1);
  EXPECT_EQ(sink_.head.status, 200);
  EXPECT_EQ(sink_.body, "ok");
}

TEST_F(ResponseTest, NoContentNeedsNoLength) {
  serve([](TlsPeer& peer, int) {
    while (peer.readRequest()) peer.send("HTTP/1.1 204 No Content\r\n\r\n");
  });
  EXPECT_THAT(get(), Succeeds());
  EXPECT_THAT(get(), Succeeds());
  EXPECT_EQ(server_->connections(), 1);
}

TEST_F(ResponseTest, LargeBodyArrivesWholeAndUnchanged) {
  std::string body(5'000'000, '\0');
  std::iota(body.begin(), body.end(), '\0');
  ASSERT_THAT(receive("HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n" + body), Succeeds());
  EXPECT_TRUE(sink_.body == body);
}

TEST_F(ResponseTest, LargeChunkedBodyArrivesWhole) {
  std::string answer = kChunkedHead;
  for (int chunk = 0; chunk < 50; ++chunk)
    answer += "186A0\r\n" + std::string(100'000, 'c') + "\r\n";
  ASSERT_THAT(receive(answer + "0\r\n\r\n"), Succeeds());
  EXPECT_EQ(sink_.body.size(), 5'000'000u);
}

TEST_F(ResponseTest, ChunkExtensionsAndTrailersAreNoBody) {
  ASSERT_THAT(receive(kChunkedHead + "2;name=value\r\nok\r\n0\r\nTrailer: x\r\n\r\n"), Succeeds());
  EXPECT_EQ(sink_.body, "ok");
}

TEST_F(ResponseTest, BodyWithoutLengthEndsWithTheConnection) {
  ASSERT_THAT(receive("HTTP/1.1 200 OK\r\n\r\nas long as it lasts"), Succeeds());
  EXPECT_EQ(sink_.body, "as long as it lasts");
}

// Item 9: without close_notify anybody on the way may have cut it.
TEST_F(ResponseTest, BodyWithoutLengthIsBrokenByEndWithoutNotify) {
  expectCut(receive("HTTP/1.1 200 OK\r\n\r\nas long as", &TlsPeer::closeAbruptly));
}

// Item 11: silent with Poco's streams.
TEST_F(ResponseTest, BodyCutShortOfItsLengthIsBroken) {
  expectCut(receive("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"));
  EXPECT_EQ(sink_.body, "half");
}

// Items 9 and 10.
TEST_F(ResponseTest, BodyCutWithoutNotifyIsBroken) {
  expectCut(receive("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", &TlsPeer::closeAbruptly));
}

// Item 10: a stream would only set its bad bit.
TEST_F(ResponseTest, BodyCutByResetIsBroken) {
  serve([&](TlsPeer& peer, int) {
    peer.readRequest();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    gate_.get_future().wait_for(20s);
    peer.reset();
  });
  sink_.on_data = [&](std::string_view) {
    gate_.set_value();
    return true;
  };
  const Result result = send({"GET", "/x", {}, {}});
  expectCut(result);
  EXPECT_EQ(sink_.body, "half");
}

// Item 11.
TEST_F(ResponseTest, BodyCutWithinChunkIsBroken) {
  expectCut(receive(kChunkedHead + "a\r\nhalf"));
}

// Item 11.
TEST_F(ResponseTest, BodyCutBetweenChunksIsBroken) {
  expectCut(receive(kChunkedHead + "2\r\nok\r\n"));
  EXPECT_EQ(sink_.body, "ok");
}

// Item 11.
TEST_F(ResponseTest, BodyCutBeforeEndOfTrailerIsBroken) {
  expectCut(receive(kChunkedHead + "2\r\nok\r\n0\r\n"));
}

TEST_F(ResponseTest, CutHeadIsBroken) {
  expectCut(receive("HTTP/1.1 200 OK\r\nContent-Le"));
}

TEST_F(ResponseTest, NothingAtAllIsBroken) {
  const Result result = receive("");
  expectCut(result);
  EXPECT_THAT(result.error().message, HasSubstr("without a response"));
}

class MalformedResponseTest : public ResponseTest,
                              public ::testing::WithParamInterface<std::string> {};

TEST_P(MalformedResponseTest, IsBroken) {
  expectCut(receive(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, MalformedResponseTest,
    ::testing::Values("SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n", "HTTP/2 200 OK\r\n\r\n",
                      "HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\na",
                      "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\na",
                      "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\na",
                      kChunkedHead + "zz\r\nok\r\n0\r\n\r\n", kChunkedHead + "1\r\nok\r\n0\r\n\r\n",
                      kChunkedHead + "fffffffffffffffff\r\nok\r\n0\r\n\r\n",
                      kChunkedHead + std::string(10'000, '0'),
                      "HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n"));

// Item 12: a stream waits until its buffer is full.
TEST_F(ResponseTest, PiecesArriveAsTheServerSendsThem) {
  serve([&](TlsPeer& peer, int) {
    peer.readRequest();
    peer.send(kChunkedHead);
    peer.send("4\r\none\n\r\n");
    gate_.get_future().wait_for(20s);
    peer.send("4\r\ntwo\n\r\n0\r\n\r\n");
  });
  sink_.on_data = [&](std::string_view piece) {
    if (piece == "one\n") gate_.set_value();
    return true;
  };
  ASSERT_THAT(send({"GET", "/watch", {}, {}}), Succeeds());
  EXPECT_THAT(sink_.pieces, ElementsAre("one\n", "two\n"));
}

// Item 12: what came before an error is delivered.
TEST_F(ResponseTest, PiecesBeforeTheCutAreDelivered) {
  expectCut(receive(kChunkedHead + "4\r\none\n\r\n4\r\ntwo\n\r\n", &TlsPeer::closeAbruptly));
  EXPECT_EQ(sink_.body, "one\ntwo\n");
}

TEST_F(ResponseTest, FalseFromSinkEndsTransferAndClosesTheConnection) {
  serve([&](TlsPeer& peer, int) {
    peer.readRequest();
    peer.send(kChunkedHead + "3\r\none\r\n");
    peer.waitUntilClientLeaves();
    gate_.set_value();
  });
  sink_.on_data = [](std::string_view) { return false; };
  EXPECT_THAT(send({"GET", "/watch", {}, {}}), Succeeds());
  EXPECT_EQ(gate_.get_future().wait_for(20s), std::future_status::ready);
  EXPECT_EQ(sink_.body, "one");
}

}  // namespace
}  // namespace testing_support
