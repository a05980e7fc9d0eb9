#include "tests/matrix/cell_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace matrix {
namespace {

using testing::SizeIs;

TEST(CellPlanTest, AllIsEveryRequestWithEveryFault) {
  std::set<std::pair<int, Fault>> seen;
  for (const Cell& cell : allCells(3)) seen.emplace(cell.request, cell.fault);
  EXPECT_THAT(seen, SizeIs(3 * kFaults.size()));
}

TEST(CellPlanTest, ASliceHasEachRequestAndEachFault) {
  for (const int requests : {1, 5, 12, 33}) {
    std::set<int> struck;
    std::set<Fault> faults;
    for (const Cell& cell : sliceOfCells(requests)) {
      struck.insert(cell.request);
      faults.insert(cell.fault);
    }
    EXPECT_THAT(struck, SizeIs(requests));
    EXPECT_THAT(faults, SizeIs(kFaults.size()));
  }
}

TEST(FaultTest, EachHasANameThatFindsIt) {
  for (const Fault fault : kFaults) EXPECT_EQ(faultNamed(nameOf(fault)), fault);
  EXPECT_EQ(faultNamed("no-such"), std::nullopt);
}

TEST(FaultTest, OnlyAKilledPassEndsByASignal) {
  EXPECT_TRUE(mayEndWith(Fault::kKillAfter, 137));
  EXPECT_FALSE(mayEndWith(Fault::kDropAfter, 137));
  EXPECT_FALSE(mayEndWith(Fault::kTerminate, 1));
}

}  // namespace
}  // namespace matrix
