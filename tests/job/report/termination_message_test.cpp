#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "common/json/parse.h"
#include "common/json/write.h"
#include "job/report/pass_result.h"

namespace job {
namespace {

using testing::HasSubstr;

constexpr std::size_t kLimit = 4096;

PassResult aResult() {
  PassResult result;
  result.command = "run";
  result.cluster = "noobaa-db-pg-cluster";
  result.backup = "backup-20250115-020000";
  result.verdict = Verdict::kCertified;
  return result;
}

json::Value parsed(const std::string& text) {
  const auto value = json::parse(text);
  EXPECT_TRUE(value) << text;
  return value.value_or(json::Value());
}

std::vector<std::string> keysOf(const json::Value& value) {
  std::vector<std::string> keys;
  for (const auto& member : *value.object()) keys.push_back(member.first);
  return keys;
}

void expectFits(const PassResult& result) {
  const std::string message = terminationMessage(result, kLimit);
  EXPECT_LE(message.size(), kLimit);
  EXPECT_EQ(keysOf(parsed(message)), keysOf(toJson(result)));
  EXPECT_EQ(message.find("\xEF\xBF\xBD"), std::string::npos) << "cut inside a character";
}

TEST(TerminationMessageTest, IsTheResultObjectWhenThatFits) {
  EXPECT_EQ(terminationMessage(aResult()), json::write(toJson(aResult())));
}

TEST(TerminationMessageTest, ShortensListsAndCountsWhatItLeavesOut) {
  PassResult result = aResult();
  for (int i = 0; i < 1000; ++i) result.pruned.push_back("backup-" + std::to_string(10'000 + i));
  result.reason = "the reason stays whole";
  expectFits(result);
  const json::Value message = parsed(terminationMessage(result, kLimit));
  const auto shown = message.object()->find("pruned")->array()->size();
  EXPECT_GT(shown, 150U) << "most of the room is used";
  EXPECT_EQ(*message.object()->find("reason")->string(), "the reason stays whole");
  EXPECT_EQ(*message.object()->find("warnings")->array()->back().string(),
            "left out here for space: " + std::to_string(1000 - shown) + " of pruned");
}

TEST(TerminationMessageTest, NoListDrivesOutTheOthers) {
  PassResult result = aResult();
  for (int i = 0; i < 20'000; ++i) result.warnings.push_back("warning " + std::to_string(i));
  result.pruned = {"old-1", "old-2"};
  expectFits(result);
  EXPECT_THAT(terminationMessage(result), HasSubstr(R"("pruned":["old-1","old-2"])"));
}

TEST(TerminationMessageTest, AnEndlessReasonLeavesRoomForTheRest) {
  PassResult result = aResult();
  result.reason = std::string(1'000'000, 'x');
  result.pruned = {"old-1"};
  expectFits(result);
  EXPECT_THAT(terminationMessage(result), HasSubstr(R"("pruned":["old-1"])"));
  EXPECT_THAT(terminationMessage(result), HasSubstr("xxx...\""));
}

TEST(TerminationMessageTest, IsNeverCutInsideACharacter) {
  for (std::size_t ascii = 0; ascii < 8; ++ascii) {
    PassResult result = aResult();
    result.reason = std::string(ascii, 'x');
    for (int i = 0; i < 3000; ++i) result.reason += "\xE2\x82\xAC";  // 3 bytes
    for (int i = 0; i < 500; ++i) result.warnings.push_back(std::string(ascii, 'y'));
    std::string emoji;
    for (int i = 0; i < 500; ++i) emoji += "\xF0\x9F\x98\x80";  // 4 bytes
    result.warnings.push_back(emoji);
    result.backup = emoji + emoji;
    expectFits(result);
  }
}

TEST(TerminationMessageTest, EscapesCountAsTheyAreWritten) {
  PassResult result = aResult();
  result.reason = std::string(5000, '\n');
  result.warnings = {std::string(5000, '\x01'), std::string(5000, '"')};
  result.cluster = std::string(5000, '\\');
  expectFits(result);
}

TEST(TerminationMessageTest, BytesThatAreNoTextDoNotBreakIt) {
  PassResult result = aResult();
  result.reason = std::string(9000, '\xFF');
  const std::string message = terminationMessage(result, kLimit);
  EXPECT_LE(message.size(), kLimit);
  parsed(message);
}

RC_GTEST_PROP(TerminationMessageTest, AlwaysFitsAndIsValid, ()) {
  PassResult result = aResult();
  result.reason = *rc::gen::container<std::string>(*rc::gen::inRange<std::size_t>(0, 6000),
                                                   rc::gen::arbitrary<char>());
  result.pruned = *rc::gen::arbitrary<std::vector<std::string>>();
  result.warnings = *rc::gen::arbitrary<std::vector<std::string>>();
  const auto limit = *rc::gen::inRange<std::size_t>(1024, 5000);
  const std::string message = terminationMessage(result, limit);
  RC_ASSERT(message.size() <= limit);
  RC_ASSERT(json::parse(message).has_value());
}

}  // namespace
}  // namespace job
