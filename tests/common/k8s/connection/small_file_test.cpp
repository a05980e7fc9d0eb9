#include "common/k8s/connection/small_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/child_process.h"

namespace k8s {
namespace {

class SmallFileTest : public ::testing::Test {
 protected:
  testing_support::ScratchFolder folder_;
};

TEST_F(SmallFileTest, IsReadWhole) {
  const std::string content("a\0b\r\n", 5);
  EXPECT_EQ(readSmallFile(folder_.put("a", content)), content);
  EXPECT_EQ(readSmallFile(folder_.put("b", "")), "");
  const std::string largest(std::size_t{4} << 20, 'x');
  EXPECT_EQ(readSmallFile(folder_.put("c", largest)), largest);
}

TEST_F(SmallFileTest, ThatIsNotThereIsToldFromOthers) {
  EXPECT_EQ(readSmallFile(folder_.path("a")).error(), kNoSuchFile);
  EXPECT_EQ(readSmallFile(folder_.put("b", "") + "/c").error(), "Not a directory");
  EXPECT_EQ(readSmallFile(folder_.path("")).error(), "Is a directory");
}

TEST_F(SmallFileTest, ThatIsLargeIsRefused) {
  const std::string large((std::size_t{4} << 20) + 1, 'x');
  EXPECT_EQ(readSmallFile(folder_.put("a", large)).error(), "it is larger than 4 MiB");
  EXPECT_THAT(readSmallFile("/dev/zero").error(), ::testing::HasSubstr("no regular file"));
}

TEST_F(SmallFileTest, PipeThatNobodyWritesToIsNotWaitedFor) {
  const std::string path = folder_.path("pipe");
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  EXPECT_THAT(readSmallFile(path).error(), ::testing::HasSubstr("no regular file"));
}

}  // namespace
}  // namespace k8s
