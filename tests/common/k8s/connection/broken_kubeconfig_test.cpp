#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/k8s/connection/connection.h"
#include "tests/common/k8s/connection/test_surroundings.h"
#include "tests/support/broken_kubeconfigs.h"

namespace k8s {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class BrokenKubeconfigTest : public ::testing::TestWithParam<testing_support::BrokenKubeconfig> {};

TEST_P(BrokenKubeconfigTest, IsRefusedByFileEntryAndCureWithoutTheSecret) {
  const auto row = testing_support::placedIn("/k", GetParam());
  testing_support::TestSurroundings world;
  for (const auto& [name, text] : row.files) world.files["/k/" + name] = text;
  world.environment = row.environment;
  for (const std::string& file : row.list) world.environment["KUBECONFIG"] += file + ":";
  const auto connection = findConnection(
      {.kubeconfig = row.list.empty() ? "/k/config" : "", .context = row.context}, world.make());
  ASSERT_FALSE(connection);
  for (const std::string& part : row.says) EXPECT_THAT(connection.error(), HasSubstr(part));
  EXPECT_THAT(connection.error(), Not(HasSubstr("\n")));
  for (const std::string& secret : testing_support::secretsOfBrokenKubeconfigs()) {
    EXPECT_THAT(connection.error(), Not(HasSubstr(secret)));
  }
}

/// The executable's test has the others.
std::vector<testing_support::BrokenKubeconfig> rowsFoundByReading() {
  auto rows = testing_support::brokenKubeconfigs(NDB_TEST_DATA "/broken_kubeconfigs.yaml");
  std::erase_if(rows, [](const auto& row) { return !row.is_found_by_reading; });
  return rows;
}

INSTANTIATE_TEST_SUITE_P(Table, BrokenKubeconfigTest, ::testing::ValuesIn(rowsFoundByReading()),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace k8s
