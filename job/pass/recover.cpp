#include "job/pass/recover.h"

#include <chrono>
#include <optional>
#include <utility>

#include "job/pass/pass_lock.h"
#include "job/pass/recovery_rights.h"
#include "job/pass/recovery_step.h"
#include "job/pass/result_of.h"

namespace job {
namespace {

using State = RecoveryLook::State;

/// Between two looks. CloudNativePG itself looks every five to ten seconds.
constexpr std::chrono::seconds kPause{3};

class Recovery {
 public:
  Recovery(Session& session, PassResult& result)
      : session_(session), result_(result), began_(session.clock.monotonic()) {}

  Outcome<void> run() {
    auto look = lookAtRecovery(session_);
    if (!look) return tl::unexpected(look.error());
    const bool idle = look->state == State::kNothingToDo || look->state == State::kDeferred;
    if (idle && !changesSomething(*look)) {
      note(*look);
      return leave(*look);
    }
    auto lock = PassLock::acquire(session_, timing::Duration(session_.settings.lock_wait));
    if (!lock) return tl::unexpected(lock.error());
    const bool dry_run = session_.client.options().dry_run;
    Outcome<void> done = dry_run ? tryOut(*lock) : drive(*lock);
    session_.progress.clear();
    return done;
  }

 private:
  /// One step, of which the server validated what would be created.
  Outcome<void> tryOut(PassLock& lock) {
    auto step = advanceRecovery(session_, lock);
    if (!step) return tl::unexpected(step.error());
    const RecoveryLook& look = step->look;
    note(look);
    switch (look.state) {
      case State::kReady:
        result_.reason = "Cluster " + session_.name_space + "/" + session_.cluster() +
                         " would be created from " + look.snapshot + " in " + look.group +
                         "; as a dry run, so nothing changed";
        return {};
      case State::kGoing:
      case State::kComingUp:
        result_.reason = "a recovery would wait: " + look.words;
        return {};
      default:
        return leave(look);
    }
  }

  Outcome<void> drive(PassLock& lock) {
    for (;;) {
      auto step = advanceRecovery(session_, lock);
      if (!step) {
        if (auto over = endOf(step.error(), lock)) return tl::unexpected(*std::move(over));
      } else {
        untold_ = step->untold;
        note(step->look);
        const State state = step->look.state;
        if (state != State::kGoing && state != State::kComingUp && state != State::kReady) {
          return leave(step->look);
        }
        announce(step->look.words);
      }
      if (auto gone_on = pause(lock); !gone_on) return gone_on;
    }
  }

  /// The failure that ends the pass; empty when it may pass by itself: an outage, or the Lease that
  /// lapsed in it and can be taken again.
  std::optional<Failure> endOf(const Failure& failure, PassLock& lock) {
    if (session_.stop.stop_requested()) return interrupted();
    if (lock.lost()) return lock.causeOf(failure);
    if (failure.code != ExitCode::kUnavailable && failure.code != ExitCode::kInterrupted &&
        failure.code != ExitCode::kTimedOut) {
      return failure;
    }
    announce(failure.message);
    return std::nullopt;
  }

  /// Until the next look. Fails when waiting is over.
  Outcome<void> pause(PassLock& lock) {
    const timing::Monotonic next = session_.clock.monotonic() + kPause;
    while (session_.clock.monotonic() < next) {
      session_.progress.show(words_, session_.clock.monotonic() - began_);
      if (session_.patience.passed(session_.clock)) return tl::unexpected(timedOut());
      const auto slice = session_.clock.monotonic() + std::chrono::seconds(1);
      if (!session_.clock.sleepUntil(slice, session_.stop)) return tl::unexpected(interrupted());
    }
    if (auto held = lock.confirm(); !held) {
      if (auto over = endOf(held.error(), lock)) return tl::unexpected(*std::move(over));
    }
    return {};
  }

  /// A log line a change.
  void announce(const std::string& words) {
    if (words == words_) return;
    words_ = words;
    session_.log.info("recovery goes on: " + words,
                      {{"cluster", session_.cluster()},
                       {"elapsed", std::chrono::duration_cast<std::chrono::seconds>(
                                       session_.clock.monotonic() - began_)
                                       .count()}});
  }

  void note(const RecoveryLook& look) {
    snapshot_ = look.snapshot;
    if (!look.backup.empty()) result_.backup = look.backup;
    if (!look.snapshots.empty()) result_.snapshots = look.snapshots;
    for (const std::string& warning : look.warnings) warn(session_, result_, warning);
  }

  /// The end by what was seen.
  Outcome<void> leave(const RecoveryLook& look) {
    switch (look.state) {
      case State::kNothingToDo:
        result_.said = PassOutcome::kNothingToDo;
        result_.reason = look.words;
        break;
      case State::kDeferred:
        result_.said = PassOutcome::kDeferred;
        result_.reason = look.words;
        break;
      case State::kOrphaned:
        return tl::unexpected(Failure{ExitCode::kRefused, look.words});
      case State::kUnfit:
      case State::kUnable:
        return tl::unexpected(Failure{ExitCode::kRecoveryFailed, look.words});
      case State::kUp:
        result_.reason = "recovered from " + look.snapshot + ": " + look.words +
                         "; now take dbRecovery out of the NooBaa CR, as deleting the Cluster "
                         "would recover it once more";
        break;
      case State::kGoing:
      case State::kReady:
      case State::kComingUp:
        break;
    }
    session_.log.info(result_.reason, {{"cluster", session_.cluster()}});
    if (untold_.empty() || look.state != State::kUp) return {};
    return tl::unexpected(
        Failure{ExitCode::kIncomplete, "the database is recovered, but " + untold_});
  }

  Failure timedOut() const {
    return {ExitCode::kTimedOut, "the recovery from " + snapshot_ +
                                     " did not end within --timeout: " + words_ +
                                     "; it goes on by itself, or run recover again"};
  }
  Failure interrupted() const {
    return {ExitCode::kInterrupted, "stopped while the recovery from " + snapshot_ +
                                        " is under way; run recover again, or leave it to sync"};
  }

  Session& session_;
  PassResult& result_;
  timing::Monotonic began_;
  std::string words_;
  std::string snapshot_;
  std::string untold_;
};

}  // namespace

PassResult recover(Session& session) {
  return resultOf(session, "recover", [&](PassResult& filled) {
    const auto done = Recovery(session, filled).run();
    return done ? done : tl::unexpected(withMissingRights(session, done.error()));
  });
}

}  // namespace job
