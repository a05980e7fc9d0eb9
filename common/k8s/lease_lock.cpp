#include "common/k8s/lease_lock.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "common/json/view.h"
#include "common/json/write.h"
#include "common/time/rfc3339.h"

namespace k8s {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kPoll{2000};
// After a lost race: the winner's record is there to be read.
constexpr milliseconds kRaceDelay{100};

const ResourceType kLeases{"coordination.k8s.io", "v1", "leases", "Lease"};

/// What of a Lease decides. A field of the wrong type reads as absent.
struct Record {
  std::string holder;
  std::optional<seconds> duration{};
  std::int64_t transitions = 0;
};

Record recordOf(const json::Value& lease) {
  json::Decoder decoder(lease);
  const json::View spec = decoder.root()["spec"];
  Record record{.holder = spec["holderIdentity"].stringOr(""),
                .transitions = spec["leaseTransitions"].integerOr(0)};
  // The API takes any positive number; a day bounds the arithmetic.
  const auto duration = spec["leaseDurationSeconds"].optionalInteger();
  if (duration) record.duration = seconds(std::clamp<std::int64_t>(*duration, 0, 86400));
  return record;
}

/// The error of a call when its outcome is another's doing: read again.
bool isLostRace(const ApiError& error) {
  return error.isConflict() || error.isAlreadyExists() || error.isNotFound();
}

}  // namespace

LeaseLock::LeaseLock(Client& client, LeaseOptions options)
    : client_(client), options_(std::move(options)) {}

ApiResult<bool> LeaseLock::acquire(const CallContext& context, timing::Deadline patience,
                                   const std::function<void(const std::string&)>& waiting) {
  std::string told;
  for (;;) {
    auto attempt = tryAcquire(context);
    if (!attempt) {
      const bool out_of_time = attempt.error().kind == ApiError::Kind::kTimeout;
      if (out_of_time && !seen_holder_.empty()) return false;
      return tl::unexpected(std::move(attempt.error()));
    }
    if (*attempt == Attempt::kHeld) return true;
    if (*attempt == Attempt::kOthers && told != seen_holder_) {
      told = seen_holder_;
      if (waiting) waiting(seen_holder_);
    }
    const bool others = *attempt == Attempt::kOthers;
    if (others && seen_alive_ && patience.passed(client_.clock())) return false;
    const milliseconds pause = *attempt == Attempt::kOthers ? kPoll : kRaceDelay;
    // Between half and one and a half of it, so that those who wait don't keep step.
    const milliseconds spread(
        static_cast<std::int64_t>(static_cast<double>(pause.count()) * (0.5 + client_.jitter())));
    const timing::Monotonic next = client_.clock().monotonic() + spread;
    const bool paused = pauseUntil(client_.clock(), next, context);
    if (!paused && !context.deadline.passed(client_.clock())) {
      // The stop, or context.idle; the deadline is the next attempt's to tell.
      return tl::unexpected(ApiError{.kind = ApiError::Kind::kStopped,
                                     .message = "stopped while waiting for the Lease",
                                     .verb = "update",
                                     .resource = kLeases.qualifiedName(),
                                     .name_space = options_.name_space,
                                     .name = options_.name});
    }
  }
}

bool LeaseLock::keep(const CallContext& context) {
  const timing::Monotonic last = std::max(renewed_at_, tried_at_);
  if (client_.clock().monotonic() - last < options_.renew_every) return held();
  return renewNow(context);
}

bool LeaseLock::held() const {
  return held_ && client_.clock().monotonic() - renewed_at_ < options_.duration;
}

bool LeaseLock::renewNow(const CallContext& context) {
  if (!held_) return false;
  timing::Clock& clock = client_.clock();
  tried_at_ = clock.monotonic();
  const CallContext bounded{
      context.deadline.earlier(timing::Deadline::in(clock, options_.renew_every)), context.stop};
  const auto renewed = renew(bounded);
  if (renewed) {
    held_ = *renewed == Attempt::kHeld;
    lost_ = !held_;
  } else if (renewed.error().kind != ApiError::Kind::kStopped) {
    client_.log().warn("Lease not renewed", {{"error", renewed.error().describe()}});
  }
  return held();
}

void LeaseLock::release(const CallContext& context) {
  if (!std::exchange(written_, false) || lost_) return;
  held_ = false;
  auto released = lease_.isNull() ? tl::unexpected(ApiError{.code = 409}) : giveUp(lease_, context);
  if (!released && released.error().isConflict()) {
    // A write of ours that went unanswered has moved it on.
    auto read = client_.get(ref(), context);
    if (read && recordOf(*read).holder != options_.holder) return;
    released = read ? giveUp(*std::move(read), context) : tl::unexpected(read.error());
  }
  if (!released && !released.error().isNotFound()) {
    client_.log().warn("Lease not released, it lapses by itself",
                       {{"error", released.error().describe()}});
  }
}

ApiResult<void> LeaseLock::giveUp(json::Value lease, const CallContext& context) {
  const std::string now = timing::formatMicroTime(client_.clock().now());
  json::Value& spec = lease["spec"];
  spec["holderIdentity"] = "";
  spec["leaseDurationSeconds"] = 1;
  spec["acquireTime"] = now;
  spec["renewTime"] = now;
  auto written = client_.replace(ref(), lease, context);
  if (!written) return tl::unexpected(std::move(written.error()));
  return {};
}

ApiResult<LeaseLock::Attempt> LeaseLock::tryAcquire(const CallContext& context) {
  auto read = client_.get(ref(), context);
  if (!read) {
    if (read.error().isNotFound() && !read.error().isApiMissing()) return createRecord(context);
    return tl::unexpected(std::move(read.error()));
  }
  if (!observe(*read)) return Attempt::kOthers;
  return writeRecord(*std::move(read), context);
}

bool LeaseLock::observe(const json::Value& lease) {
  const Record record = recordOf(lease);
  const timing::Monotonic now = client_.clock().monotonic();
  const json::Value* const spec =
      lease.object() == nullptr ? nullptr : lease.object()->find("spec");
  std::string text = spec == nullptr ? std::string() : json::write(*spec);
  if (text != seen_record_) {
    seen_alive_ = !seen_record_.empty();
    seen_record_ = std::move(text);
    seen_at_ = now;
  }
  seen_holder_ = record.holder;
  if (record.holder.empty() || record.holder == options_.holder) return true;
  if (isEarlierSelf(record.holder)) return true;
  return now - seen_at_ >= record.duration.value_or(options_.duration);
}

ApiResult<LeaseLock::Attempt> LeaseLock::createRecord(const CallContext& context) {
  const timing::Monotonic at = client_.clock().monotonic();
  const std::string now = timing::formatMicroTime(client_.clock().now());
  const json::Value lease(json::Object{
      {"apiVersion", kLeases.apiVersion()},
      {"kind", kLeases.kind},
      {"metadata", json::Object{{"name", options_.name}, {"namespace", options_.name_space}}},
      {"spec", json::Object{{"holderIdentity", options_.holder},
                            {"leaseDurationSeconds", std::int64_t{options_.duration.count()}},
                            {"acquireTime", now},
                            {"renewTime", now},
                            {"leaseTransitions", 0}}}});
  written_ = true;
  auto created = client_.create(
      ref(), lease, Idempotency::kYes, context,
      [this](const json::Value& existing) { return recordOf(existing).holder == options_.holder; });
  if (created) {
    becomeHolder(*std::move(created), at);
    return Attempt::kHeld;
  }
  if (created.error().isAlreadyExists()) return Attempt::kRetry;
  return tl::unexpected(std::move(created.error()));
}

ApiResult<LeaseLock::Attempt> LeaseLock::writeRecord(json::Value lease,
                                                     const CallContext& context) {
  const timing::Monotonic at = client_.clock().monotonic();
  const std::string now = timing::formatMicroTime(client_.clock().now());
  const Record before = recordOf(lease);
  json::Value& spec = lease["spec"];
  if (before.holder != options_.holder) {
    spec["holderIdentity"] = options_.holder;
    spec["acquireTime"] = now;
    spec["leaseTransitions"] = before.transitions + 1;
  }
  spec["leaseDurationSeconds"] = std::int64_t{options_.duration.count()};
  spec["renewTime"] = now;
  written_ = true;
  auto written = client_.replace(ref(), lease, context);
  if (written) {
    becomeHolder(*std::move(written), at);
    return Attempt::kHeld;
  }
  if (isLostRace(written.error())) return Attempt::kRetry;
  return tl::unexpected(std::move(written.error()));
}

/// By the record as last written; only when that is out of date by what is there now. Unlike when
/// acquiring, a record that is not ours any more is another's, whatever has become of it since.
ApiResult<LeaseLock::Attempt> LeaseLock::renew(const CallContext& context) {
  auto renewed = writeRecord(lease_, context);
  while (renewed && *renewed == Attempt::kRetry) {
    pauseUntil(client_.clock(), client_.clock().monotonic() + kRaceDelay, context);
    auto read = client_.get(ref(), context);
    if (!read && !read.error().isNotFound()) return tl::unexpected(std::move(read.error()));
    if (read && recordOf(*read).holder != options_.holder) {
      observe(*read);
      return Attempt::kOthers;
    }
    renewed = read ? writeRecord(*std::move(read), context) : createRecord(context);
  }
  return renewed;
}

bool LeaseLock::isEarlierSelf(const std::string& holder) const {
  return !options_.same_run_prefix.empty() && holder.starts_with(options_.same_run_prefix);
}

ObjectRef LeaseLock::ref() const {
  return {kLeases, options_.name_space, options_.name};
}

/// `at` is from before the request: our time runs out before that of those who watch.
void LeaseLock::becomeHolder(json::Value lease, timing::Monotonic at) {
  held_ = true;
  lost_ = false;
  lease_ = std::move(lease);
  renewed_at_ = at;
  seen_holder_ = options_.holder;
}

}  // namespace k8s
