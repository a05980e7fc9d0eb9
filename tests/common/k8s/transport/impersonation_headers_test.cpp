#include "common/k8s/transport/impersonation_headers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace k8s {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

TEST(ImpersonationHeadersTest, AreNoneForNobody) {
  EXPECT_THAT(impersonationHeaders({}).value(), IsEmpty());
}

TEST(ImpersonationHeadersTest, NameUserUidGroupsAndExtra) {
  const auto headers = impersonationHeaders({.user = "jane",
                                             .uid = "4711",
                                             .groups = {"admins", "system:authenticated"},
                                             .extra = {{"scopes", {"view", "edit"}}}});
  EXPECT_THAT(headers.value(),
              ElementsAre(Pair("Impersonate-User", "jane"), Pair("Impersonate-Uid", "4711"),
                          Pair("Impersonate-Group", "admins"),
                          Pair("Impersonate-Group", "system:authenticated"),
                          Pair("Impersonate-Extra-scopes", "view"),
                          Pair("Impersonate-Extra-scopes", "edit")));
}

// As client-go's headerKeyEscape.
TEST(ImpersonationHeadersTest, EscapeWhatIsNoHeaderNameInExtraKeys) {
  const auto headers =
      impersonationHeaders({.user = "jane", .extra = {{"acme.com/a b%c:\xc3\xa9_~|V", {"x"}}}});
  EXPECT_THAT(headers.value().back(),
              Pair("Impersonate-Extra-acme.com%2Fa%20b%25c%3A%C3%A9_~|V", "x"));
}

TEST(ImpersonationHeadersTest, RefuseValueThatWouldEndItsHeader) {
  for (const std::string& value :
       {std::string("a\r\nX-Evil: 1"), std::string("a\n"), std::string("\ta"),
        std::string("a\0b", 3), std::string("a\x7f")}) {
    for (const Impersonation& impersonation :
         {Impersonation{.user = value},
          {.user = "jane", .uid = value},
          {.user = "jane", .groups = {"good", value}},
          {.user = "jane", .extra = {{"key", {value, "good"}}}}}) {
      const auto headers = impersonationHeaders(impersonation);
      ASSERT_FALSE(headers);
      EXPECT_THAT(headers.error(), HasSubstr("can't be sent"));
      EXPECT_THAT(headers.error(), Not(HasSubstr("\n")));
    }
  }
}

// On the way they would be lost, and "admin " become "admin".
TEST(ImpersonationHeadersTest, RefuseBlanksAroundAValue) {
  EXPECT_FALSE(impersonationHeaders({.user = "admin "}));
  EXPECT_FALSE(impersonationHeaders({.user = " admin"}));
  EXPECT_TRUE(impersonationHeaders({.user = "an admin"}));
}

TEST(ImpersonationHeadersTest, NeedAUser) {
  for (const Impersonation& impersonation :
       {Impersonation{.uid = "4711"}, {.groups = {"admins"}}, {.extra = {{"scopes", {"view"}}}}}) {
    const auto headers = impersonationHeaders(impersonation);
    ASSERT_FALSE(headers);
    EXPECT_THAT(headers.error(), HasSubstr("need a user"));
  }
}

TEST(ImpersonationHeadersTest, RefuseEmptyExtraKey) {
  EXPECT_FALSE(impersonationHeaders({.user = "jane", .extra = {{"", {"view"}}}}));
}

}  // namespace
}  // namespace k8s
