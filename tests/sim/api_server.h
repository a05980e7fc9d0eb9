#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/json/value.h"
#include "common/k8s/http.h"
#include "common/k8s/resource.h"
#include "common/time/clock.h"

namespace sim {

/// A type the server serves. Custom resources are added by POSTing their CustomResourceDefinition,
/// as to a real server; built-in types (configmaps, leases, events, persistentvolumeclaims, ...)
/// are there from the start.
struct TypeDefinition {
  k8s::ResourceType type;
  bool namespaced = true;
  bool has_status = false;  // a status subresource: the main resource ignores status, and reverse
  std::optional<json::Value>
      schema;  // openAPIV3Schema: unknown fields are pruned, patterns/required/enum checked
};

/// One change of an object, as watchers and actors see it.
struct Change {
  enum class Type { kAdded, kModified, kDeleted };
  Type type;
  k8s::ResourceType resource;
  json::Value object;
  std::uint64_t revision;
};

/// A Kubernetes API server in memory: generic, it knows nothing of NooBaa or CNPG. Gives what a
/// real one gives a client: resourceVersion, uid, generation, creationTimestamp, optimistic
/// locking, merge patch, status subresource, dryRun, finalizers and deletionTimestamp,
/// preconditions, ownerReferences garbage collection, label and field selectors (metadata.name,
/// metadata.namespace), paging with continue tokens that expire (410), watch with bookmarks and
/// 410, metav1.Status errors, generateName, CRD pruning and validation, RBAC verdicts
/// (SelfSubjectRulesReview, SelfSubjectAccessReview, 403). The conformance tests hold it to a real
/// server. Not thread-safe: LoopbackServer locks, SimTransport is single-threaded.
class ApiServer {
 public:
  explicit ApiServer(timing::Clock& clock);
  ~ApiServer();

  struct Request {
    std::string method;
    std::string target;  // path and query as on the wire
    std::string content_type;
    std::string body;
    std::string user = "admin";  // whom RBAC judges
  };
  struct Response {
    int status = 200;
    k8s::Headers headers;
    std::string body;
  };
  /// Anything but a watch.
  Response handle(const Request& request);

  /// A watch: events are polled. Empty result of open(): it is no watch request.
  class Watch {
   public:
    virtual ~Watch() = default;
    /// The lines (one JSON event each, with "\n") since the last poll; bookmarks among them when
    /// due.
    virtual std::vector<std::string> poll() = 0;
    /// When the server ends it (timeoutSeconds).
    virtual timing::Instant endsAt() const = 0;
    /// True when the server ended it early (after an ERROR event, e.g. 410).
    virtual bool ended() const = 0;
  };
  /// Non-null when `request` is a watch that the server accepts; else `refusal` is the response.
  std::unique_ptr<Watch> openWatch(const Request& request, Response& refusal);
  static bool isWatch(const Request& request);

  void define(TypeDefinition definition);
  std::vector<std::string> servedGroups() const;

  /// --- In-process access for actors (controllers) and tests: an all-powerful user. ---
  std::optional<json::Value> get(const k8s::ObjectRef& ref) const;
  std::vector<json::Value> list(const k8s::ResourceType& type, const std::string& name_space) const;
  /// Creates as POST does (uid, resourceVersion...), status included, and the namespace when it is
  /// absent, which POST refuses. Throws std::logic_error when refused.
  json::Value create(const json::Value& object);
  /// Reads, lets `change` edit (status included), writes; no-op when absent or unchanged. Throws
  /// std::logic_error when refused.
  void update(const k8s::ObjectRef& ref, const std::function<void(json::Value&)>& change);
  void remove(const k8s::ObjectRef& ref);
  /// Called after each change, in order, from within the call that made it.
  void onChange(std::function<void(const Change&)> listener);

  /// What listens on a Pod's port, as the proxy subresource reaches it.
  struct PodRequest {
    json::Value pod;
    std::string scheme;  // "http" or "https"
    std::string port;
    std::string path;  // "/pg/status"
  };
  /// Empty: it does not listen there. Asked in the order in which they were added.
  using PodListener = std::function<std::optional<Response>(const PodRequest&)>;
  void listenOnPods(PodListener listener);

  /// --- Faults and bookkeeping for tests. ---
  /// Forgets history up to now: older resourceVersions and continue tokens are 410.
  void compact();
  /// Ends every open watch with an ERROR event of status 410, as a server does whose watch cache
  /// has left them behind. compact() alone leaves open watches be.
  void expireWatches();
  /// RBAC: the named user may not do `verb` on `qualified`
  /// ("volumesnapshots.snapshot.storage.k8s.io", "noobaas/status.noobaa.io"); verb "*" = all.
  void forbid(std::string user, std::string verb, std::string qualified);
  /// Every answer carries this Date header; empty: none.
  void setDate(std::string date);
  /// SelfSubjectRulesReview says incomplete: true.
  void setRulesIncomplete(bool incomplete);
  /// Every request handled: "GET /apis/...", watches too.
  const std::vector<std::string>& requestLog() const;
  void clearRequestLog();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sim
