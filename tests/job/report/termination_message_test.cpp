#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "common/json/parse.h"
#include "common/json/write.h"
#include "job/report/drill_report.h"
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

/// Every end that a command can come to.
const std::vector<ExitCode> kAllCodes = {
    ExitCode::kDone,           ExitCode::kBug,         ExitCode::kUsage,
    ExitCode::kBackupFailed,   ExitCode::kIncomplete,  ExitCode::kBusy,
    ExitCode::kRefused,        ExitCode::kTimedOut,    ExitCode::kInterrupted,
    ExitCode::kRecoveryFailed, ExitCode::kUnavailable, ExitCode::kForbidden,
    ExitCode::kConfiguration};

/// `cut` says what `whole` says: the same keys with the same values, texts and lists begin alike,
/// and what a list lacks is counted in the last warning.
void expectSameFacts(const json::Value& cut, const json::Value& whole) {
  ASSERT_EQ(keysOf(cut), keysOf(whole));
  const auto& warnings = *cut.object()->find("warnings")->array();
  const std::string count =
      warnings.empty() || warnings.back().string() == nullptr ? "" : *warnings.back().string();
  const auto expectStart = [](const json::Value& part, const json::Value& text) {
    if (part == text) return;
    ASSERT_TRUE(part.string() && text.string()) << json::write(part);
    const std::string& shown = *part.string();
    ASSERT_TRUE(shown.ends_with("...")) << shown;
    EXPECT_TRUE(text.string()->starts_with(shown.substr(0, shown.size() - 3))) << shown;
  };
  for (const auto& [key, value] : *whole.object()) {
    const json::Value& shown = *cut.object()->find(key);
    if (value.array() == nullptr) {
      expectStart(shown, value);
      continue;
    }
    const json::Array& all = *value.array();
    std::size_t left = shown.array()->size();
    if (key == "warnings" && count.starts_with("left out here for space: ")) --left;
    ASSERT_LE(left, all.size()) << key;
    for (std::size_t i = 0; i < left; ++i) {
      const json::Value& part = (*shown.array())[i];
      if (part.object() == nullptr) {
        expectStart(part, all[i]);
        continue;
      }
      for (const auto& [name, text] : *all[i].object()) {
        expectStart(*part.object()->find(name), text);
      }
    }
    if (left < all.size()) {
      EXPECT_THAT(count, HasSubstr(std::to_string(all.size() - left) + " of " + key));
    }
  }
}

template <typename Result>
void expectSameFactsInLimits(const Result& result) {
  const std::string message = terminationMessage(result);
  EXPECT_LE(message.size(), kLimit);
  const std::string whole = json::write(toJson(result));
  if (whole.size() <= kLimit) {
    EXPECT_EQ(message, whole);
  }
  expectSameFacts(parsed(message), parsed(whole));
}

std::vector<std::string> texts(std::size_t count, std::size_t size) {
  std::vector<std::string> made;
  for (std::size_t i = 0; i < count; ++i)
    made.push_back(std::to_string(i) + std::string(size, 't'));
  return made;
}

TEST(TerminationMessageTest, SaysWhatTheResultObjectSaysHoweverThePassEndsAndHoweverLongItIs) {
  for (const ExitCode code : kAllCodes) {
    for (const std::size_t count : {0, 1, 30, 10'000}) {
      for (const std::size_t size : {0, 40, 600, 9000}) {
        PassResult result = aResult();
        result.exit_code = code;
        result.reason = code == ExitCode::kDone ? "" : std::string(size, 'r') + ".";
        result.snapshots = texts(std::min<std::size_t>(count, 3), 40);
        result.pruned = texts(count, 24);
        result.would_prune = texts(count / 2, 24);
        result.held = texts(count / 3, 24);
        result.failed_to_prune = texts(count / 5, 24);
        result.warnings = texts(std::min<std::size_t>(count, 50), size);
        result.kept = 3;
        expectSameFactsInLimits(result);
      }
    }
  }
}

TEST(TerminationMessageTest, SaysWhatTheDrillsObjectSaysHoweverItEndsAndHoweverLongItIs) {
  for (const ExitCode code : kAllCodes) {
    for (const std::size_t size : {0, 40, 600, 9000}) {
      DrillReport report;
      report.exit_code = code;
      report.cluster = "noobaa-db-pg-cluster";
      report.backup = "backup-20250115-020000";
      report.drill = "noobaa-db-pg-cluster-drill";
      report.comparisons = {
          {"system identifier", "7460", std::string(size, '7'), DrillComparison::Result::kMatches},
          {"latest checkpoint", std::string(size, 'x'), "", DrillComparison::Result::kUnknown}};
      report.answered_after = std::chrono::seconds(72);
      report.left = texts(size / 10, 40);
      report.warnings = texts(size / 100, size);
      report.reason = code == ExitCode::kDone ? "" : std::string(size, 'r') + ".";
      expectSameFactsInLimits(report);
    }
  }
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
