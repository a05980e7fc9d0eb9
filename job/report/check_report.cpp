#include "job/report/check_report.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "job/report/text_line.h"

namespace job {
namespace {

using Level = CheckLine::Level;

// The worst first; a code that is not among these is worse.
constexpr std::array kByWeight = {
    ExitCode::kInterrupted,   ExitCode::kUnavailable, ExitCode::kTimedOut,
    ExitCode::kConfiguration, ExitCode::kForbidden,   ExitCode::kRefused,
    ExitCode::kBusy,          ExitCode::kIncomplete,  ExitCode::kDone};

auto weightOf(ExitCode code) {
  const auto* found = std::find(kByWeight.begin(), kByWeight.end(), code);
  return found == kByWeight.end() ? std::ptrdiff_t(-1) : found - kByWeight.begin();
}

std::string_view wordFor(Level level) {
  switch (level) {
    case Level::kOk:
      return "ok";
    case Level::kWarn:
      return "warn";
    case Level::kFail:
      break;
  }
  return "fail";
}

std::string_view markFor(Level level, bool symbols) {
  switch (level) {
    case Level::kOk:
      return symbols ? "✓" : "ok  ";
    case Level::kWarn:
      return symbols ? "!" : "warn";
    case Level::kFail:
      break;
  }
  return symbols ? "✗" : "FAIL";
}

std::string counted(std::ptrdiff_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

std::string sum(const CheckLines& lines) {
  const auto count = [&](Level level) {
    return std::count_if(lines.begin(), lines.end(),
                         [&](const CheckLine& each) { return each.level == level; });
  };
  const auto failures = count(Level::kFail);
  const std::string warnings =
      count(Level::kWarn) == 0 ? "" : ", " + counted(count(Level::kWarn), "warning");
  if (failures == 0) return "Nothing speaks against a pass" + warnings + "\n";
  const ExitCode worst = exitCodeOf(lines);
  const bool certain = std::any_of(lines.begin(), lines.end(), [&](const CheckLine& each) {
    return each.level == Level::kFail && each.code == worst && !each.may_pass;
  });
  return counted(failures, "problem") + warnings + "; a pass " + (certain ? "would" : "could") +
         " end with exit code " + std::to_string(static_cast<int>(worst)) + "\n";
}

}  // namespace

CheckLine CheckLine::ok(std::string name, std::string message) {
  return {std::move(name), Level::kOk, std::move(message), "", ExitCode::kDone};
}

CheckLine CheckLine::warn(std::string name, std::string message, std::string fix) {
  return {std::move(name), Level::kWarn, std::move(message), std::move(fix), ExitCode::kDone};
}

CheckLine CheckLine::fail(std::string name, ExitCode code, std::string message, std::string fix) {
  return {std::move(name), Level::kFail, std::move(message), std::move(fix), code};
}

CheckLine CheckLine::fail(std::string name, const Failure& failure) {
  return fail(std::move(name), failure.code, failure.message);
}

ExitCode exitCodeOf(const CheckLines& lines) {
  ExitCode worst = ExitCode::kDone;
  for (const CheckLine& each : lines) {
    if (each.level == Level::kFail && weightOf(each.code) < weightOf(worst)) worst = each.code;
  }
  return worst;
}

json::Value toJson(const CheckLines& lines) {
  json::Array checks;
  for (const CheckLine& each : lines) {
    checks.emplace_back(json::Object{{"name", each.name},
                                     {"level", wordFor(each.level)},
                                     {"message", each.message},
                                     {"fix", each.fix}});
  }
  return json::Object{{"checks", std::move(checks)},
                      {"exitCode", static_cast<int>(exitCodeOf(lines))}};
}

std::string toText(const CheckLines& lines, bool symbols) {
  constexpr std::size_t kGap = 2;
  std::size_t widest = 0;
  for (const CheckLine& each : lines) widest = std::max(widest, each.name.size());
  const std::string indent((symbols ? 1 : 4) + 1 + widest + kGap, ' ');
  std::string out;
  for (const CheckLine& each : lines) {
    const std::string padding(widest - each.name.size() + kGap, ' ');
    out +=
        line(std::string(markFor(each.level, symbols)) + " " + each.name + padding + each.message);
    if (!each.fix.empty()) out += line(indent + "-> " + each.fix);
  }
  return out + sum(lines);
}

}  // namespace job
