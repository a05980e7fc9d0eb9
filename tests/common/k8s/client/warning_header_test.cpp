#include "common/k8s/warning_header.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace k8s {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(WarningHeaderTest, TakesTheText) {
  EXPECT_THAT(warningTexts(R"(299 - "v1beta1 is deprecated")"),
              ElementsAre("v1beta1 is deprecated"));
}

TEST(WarningHeaderTest, UndoesEscapes) {
  EXPECT_THAT(warningTexts(R"(299 - "a \"quoted\" \\ text, with a comma")"),
              ElementsAre(R"(a "quoted" \ text, with a comma)"));
}

TEST(WarningHeaderTest, TakesSeveralWithDates) {
  EXPECT_THAT(
      warningTexts(
          R"(299 host:1 "one" "Wed, 21 Oct 2015 07:28:00 GMT", 199 - "not ours",299 - "two")"),
      ElementsAre("one", "two"));
}

TEST(WarningHeaderTest, LeavesOutWhatIsNoWarning) {
  EXPECT_THAT(warningTexts(""), IsEmpty());
  EXPECT_THAT(warningTexts("299"), IsEmpty());
  EXPECT_THAT(warningTexts("299 - unquoted"), IsEmpty());
  EXPECT_THAT(warningTexts(R"(299 - "open)"), IsEmpty());
}

}  // namespace
}  // namespace k8s
