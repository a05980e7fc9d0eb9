#pragma once

#include <string>
#include <vector>

#include "common/json/value.h"
#include "job/failure.h"

namespace job {

/// What one look at the cluster found; a check may have several.
struct CheckLine {
  enum class Level { kOk, kWarn, kFail };
  std::string name;  // of the check: "snapshot-class"
  Level level = Level::kOk;
  std::string message;              // one line: object, field, value
  std::string fix;                  // what to do, with the command where there is one; may be empty
  ExitCode code = ExitCode::kDone;  // of a failed one: what `run` would end with for it
  bool may_pass = false;            // of a failed one: `run` waits for it, or does not ask

  static CheckLine ok(std::string name, std::string message);
  static CheckLine warn(std::string name, std::string message, std::string fix = "");
  static CheckLine fail(std::string name, ExitCode code, std::string message, std::string fix = "");
  static CheckLine fail(std::string name, const Failure& failure);
};
using CheckLines = std::vector<CheckLine>;

/// The worst of the lines', done when none failed: what ends a pass before it can judge the
/// cluster comes before a refusal, that before what only takes patience, and last what leaves a
/// good backup.
ExitCode exitCodeOf(const CheckLines& lines);

/// {"checks":[{"name","level","message","fix"}],"exitCode"}
json::Value toJson(const CheckLines& lines);

/// For people: a line a check, its cure below it, and a sum. `symbols`: ✓ ! ✗ in place of words.
std::string toText(const CheckLines& lines, bool symbols);

}  // namespace job
