#include "tests/job/decide/retention_pool.h"

#include "tests/job/builders.h"

namespace job::pools {
namespace {

Timestamp timestampOf(int minute) {
  if (minute == kAbsent) return {};
  return minute == kUnreadable ? Timestamp::read("yesterday") : Timestamp::of(atMinute(minute));
}

/// ".beganAt(3)", or what stands for a time that can't be read or is not there.
std::string timeAsCode(const std::string& verb, int minute) {
  if (minute == kAbsent) return "." + verb + "({})";
  if (minute == kUnreadable) return "." + verb + R"((Timestamp::read("yesterday")))";
  return "." + verb + "At(" + std::to_string(minute) + ")";
}

/// "kCertified" for "certified".
std::string enumeratorOf(Verdict verdict) {
  std::string name(toString(verdict));
  name.front() = static_cast<char>(name.front() - 'a' + 'A');
  return "k" + name;
}

std::string enumeratorOf(Hold hold) {
  constexpr const char* kNames[] = {"kNone",    "kAnnotation", "kRecovery",
                                    "kCluster", "kDrill",      "kPvc"};
  return kNames[static_cast<std::size_t>(hold)];
}

std::string asCode(const PoolBackup& backup) {
  std::string code = "aCandidate(\"" + backup.name + "\")";
  if (backup.verdict == Verdict::kCertified && backup.begin == backup.end && backup.end >= 0) {
    code += timeAsCode("good", backup.end);
  } else if (!backup.good() && backup.begin >= 0 && backup.end == kAbsent) {
    code += ".badAt(" + std::to_string(backup.begin) +
            ", Verdict::" + enumeratorOf(backup.verdict) + ")";
  } else {
    code += ".verdict(Verdict::" + enumeratorOf(backup.verdict) + ")" +
            timeAsCode("began", backup.begin) + timeAsCode("ended", backup.end);
  }
  if (backup.hold != Hold::kNone) code += ".held(Hold::" + enumeratorOf(backup.hold) + ")";
  if (backup.operators) code += ".operators()";
  return code;
}

/// Counts through the digits; false when it is back at the first.
bool next(std::vector<std::size_t>& digits, std::size_t base,
          const std::function<void(std::size_t)>& changed) {
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const bool carry = ++digits[i] == base;
    if (carry) digits[i] = 0;
    changed(i);
    if (!carry) return true;
  }
  return false;
}

bool forEachPoolOf(const Kinds& kinds, const std::vector<int>& minutes,
                   const std::function<bool(const Pool&)>& visit) {
  const std::size_t size = minutes.size();
  std::vector<std::size_t> digits(size, 0);
  Pool pool(size);
  const auto place = [&](std::size_t i) {
    pool[i] = placed(kinds[digits[i]], i, minutes[i], size);
  };
  for (std::size_t i = 0; i < size; ++i) place(i);
  do {
    if (!visit(pool)) return false;
  } while (next(digits, kinds.size(), place));
  return true;
}

}  // namespace

bool PoolBackup::bad() const {
  return verdict == Verdict::kFailed || verdict == Verdict::kUnclean ||
         verdict == Verdict::kIncomplete;
}

RetentionCandidate candidateOf(const PoolBackup& backup) {
  return {.name = backup.name,
          .verdict = backup.verdict,
          .end = timestampOf(backup.end),
          .begin = timestampOf(backup.begin),
          .hold = backup.hold,
          .operators = backup.operators};
}

std::vector<RetentionCandidate> candidatesOf(const Pool& pool) {
  std::vector<RetentionCandidate> candidates;
  candidates.reserve(pool.size());
  for (const PoolBackup& backup : pool) candidates.push_back(candidateOf(backup));
  return candidates;
}

std::string asCode(const Pool& pool, Limit limit) {
  std::string code = "plan({";
  for (const PoolBackup& backup : pool) {
    if (&backup != &pool.front()) code += ", ";
    code += asCode(backup);
  }
  return code + "}, " + (limit ? std::to_string(*limit) : "std::nullopt") + ")";
}

Kinds allKinds() {
  Kinds kinds;
  for (const Verdict verdict : kVerdicts) {
    for (const Hold hold : kHolds) {
      for (const bool operators : kBoth) {
        for (const int begin : {0, kUnreadable}) {
          for (const int end : {0, kUnreadable}) {
            kinds.push_back({verdict, hold, operators, begin, end, ""});
          }
        }
      }
    }
  }
  return kinds;
}

Kinds kindsOfOneTrait() {
  Kinds kinds;
  for (const Verdict verdict : kVerdicts) {
    kinds.push_back({.verdict = verdict});
    kinds.push_back({.verdict = verdict, .hold = Hold::kAnnotation});
    kinds.push_back({.verdict = verdict, .hold = Hold::kRecovery});
    kinds.push_back({.verdict = verdict, .begin = kUnreadable, .end = kUnreadable});
    kinds.push_back({.verdict = verdict, .operators = true});
  }
  return kinds;
}

Kinds someKinds() {
  Kinds kinds;
  for (const Verdict verdict : kVerdicts) kinds.push_back({.verdict = verdict});
  for (const Verdict verdict : {Verdict::kCertified, Verdict::kFailed}) {
    kinds.push_back({.verdict = verdict, .hold = Hold::kCluster});
    kinds.push_back({.verdict = verdict, .begin = kUnreadable, .end = kUnreadable});
    kinds.push_back({.verdict = verdict, .operators = true});
  }
  return kinds;
}

Kinds kindsToldApart() {
  return {{.verdict = Verdict::kCertified},
          {.verdict = Verdict::kFailed},
          {.verdict = Verdict::kUncertified, .hold = Hold::kAnnotation},
          {.verdict = Verdict::kPending},
          {.verdict = Verdict::kCertified, .end = kUnreadable},
          {.verdict = Verdict::kCertified, .operators = true},
          {.verdict = Verdict::kIncomplete, .hold = Hold::kPvc}};
}

PoolBackup placed(PoolBackup kind, std::size_t position, int minute, std::size_t size) {
  const int backwards = static_cast<int>(size) - minute;
  if (kind.begin >= 0) kind.begin = kind.good() ? backwards : minute;
  if (kind.end >= 0) kind.end = kind.good() ? minute : backwards;
  kind.name = static_cast<char>('a' + position);
  return kind;
}

void forEachPool(const Kinds& kinds, std::size_t size,
                 const std::function<bool(const Pool&)>& visit) {
  if (!visit({})) return;
  for (std::size_t length = 1; length <= size; ++length) {
    // A bit for each but the first: is it newer than the one before?
    for (std::size_t newer = std::size_t{1} << (length - 1); newer-- > 0;) {
      std::vector<int> minutes(length, 0);
      for (std::size_t i = 1; i < length; ++i) {
        minutes[i] = minutes[i - 1] + static_cast<int>(newer >> (i - 1) & 1U);
      }
      if (!forEachPoolOf(kinds, minutes, visit)) return;
    }
  }
}

std::uint64_t countPools(std::size_t kinds, std::size_t size) {
  std::uint64_t pools = 1;
  std::uint64_t of_length = kinds;
  for (std::size_t length = 1; length <= size; ++length) {
    pools += of_length;
    of_length *= 2 * kinds;
  }
  return pools;
}

}  // namespace job::pools
