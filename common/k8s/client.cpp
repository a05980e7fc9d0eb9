#include "common/k8s/client.h"

#include <chrono>
#include <utility>

#include "common/json/view.h"
#include "common/k8s/exchange.h"

namespace k8s {
namespace {

using std::chrono::milliseconds;

// As client-go's util/retry.
constexpr int kConflictTries = 5;
constexpr milliseconds kConflictDelay{10};
constexpr milliseconds kLongestConflictDelay{160};

ObjectRef collectionOf(ObjectRef ref) {
  ref.name.clear();
  return ref;
}

/// Whether a path segment stays what it is: an empty name would address the whole collection, and
/// dots are resolved on the way.
bool isSegment(std::string_view text) {
  return !text.empty() && text != "." && text != "..";
}

/// "noobaas/status.noobaa.io", as RBAC writes it with the group behind.
std::string displayName(const ResourceType& type, std::string_view subresource) {
  ResourceType shown = type;
  if (!subresource.empty()) shown.plural += "/" + std::string(subresource);
  return shown.qualifiedName();
}

/// What makes a Conflict the caller's business.
bool hasPrecondition(const json::Value& patch) {
  json::Decoder decoder(patch);
  const json::View metadata = decoder.root()["metadata"];
  return metadata["resourceVersion"].present() || metadata["uid"].present();
}

}  // namespace

Client::Client(HttpTransport& transport, timing::Clock& clock, RandomSource random,
               logging::Logger& log, ClientOptions options)
    : transport_(transport),
      clock_(clock),
      random_(std::move(random)),
      log_(log),
      options_(std::move(options)),
      rate_limit_(options_.requests_per_second, options_.request_burst) {}

ApiResult<Call> Client::callOn(std::string verb, std::string method, Target target,
                               const ObjectRef& ref, std::string_view subresource) const {
  Call call;
  call.verb = std::move(verb);
  call.resource = displayName(ref.type, subresource);
  call.name_space = ref.name_space;
  call.name = ref.name;
  call.request.method = std::move(method);
  call.request.target =
      pathOf(target == Target::kCollection ? collectionOf(ref) : ref, subresource);
  call.request.headers = {{"Accept", "application/json"}, {"User-Agent", options_.user_agent}};

  const bool named = target == Target::kCollection || isSegment(ref.name);
  const bool placed = ref.name_space.empty() || isSegment(ref.name_space);
  if (named && placed && isSegment(ref.type.version) && isSegment(ref.type.plural)) return call;
  ApiError error = call.error(ApiError::Kind::kStatus, "not sent: a name is missing or unusable");
  error.code = 400;
  error.reason = "BadRequest";
  return tl::unexpected(std::move(error));
}

void Client::addChangeQuery(Call& call) const {
  if (!options_.field_manager.empty()) call.addQuery("fieldManager", options_.field_manager);
  if (options_.dry_run) call.addQuery("dryRun", "All");
}

ApiResult<json::Value> Client::get(const ObjectRef& ref, const CallContext& context) {
  const auto call = callOn("get", "GET", Target::kObject, ref);
  if (!call) return tl::unexpected(call.error());
  return exchange(*call, context);
}

ApiResult<json::Value> Client::getFromPod(const ObjectRef& pod, int port, const std::string& path,
                                          const CallContext& context) {
  auto call = callOn("get", "GET", Target::kObject, pod, "proxy");
  if (!call) return tl::unexpected(call.error());
  // "https:<name>:<port>" stands for the name; its colons as kubectl writes them, not encoded.
  call->request.target = pathOf(collectionOf(pod)) + "/https:" + percentEncode(pod.name) + ":" +
                         std::to_string(port) + "/proxy" + path;
  return exchange(*call, context);
}

ApiResult<json::Value> Client::create(const ObjectRef& ref, const json::Value& object,
                                      Idempotency idempotency, const CallContext& context,
                                      const std::function<bool(const json::Value&)>& mine) {
  auto call = callOn("create", "POST", Target::kCollection, ref);
  if (!call) return tl::unexpected(call.error());
  addChangeQuery(*call);
  call->setBody(object, "application/json");
  call->idempotency = idempotency;

  auto created = exchange(*call, context);
  // Not only after an attempt of ours that failed: a load balancer may have sent it twice.
  if (created || !created.error().isAlreadyExists() || !mine) return created;
  auto existing = get(ref, context);
  if (!existing) return existing.error().isNotFound() ? created : existing;
  return mine(*existing) ? existing : created;
}

ApiResult<json::Value> Client::validateCreation(const ObjectRef& ref, const json::Value& object,
                                                const CallContext& context) {
  auto call = callOn("create", "POST", Target::kCollection, ref);
  if (!call) return tl::unexpected(call.error());
  addChangeQuery(*call);
  if (!options_.dry_run) call->addQuery("dryRun", "All");
  call->setBody(object, "application/json");
  call->idempotency = Idempotency::kYes;
  return exchange(*call, context);
}

ApiResult<json::Value> Client::mergePatch(const ObjectRef& ref, const json::Value& patch,
                                          Subresource subresource, const CallContext& context) {
  auto call = callOn("patch", "PATCH", Target::kObject, ref,
                     subresource == Subresource::kStatus ? "status" : "");
  if (!call) return tl::unexpected(call.error());
  addChangeQuery(*call);
  call->setBody(patch, "application/merge-patch+json");

  auto patched = exchange(*call, context);
  for (int conflicts = 1; conflicts < kConflictTries; ++conflicts) {
    if (patched || !patched.error().isConflict() || hasPrecondition(patch)) break;
    const auto delay = backoff(kConflictDelay, kLongestConflictDelay, conflicts, random_());
    auto waited = waitToRetry(*call, patched.error(), conflicts, delay, context);
    if (!waited) return tl::unexpected(std::move(waited.error()));
    patched = exchange(*call, context);
  }
  return patched;
}

ApiResult<json::Value> Client::replace(const ObjectRef& ref, const json::Value& object,
                                       const CallContext& context) {
  auto call = callOn("update", "PUT", Target::kObject, ref);
  if (!call) return tl::unexpected(call.error());
  addChangeQuery(*call);
  call->setBody(object, "application/json");
  return exchange(*call, context);
}

ApiResult<void> Client::remove(const ObjectRef& ref, const Preconditions& preconditions,
                               const CallContext& context) {
  auto call = callOn("delete", "DELETE", Target::kObject, ref);
  if (!call) return tl::unexpected(call.error());
  json::Value options(json::Object{
      {"apiVersion", "v1"}, {"kind", "DeleteOptions"}, {"propagationPolicy", "Background"}});
  if (!preconditions.uid.empty()) options["preconditions"]["uid"] = preconditions.uid;
  if (!preconditions.resource_version.empty()) {
    options["preconditions"]["resourceVersion"] = preconditions.resource_version;
  }
  if (options_.dry_run) options["dryRun"] = json::Array{"All"};
  call->setBody(options, "application/json");

  bool repeated = false;
  const auto removed = exchange(*call, context, &repeated);
  if (removed || removed.error().isNotFound()) return {};
  // The answer to a first try may have been lost: finalizers keep the object in sight, changed.
  if (removed.error().isConflict() && repeated && isGoing(ref, preconditions.uid, context))
    return {};
  return tl::unexpected(removed.error());
}

bool Client::isGoing(const ObjectRef& ref, const std::string& uid, const CallContext& context) {
  const auto object = get(ref, context);
  if (!object) return object.error().isNotFound();
  json::Decoder decoder(*object);
  const json::View metadata = decoder.root()["metadata"];
  const bool another = !uid.empty() && metadata["uid"].stringOr("") != uid;
  return another || metadata["deletionTimestamp"].present();
}

Call Client::callOnPath(const std::string& path) const {
  Call call;
  call.verb = "get";
  call.resource = path;
  call.request.method = "GET";
  call.request.target = path;
  call.request.headers = {{"Accept", "application/json"}, {"User-Agent", options_.user_agent}};
  return call;
}

ApiResult<std::vector<std::string>> Client::apiGroups(const CallContext& context) {
  const Call call = callOnPath("/apis");
  const auto found = exchange(call, context);
  if (!found) return tl::unexpected(found.error());

  json::Decoder decoder(*found);
  std::vector<std::string> names;
  for (const json::View& group : decoder.root()["groups"].elements()) {
    names.push_back(group["name"].string());
  }
  if (!decoder.root()["groups"].present()) decoder.root()["groups"].fail("is missing");
  if (decoder.error()) {
    return tl::unexpected(call.error(ApiError::Kind::kMalformed, decoder.error()->message()));
  }
  return names;
}

ApiResult<std::string> Client::serverVersion(const CallContext& context) {
  const Call call = callOnPath("/version");
  const auto found = exchange(call, context);
  if (!found) return tl::unexpected(found.error());
  json::Decoder decoder(*found);
  std::string version = decoder.root()["gitVersion"].string();
  if (decoder.error()) {
    return tl::unexpected(call.error(ApiError::Kind::kMalformed, decoder.error()->message()));
  }
  return version;
}

}  // namespace k8s
