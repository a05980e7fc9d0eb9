#include "common/k8s/connection/base64.h"

#include <gtest/gtest.h>

namespace k8s {
namespace {

TEST(Base64Test, DecodesEachLength) {
  EXPECT_EQ(decodeBase64(""), "");
  EXPECT_EQ(decodeBase64("Zg=="), "f");
  EXPECT_EQ(decodeBase64("Zm8="), "fo");
  EXPECT_EQ(decodeBase64("Zm9v"), "foo");
  EXPECT_EQ(decodeBase64("Zm9vYmFy"), "foobar");
  EXPECT_EQ(decodeBase64("+/8="), "\xfb\xff");
}

TEST(Base64Test, SkipsLineBreaks) {
  EXPECT_EQ(decodeBase64("Zm9v\r\nYmFy\n"), "foobar");
}

TEST(Base64Test, RefusesWhatIsNotBase64) {
  for (const char* text : {"Z", "Zg", "Zg=", "Zg===", "====", "Z===", "Zg==Zg==", "Zm9v Ym", "Zm-_",
                           "Zg=a", "=Zg=", "Zm9v,mFy"}) {
    EXPECT_EQ(decodeBase64(text), std::nullopt) << text;
  }
}

TEST(Base64Test, EncodesEachLength) {
  EXPECT_EQ(encodeBase64(""), "");
  EXPECT_EQ(encodeBase64("f"), "Zg==");
  EXPECT_EQ(encodeBase64("fo"), "Zm8=");
  EXPECT_EQ(encodeBase64("foo"), "Zm9v");
  EXPECT_EQ(encodeBase64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(encodeBase64("\xfb\xff"), "+/8=");
  EXPECT_EQ(encodeBase64(std::string(300, 'x')).size(), 400U);
}

// A kubeconfig that kubectl takes must not fail here.
TEST(Base64Test, SkipsBitsThatBelongToNoByteAsGoDoes) {
  EXPECT_EQ(decodeBase64("QR=="), "A");
  EXPECT_EQ(decodeBase64("Zm9="), "fo");
}

TEST(Base64Test, RefusesLineBreaksAlone) {
  for (const char* text : {"\n", "\r\n\r\n"}) EXPECT_EQ(decodeBase64(text), std::nullopt);
}

}  // namespace
}  // namespace k8s
