#include "common/k8s/transport/file_credentials.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/support/fake_clock.h"
#include "tests/support/test_certificates.h"

namespace testing_support {
namespace {

using Result = tl::expected<k8s::Credentials, k8s::TransportError>;

class FileCredentialsTest : public ::testing::Test {
 protected:
  FileCredentialsTest() {
    put(first_);
    connection_.client_certificate = {first_.certificate_pem, "/cert"};
    connection_.client_key = {first_.key_pem, "/key"};
  }

  void put(const CertificateAndKey& pair) {
    files_["/cert"] = pair.certificate_pem;
    files_["/key"] = pair.key_pem;
  }
  k8s::FileCredentials source() {
    return {connection_, clock_,
            [this](const std::string& path) -> tl::expected<std::string, std::string> {
              ++reads_;
              const auto found = files_.find(path);
              if (found == files_.end()) return tl::unexpected(std::string("gone"));
              return found->second;
            }};
  }
  CertificateAndKey pairOf(k8s::FileCredentials& source) {
    const k8s::Interruption interruption(clock_, timing::Deadline::never(), {});
    const Result result = source.current(interruption);
    if (!result) return {};
    return {result->client_certificate_pem, result->client_key_pem};
  }
  void refuseHeld(k8s::FileCredentials& source) {
    const k8s::Interruption interruption(clock_, timing::Deadline::never(), {});
    source.refuse(source.current(interruption).value());
  }
  void expectPair(k8s::FileCredentials& source, const CertificateAndKey& pair) {
    const CertificateAndKey found = pairOf(source);
    EXPECT_EQ(found.certificate_pem, pair.certificate_pem);
    EXPECT_EQ(found.key_pem, pair.key_pem);
  }

  TestCertificateAuthority authority_;
  CertificateAndKey first_ = authority_.issue({});
  CertificateAndKey second_ = authority_.issue({});
  FakeClock clock_{timing::Instant()};
  k8s::Connection connection_;
  std::map<std::string, std::string> files_;
  int reads_ = 0;
};

TEST_F(FileCredentialsTest, ReadCertificateAgainWhenFiftySecondsOld) {
  auto credentials = source();
  put(second_);
  clock_.advance(std::chrono::seconds(49));
  expectPair(credentials, first_);
  EXPECT_EQ(reads_, 0);
  clock_.advance(std::chrono::seconds(1));
  expectPair(credentials, second_);
  expectPair(credentials, second_);
  EXPECT_EQ(reads_, 2);
}

TEST_F(FileCredentialsTest, ReadCertificateAgainAtOnceAfterARefusal) {
  auto credentials = source();
  put(second_);
  expectPair(credentials, first_);
  EXPECT_EQ(reads_, 0);
  refuseHeld(credentials);
  expectPair(credentials, second_);
  expectPair(credentials, second_);
  EXPECT_EQ(reads_, 2);
}

TEST_F(FileCredentialsTest, AreNotReadAgainWhenOthersThanTheLastAreRefused) {
  k8s::FileCredentials credentials = source();
  expectPair(credentials, first_);
  put(second_);
  credentials.refuse({.token = "another"});
  expectPair(credentials, first_);
}

TEST_F(FileCredentialsTest, KeepLastGoodPairWhileTheFilesDoNotFit) {
  auto credentials = source();
  files_["/cert"] = second_.certificate_pem;  // the key's turn is next
  refuseHeld(credentials);
  expectPair(credentials, first_);
  put(second_);
  refuseHeld(credentials);
  expectPair(credentials, second_);
}

TEST_F(FileCredentialsTest, KeepLastGoodPairWhileAFileIsGoneOrEmpty) {
  auto credentials = source();
  files_["/cert"].clear();
  refuseHeld(credentials);
  expectPair(credentials, first_);
  files_.erase("/cert");
  refuseHeld(credentials);
  expectPair(credentials, first_);
}

TEST_F(FileCredentialsTest, FixedKeyStaysWithCertificateFromAFile) {
  connection_.client_key.file.clear();
  files_["/cert"] += authority_.pem();  // the chain came along
  auto credentials = source();
  refuseHeld(credentials);
  expectPair(credentials, {first_.certificate_pem + authority_.pem(), first_.key_pem});
}

TEST_F(FileCredentialsTest, AreRenewableOnlyFromFiles) {
  EXPECT_TRUE(source().isRenewable());
  connection_.client_certificate.file.clear();
  connection_.client_key.file.clear();
  EXPECT_FALSE(source().isRenewable());
  connection_.token_file = "/token";
  EXPECT_TRUE(source().isRenewable());
}

TEST_F(FileCredentialsTest, FirstTokenMustBeReadable) {
  connection_.token_file = "/token";
  auto credentials = source();
  const k8s::Interruption interruption(clock_, timing::Deadline::never(), {});
  const Result result = credentials.current(interruption);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, k8s::TransportError::Kind::kCredentials);
  EXPECT_FALSE(result.error().sent);
  EXPECT_EQ(result.error().message, "the token /token can't be used: gone");
}

}  // namespace
}  // namespace testing_support
