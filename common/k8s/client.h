#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "common/json/value.h"
#include "common/k8s/api_error.h"
#include "common/k8s/http.h"
#include "common/k8s/resource.h"
#include "common/k8s/retry.h"
#include "common/log/logger.h"
#include "common/time/deadline.h"

namespace k8s {

/// What bounds a call from above; travels down by value. A single request is besides bounded by
/// ClientOptions::request_timeout.
struct CallContext {
  timing::Deadline deadline;
  std::stop_token stop;
};

struct ClientOptions {
  std::string user_agent;     // "noobaa-db-backup/0.1.0 (linux/amd64)"
  std::string field_manager;  // written with every change; shown in managedFields
  std::chrono::milliseconds request_timeout{30000};
  std::chrono::seconds watch_timeout{290};
  int page_size = 500;
  RetryPolicy retry;
  bool dry_run = false;  // writes carry dryRun=All: validated by the server, persisted never
};

enum class Subresource { kNone, kStatus };

struct ListOptions {
  std::string label_selector;
  std::string field_selector;
};

/// Preconditions of a delete; the server answers 409 when they don't hold.
struct Preconditions {
  std::string uid;
  std::string resource_version;  // empty: any
};

struct WatchEvent {
  enum class Type { kAdded, kModified, kDeleted, kBookmark };
  Type type;
  json::Value object;
};

/// How one watch request ended, other than by an error.
enum class WatchEnd {
  kServerClosed,  ///< the normal end after its timeout: watch again from the last resourceVersion
  kStoppedByCaller,
  kExpired        ///< 410, in the stream or at connect: list again
};

/// The Kubernetes API as a short-lived worker needs it, over plain JSON values. Every call retries by its
/// idempotency argument and RetryPolicy, and returns errors as values. Counts requests. Not thread-safe; the
/// transport, clock, random source and logger outlive it.
class Client {
 public:
  Client(HttpTransport& transport, timing::Clock& clock, RandomSource random, logging::Logger& log,
         ClientOptions options);

  ApiResult<json::Value> get(const ObjectRef& ref, const CallContext& context);

  /// All objects of a collection that match, page by page at a consistent resourceVersion, each handed to
  /// `item` as soon as it is parsed, so that memory holds one of them. Returns the list's resourceVersion.
  /// `restart` is called before items are delivered anew because a continue token expired (410).
  ApiResult<std::string> list(const ObjectRef& collection, const ListOptions& options,
                              const std::function<void(json::Value)>& item,
                              const std::function<void()>& restart, const CallContext& context);
  /// The same, collected.
  struct ObjectList {
    std::string resource_version;
    std::vector<json::Value> items;
  };
  ApiResult<ObjectList> list(const ObjectRef& collection, const ListOptions& options,
                             const CallContext& context);

  /// POST; ref.name may be empty. With kYes (objects with a name) an AlreadyExists after a retry is
  /// resolved by `mine`: when it accepts the existing object, that object is the result.
  ApiResult<json::Value> create(const ObjectRef& ref, const json::Value& object, Idempotency idempotency,
                                const CallContext& context,
                                const std::function<bool(const json::Value&)>& mine = {});

  /// application/merge-patch+json. Idempotent: repeating a merge patch changes nothing more.
  ApiResult<json::Value> mergePatch(const ObjectRef& ref, const json::Value& patch, Subresource subresource,
                                    const CallContext& context);

  /// PUT with the object's metadata.resourceVersion: 409 when it changed in between. Not retried on 409.
  ApiResult<json::Value> replace(const ObjectRef& ref, const json::Value& object, const CallContext& context);

  /// DELETE with preconditions, background propagation. 404 counts as done.
  ApiResult<void> remove(const ObjectRef& ref, const Preconditions& preconditions,
                         const CallContext& context);

  /// One watch request, from `resource_version`, which every event and bookmark advances. `event` and `idle` (called
  /// about once a second) return false to stop. An ERROR event other than 410 is an ApiError.
  ApiResult<WatchEnd> watchOnce(const ObjectRef& collection, const ListOptions& options,
                                std::string& resource_version,
                                const std::function<bool(const WatchEvent&)>& event,
                                const std::function<bool()>& idle, const CallContext& context);

  /// Names of the API groups served, by /apis.
  ApiResult<std::vector<std::string>> apiGroups(const CallContext& context);

  timing::Clock& clock() { return clock_; }
  logging::Logger& log() { return log_; }
  const ClientOptions& options() const { return options_; }

  struct Counts {
    std::int64_t requests = 0;      // all HTTP requests, retries included
    std::int64_t watches = 0;       // of these
    std::int64_t retries = 0;       // of these
    std::int64_t bytes_received = 0;
  };
  const Counts& counts() const { return counts_; }
  /// Every `Warning` header the server sent, once each.
  const std::vector<std::string>& serverWarnings() const { return server_warnings_; }

 private:
  struct Exchange;
  HttpTransport& transport_;
  timing::Clock& clock_;
  RandomSource random_;
  logging::Logger& log_;
  ClientOptions options_;
  Counts counts_;
  std::vector<std::string> server_warnings_;
};

}  // namespace k8s
