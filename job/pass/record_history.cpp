#include "job/pass/record_history.h"

#include <chrono>
#include <map>
#include <vector>

#include "job/decide/history_ring.h"
#include "job/model/history_key.h"
#include "job/model/names.h"

namespace job {
namespace {

using k8s::ApiError;
using k8s::ApiResult;

constexpr std::chrono::seconds kPatience{5};
constexpr std::chrono::seconds kPatienceWhenStopped{1};
constexpr int kAttempts = 2;
/// kube-apiserver's limit for the values of a ConfigMap in all (core validation, MaxSecretSize).
constexpr std::size_t kMostBytes = 1048576;

json::Value dataOf(const std::string& key, const std::string& value,
                   const std::vector<std::string>& going = {}) {
  json::Object data;
  for (const std::string& old : going) data.set(old, json::Value());
  if (!key.empty()) data.set(key, value);
  return json::Object{{"data", std::move(data)}};
}

/// 422, of which there are others, or the limit of a request or of etcd.
bool isTooLarge(const ApiError& error) {
  if (error.code == 413) return true;
  if (!error.isInvalid()) return false;
  for (const ApiError::Cause& cause : error.causes) {
    if (cause.reason == "FieldValueTooLong") return true;
  }
  return error.message.find("Too long") != std::string::npos;
}

bool isOn(const Settings& settings) {
  return settings.history_limit > 0 && !settings.dry_run;
}

class Writer {
 public:
  Writer(Session& session, const HistoryEntry& entry)
      : session_(session),
        ref_(session.object(configMapType(), std::string(kHistoryName))),
        key_(
            historyKey(session.cluster(), entry.at, entry.command(), entry.run_id, session.holder)),
        value_(writeHistoryEntry(entry)),
        deadline_(timing::Deadline::in(session.clock, timing::Duration(kPatience))) {}

  std::string write() {
    auto written = add();
    if (!written && isTooLarge(written.error())) return addWithRoom();
    if (!written) return notWritten(failureOf(written.error(), "write " + name()).message);
    return trim(*written);
  }

 private:
  std::string name() const {
    return "ConfigMap " + session_.name_space + "/" + std::string(kHistoryName);
  }
  static std::string notWritten(const std::string& why) {
    return "this run is missing from the history: " + why;
  }

  ApiResult<json::Value> patch(const json::Value& patch) {
    return bounded([&](const k8s::CallContext& context) {
      return session_.client.mergePatch(ref_, patch, k8s::Subresource::kNone, context);
    });
  }

  /// Another pass may make it at the same moment, or somebody delete it.
  ApiResult<json::Value> add() {
    auto patched = patch(dataOf(key_, value_));
    if (patched || !patched.error().isNotFound()) return patched;
    auto created = bounded([&](const k8s::CallContext& context) {
      json::Value object = dataOf(key_, value_);
      object["apiVersion"] = "v1";
      object["kind"] = "ConfigMap";
      object["metadata"]["name"] = std::string(kHistoryName);
      object["metadata"]["namespace"] = session_.name_space;
      object["metadata"]["labels"][kManagedByLabel] = std::string(kProgramName);
      return session_.client.create(
          ref_, object, k8s::Idempotency::kYes, context,
          [&](const json::Value& there) { return valuesOf(there).contains(key_); });
    });
    if (created || !created.error().isAlreadyExists()) return created;
    return patch(dataOf(key_, value_));
  }

  /// The oldest runs beyond the limit; a failure leaves them to the next run.
  std::string trim(const json::Value& now) {
    std::vector<std::string> keys;
    for (const auto& [key, size] : valuesOf(now)) keys.push_back(key);
    const auto going =
        keysBeyondLimit(keys, key_, session_.settings.history_limit, session_.clock.now());
    if (going.empty()) return "";
    const auto trimmed = patch(dataOf("", "", going));
    if (trimmed) return "";
    return "runs beyond --history-limit stay in the history for now: " +
           failureOf(trimmed.error(), "patch " + name()).message;
  }

  std::string addWithRoom() {
    const auto now = bounded(
        [&](const k8s::CallContext& context) { return session_.client.get(ref_, context); });
    if (!now) {
      return notWritten(name() + " is full, and " +
                        failureOf(now.error(), "read it to make room").message);
    }
    std::map<std::string, std::size_t> sizes = valuesOf(*now);
    sizes[key_] = value_.size();
    const auto going = keysToMakeRoom(sizes, key_, kMostBytes, session_.clock.now());
    if (!going) {
      return notWritten(name() + " is full of what is not of Cluster " + session_.cluster() +
                        ": take that out of it, or delete it");
    }
    const auto written = patch(dataOf(key_, value_, *going));
    if (!written) return notWritten(failureOf(written.error(), "write " + name()).message);
    return name() + " was full (1 MiB), so the oldest runs of Cluster " + session_.cluster() +
           " were taken out of the history (" + std::to_string(going->size()) +
           "); a smaller --history-limit prevents that";
  }

  /// Bytes by key; what is no text, as binaryData, counts as it is written.
  static std::map<std::string, std::size_t> valuesOf(const json::Value& config_map) {
    std::map<std::string, std::size_t> sizes;
    if (config_map.object() == nullptr) return sizes;
    for (const char* part : {"data", "binaryData"}) {
      const json::Value* values = config_map.object()->find(part);
      if (values == nullptr || values->object() == nullptr) continue;
      for (const auto& [key, value] : *values->object()) {
        if (value.string() != nullptr) sizes[key] = value.string()->size();
      }
    }
    return sizes;
  }

  /// A call within what is left of the time. A stop ends it, and it is made anew in the last second
  /// that is then left, which no stop ends.
  template <typename Call>
  auto bounded(Call call) -> decltype(call(k8s::CallContext{timing::Deadline::never(), {}})) {
    if (!session_.stop.stop_requested()) {
      auto answer = call({deadline_, session_.stop, {}, kAttempts});
      if (answer || answer.error().kind != ApiError::Kind::kStopped) return answer;
    }
    if (!stopped_) {
      stopped_ = true;
      deadline_ = deadline_.earlier(
          timing::Deadline::in(session_.clock, timing::Duration(kPatienceWhenStopped)));
    }
    return call({deadline_, std::stop_token(), {}, kAttempts});
  }

  Session& session_;
  k8s::ObjectRef ref_;
  std::string key_;
  std::string value_;
  timing::Deadline deadline_;
  bool stopped_ = false;
};

}  // namespace

bool isRecorded(const Settings& settings, const PassResult& result) {
  if (!isOn(settings)) return false;
  switch (settings.command) {
    case Command::kRun:
    case Command::kBackup:
    case Command::kRecover:
      return true;
    case Command::kPrune:
      return settings.plan_out.empty();
    case Command::kSync:
      return result.moved_recovery;
    default:
      return false;
  }
}

bool isRecorded(const Settings& settings, const DrillReport&) {
  return isOn(settings);
}

std::string recordHistory(Session& session, const HistoryEntry& entry) {
  return Writer(session, entry).write();
}

}  // namespace job
