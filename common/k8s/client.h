#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/json/value.h"
#include "common/k8s/api_error.h"
#include "common/k8s/call_context.h"
#include "common/k8s/http.h"
#include "common/k8s/rate_limit.h"
#include "common/k8s/resource.h"
#include "common/k8s/retry.h"
#include "common/log/logger.h"
#include "common/time/clock.h"

namespace k8s {

struct ClientOptions {
  std::string user_agent;     // "noobaa-db-backup/0.1.0 (linux/amd64)"
  std::string field_manager;  // written with every change; shown in managedFields
  std::chrono::milliseconds request_timeout{30000};
  std::chrono::seconds watch_timeout{290};
  int page_size = 500;
  // A list counts as one request, whatever its pages; watches don't count.
  int requests_per_second = 5;  // 0: no limit
  int request_burst = 10;
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
  kExpired  ///< 410, in the stream or at connect: list again
};

struct Call;
class BodyReader;

/// The Kubernetes API as a short-lived worker needs it, over plain JSON values. Every call retries
/// by its idempotency argument and RetryPolicy, keeps to the rate limit, and returns errors as
/// values. Counts requests. Not thread-safe; the transport, clock, random source and logger outlive
/// it.
class Client {
 public:
  Client(HttpTransport& transport, timing::Clock& clock, RandomSource random, logging::Logger& log,
         ClientOptions options);

  ApiResult<json::Value> get(const ObjectRef& ref, const CallContext& context);

  /// GET of `path` ("/pg/status") from a Pod's HTTPS port, through the API server, which does not
  /// check the Pod's certificate. Its answer has to be JSON. RBAC: get on pods/proxy. A Pod that
  /// can't be reached is a 503.
  ApiResult<json::Value> getFromPod(const ObjectRef& pod, int port, const std::string& path,
                                    const CallContext& context);

  /// All objects of a collection that match, page by page at a consistent resourceVersion, each
  /// handed to `item` as soon as it is parsed, so that memory holds one of them. Returns the list's
  /// resourceVersion. `restart` is called before items are delivered anew, because a continue token
  /// expired (410) or the connection broke within a page.
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

  /// POST; ref.name may be empty. With kYes (objects with a name) an AlreadyExists is resolved by
  /// `mine`, as a try that seemed lost, or one that a load balancer sent twice, may have made it:
  /// when it accepts the existing object, that object is the result.
  ApiResult<json::Value> create(const ObjectRef& ref, const json::Value& object,
                                Idempotency idempotency, const CallContext& context,
                                const std::function<bool(const json::Value&)>& mine = {});

  /// What create() would come to: the server validates and admits the object, and keeps nothing.
  ApiResult<json::Value> validateCreation(const ObjectRef& ref, const json::Value& object,
                                          const CallContext& context);

  /// application/merge-patch+json. Idempotent: repeating a merge patch changes nothing more, which
  /// is also done after the Conflict that kube-apiserver answers when others keep changing the
  /// object. One that carries a resourceVersion or uid is not repeated then, as it may have met its
  /// own first try: read again.
  ApiResult<json::Value> mergePatch(const ObjectRef& ref, const json::Value& patch,
                                    Subresource subresource, const CallContext& context);

  /// PUT with the object's metadata.resourceVersion: 409 when it changed in between. Not retried on
  /// 409, which can be a Conflict with its own first try: read again.
  ApiResult<json::Value> replace(const ObjectRef& ref, const json::Value& object,
                                 const CallContext& context);

  /// DELETE with preconditions, background propagation. 404 counts as done.
  ApiResult<void> remove(const ObjectRef& ref, const Preconditions& preconditions,
                         const CallContext& context);

  /// One watch request, not retried, from `resource_version`, which every event and bookmark
  /// advances. `event` returns false to stop. An ERROR event other than 410 is an ApiError, as is a
  /// connection that says nothing beyond the watch's timeout, or whose answer has not begun within
  /// the request timeout.
  ApiResult<WatchEnd> watchOnce(const ObjectRef& collection, const ListOptions& options,
                                std::string& resource_version,
                                const std::function<bool(const WatchEvent&)>& event,
                                const CallContext& context);

  /// Names of the API groups served, by /apis.
  ApiResult<std::vector<std::string>> apiGroups(const CallContext& context);
  /// "v1.34.2", by /version.
  ApiResult<std::string> serverVersion(const CallContext& context);

  timing::Clock& clock() { return clock_; }
  logging::Logger& log() { return log_; }
  const ClientOptions& options() const { return options_; }
  /// The next number in [0,1) of the random source.
  double jitter() { return random_(); }

  struct Counts {
    std::int64_t requests = 0;  // all HTTP requests, retries included
    std::int64_t watches = 0;   // of these
    std::int64_t retries = 0;   // of these
    std::int64_t bytes_received = 0;
  };
  const Counts& counts() const { return counts_; }
  /// Every `Warning` header the server sent, once each.
  const std::vector<std::string>& serverWarnings() const { return server_warnings_; }
  /// How far the server's clock is ahead of ours by the last answer that came at once, to a few
  /// seconds; negative: behind. Empty: no answer said.
  std::optional<timing::Duration> serverAhead() const { return server_ahead_; }

 private:
  enum class Target { kObject, kCollection };

  /// A read of what is no object: "/apis".
  Call callOnPath(const std::string& path) const;
  /// A call before its query and body; an error when `ref` makes no path, as an object without a
  /// name.
  ApiResult<Call> callOn(std::string verb, std::string method, Target target, const ObjectRef& ref,
                         std::string_view subresource = {}) const;
  /// Whether a delete of the object with this uid has been carried out, so far as it shows.
  bool isGoing(const ObjectRef& ref, const std::string& uid, const CallContext& context);
  /// Who makes a change, and whether it is only tried.
  void addChangeQuery(Call& call) const;

  struct Failure {
    ApiError error;
    bool sent = true;  // the server may have acted

    /// Refusals by load (429, 503 with a hint) come before anything is done.
    bool mayHaveActed() const;
  };

  /// One request and its answer.
  tl::expected<void, Failure> attempt(const Call& call, BodyReader& reader,
                                      timing::Deadline deadline, const CallContext& context);
  /// Attempts by RetryPolicy, as long as `reader` can start over. `repeated` is set when an attempt
  /// before the last may have been carried out.
  ApiResult<void> exchange(const Call& call, BodyReader& reader, const CallContext& context,
                           bool* repeated = nullptr);
  /// The same with a JSON answer, kept whole.
  ApiResult<json::Value> exchange(const Call& call, const CallContext& context,
                                  bool* repeated = nullptr);
  RetryPolicy retryPolicy(const CallContext& context) const;
  /// The wait that the rate limit asks for.
  ApiResult<void> waitForTurn(const Call& call, const CallContext& context);
  /// The wait before the next attempt; the error to return when there is no time for it.
  ApiResult<void> waitToRetry(const Call& call, const ApiError& error, int attempt,
                              std::chrono::milliseconds delay, const CallContext& context);
  /// An error by the server's words, as it may be shown.
  ApiError withoutSecrets(ApiError error) const;
  void noteWarnings(const Call& call, const HttpResponseHead& head);
  void noteDate(const HttpResponseHead& head, timing::Monotonic sent);

  HttpTransport& transport_;
  timing::Clock& clock_;
  RandomSource random_;
  logging::Logger& log_;
  ClientOptions options_;
  RateLimit rate_limit_;
  bool told_of_limit_ = false;
  Counts counts_;
  std::vector<std::string> server_warnings_;
  std::optional<timing::Duration> server_ahead_;
};

}  // namespace k8s
