#include "tests/sim/api_server.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <deque>
#include <stdexcept>
#include <utility>

#include "common/json/parse.h"
#include "common/json/write.h"
#include "common/time/go_duration.h"
#include "common/time/rfc3339.h"
#include "tests/sim/custom_definition.h"
#include "tests/sim/discovery.h"
#include "tests/sim/garbage_collector.h"
#include "tests/sim/json_path.h"
#include "tests/sim/listing.h"
#include "tests/sim/object_lifecycle.h"
#include "tests/sim/object_meta.h"
#include "tests/sim/object_store.h"
#include "tests/sim/rbac.h"
#include "tests/sim/request_target.h"
#include "tests/sim/status_error.h"
#include "tests/sim/type_registry.h"
#include "tests/sim/watch_stream.h"

namespace sim {
namespace {

const k8s::ResourceType& podType() {
  static const k8s::ResourceType type{"", "v1", "pods", "Pod"};
  return type;
}

constexpr const char* kDefinitions = "customresourcedefinitions.apiextensions.k8s.io";
// Of a watch that doesn't say; the real server takes one to two times this.
constexpr std::chrono::seconds kDefaultWatchTimeout{1800};

ApiServer::Response jsonResponse(int status, const json::Value& body) {
  return {status, {{"Content-Type", "application/json"}}, json::write(body)};
}

ApiServer::Response textResponse(int status, std::string body) {
  return {status, {{"Content-Type", "text/plain; charset=utf-8"}}, std::move(body)};
}

ApiServer::Response refused(const StatusError& error) {
  ApiServer::Response response = jsonResponse(error.code, statusObject(error));
  const json::Value* seconds = error.details.find("retryAfterSeconds");
  if (seconds != nullptr && seconds->integer() != nullptr) {
    response.headers.emplace_back("Retry-After", std::to_string(*seconds->integer()));
  }
  return response;
}

ApiServer::Response pageNotFound() {
  return textResponse(404, "404 page not found\n");
}

std::string mediaType(const std::string& content_type) {
  std::string type = content_type.substr(0, content_type.find(';'));
  while (!type.empty() && type.back() == ' ') type.pop_back();
  return type;
}

std::string verbOf(const ApiServer::Request& request, const ResourcePath& path, bool watch) {
  if (request.method == "GET") return watch ? "watch" : path.name.empty() ? "list" : "get";
  if (request.method == "POST") return "create";
  if (request.method == "PUT") return "update";
  if (request.method == "PATCH") return "patch";
  if (request.method == "DELETE") return path.name.empty() ? "deletecollection" : "delete";
  return {};
}

std::string forbiddenMessage(const std::string& user, const std::string& verb,
                             const ResourcePath& path) {
  std::string resource = path.plural;
  if (!path.subresource.empty()) resource += "/" + path.subresource;
  std::string about = path.plural;
  if (!path.group.empty()) about += "." + path.group;
  if (!path.name.empty()) about += " " + quoted(path.name);
  const std::string where = path.name_space.empty()
                                ? " at the cluster scope"
                                : " in the namespace " + quoted(path.name_space);
  return about + " is forbidden: User " + quoted(user) + " cannot " + verb + " resource " +
         quoted(resource) + " in API group " + quoted(path.group) + where;
}

Outcome<json::Value> parsedBody(const ApiServer::Request& request, const std::string& kind) {
  const std::string type = mediaType(request.content_type);
  if (!type.empty() && type != "application/json") {
    return tl::unexpected(unsupportedMediaType(
        "application/json, application/yaml, application/vnd.kubernetes.protobuf"));
  }
  tl::expected<json::Value, std::string> body = json::parse(request.body);
  if (!body) {
    return tl::unexpected(
        badRequest("the object provided is unrecognized (must be of type " + kind +
                   "): couldn't get version/kind; json parse error: " + body.error()));
  }
  return std::move(*body);
}

/// `options_kind` is how a refusal names the options: CreateOptions...
Outcome<bool> isDryRun(const std::vector<std::string>& values, std::string_view options_kind) {
  for (const std::string& value : values) {
    if (value == "All") continue;
    return tl::unexpected(invalidOptions(
        options_kind, unsupportedValue("dryRun", "[" + quoted(value) + "]", "\"All\"")));
  }
  return !values.empty();
}

std::string_view optionsKind(const std::string& method) {
  if (method == "POST") return "CreateOptions";
  if (method == "DELETE") return "DeleteOptions";
  return method == "PUT" ? "UpdateOptions" : "PatchOptions";
}

Outcome<WriteOptions> writeOptionsOf(const ApiServer::Request& request, const RequestTarget& target,
                                     const ResourcePath& path) {
  WriteOptions options;
  std::vector<std::string> dry_run;
  for (const auto& [key, value] : target.query) {
    if (key == "dryRun") dry_run.push_back(value);
  }
  const Outcome<bool> dry = isDryRun(dry_run, optionsKind(request.method));
  if (!dry) return tl::unexpected(dry.error());
  options.dry_run = *dry;
  if (path.subresource == "status") options.part = Part::kStatus;
  const std::string validation = target.parameter("fieldValidation");
  if (!validation.empty() && validation != "Ignore" && validation != "Warn" &&
      validation != "Strict") {
    return tl::unexpected(invalidOptions(
        optionsKind(request.method), unsupportedValue("fieldValidation", quoted(validation),
                                                      "\"\", \"Ignore\", \"Strict\", \"Warn\"")));
  }
  if (validation == "Strict") options.unknown_fields = FieldValidation::kStrict;
  if (validation == "Ignore") options.unknown_fields = FieldValidation::kIgnore;
  return options;
}

Outcome<Removal> removalOf(const ApiServer::Request& request, const RequestTarget& target) {
  json::Value body = json::Object{};
  if (!request.body.empty()) {
    Outcome<json::Value> parsed = parsedBody(request, "DeleteOptions");
    if (!parsed) return tl::unexpected(parsed.error());
    body = std::move(*parsed);
  }
  // The query counts only when there is no body.
  if (request.body.empty()) {
    if (target.has("dryRun")) body["dryRun"] = arrayOf({target.parameter("dryRun")});
    if (target.has("propagationPolicy")) {
      body["propagationPolicy"] = target.parameter("propagationPolicy");
    }
  }
  const std::vector<std::string> dry_run = textsAt(body, {"dryRun"});
  const Outcome<bool> dry = isDryRun(dry_run, "DeleteOptions");
  if (!dry) return tl::unexpected(dry.error());

  const std::string policy = textAt(body, {"propagationPolicy"});
  if (!policy.empty() && policy != "Foreground" && policy != "Background" && policy != "Orphan") {
    return tl::unexpected(invalidOptions(
        "DeleteOptions", unsupportedValue("propagationPolicy", quoted(policy),
                                          "\"Foreground\", \"Background\", \"Orphan\", \"nil\"")));
  }
  Removal removal;
  if (valueAt(body, {"preconditions", "uid"}) != nullptr) {
    removal.uid = textAt(body, {"preconditions", "uid"});
  }
  if (valueAt(body, {"preconditions", "resourceVersion"}) != nullptr) {
    removal.resource_version = textAt(body, {"preconditions", "resourceVersion"});
  }
  removal.dry_run = *dry;
  if (policy == "Foreground") removal.propagation = Propagation::kForeground;
  if (policy == "Orphan") removal.propagation = Propagation::kOrphan;
  return removal;
}

json::Value deletedStatus(const ServedType& type, const json::Value& object) {
  json::Object details{{"name", nameOf(object)}};
  if (!type.type().group.empty()) details.set("group", type.type().group);
  details.set("kind", type.type().plural);
  details.set("uid", uidOf(object));
  return json::Object{{"kind", "Status"},
                      {"apiVersion", "v1"},
                      {"metadata", json::Object{}},
                      {"status", "Success"},
                      {"details", std::move(details)}};
}

ApiServer::Response written(const ServedType& type, const Outcome<Written>& outcome) {
  if (!outcome) return refused(outcome.error());
  ApiServer::Response response =
      jsonResponse(outcome->created ? 201 : 200, presented(type, outcome->object));
  for (const std::string& warning : outcome->warnings) {
    response.headers.emplace_back("Warning", "299 - " + quoted(warning));
  }
  return response;
}

/// Any duration will do; nothing here takes long enough to be given up.
std::optional<StatusError> timeoutProblem(const RequestTarget& target) {
  const std::string text = target.parameter("timeout");
  if (text.empty() || timing::parseGoDuration(text)) return std::nullopt;
  return badRequest("invalid timeout specified in the request URL - time: invalid duration " +
                    quoted(text));
}

Outcome<std::chrono::seconds> watchTimeout(const RequestTarget& target) {
  const std::string text = target.parameter("timeoutSeconds");
  if (text.empty()) return kDefaultWatchTimeout;
  std::int64_t seconds = 0;
  const char* end = text.data() + text.size();
  if (std::from_chars(text.data(), end, seconds).ptr != end) {
    return tl::unexpected(
        badRequest("strconv.ParseInt: parsing " + quoted(text) + ": invalid syntax"));
  }
  return seconds <= 0 ? kDefaultWatchTimeout : std::chrono::seconds(seconds);
}

}  // namespace

struct ApiServer::Impl {
  explicit Impl(timing::Clock& the_clock)
      : clock(the_clock),
        store([this](const StoredChange& change) { stored(change); }),
        lifecycle(store, the_clock),
        collector(store, types, lifecycle) {
    for (const char* name_space : {"default", "kube-system"}) ensureNamespace(name_space);
  }

  Response handle(const Request& request);
  Response handleResource(const Request& request, const RequestTarget& target,
                          const ResourcePath& path);
  Response nowhere(const ResourcePath& path) const;
  Response read(const ServedType& type, const RequestTarget& target, const ResourcePath& path);
  Response create(const ServedType& type, const Request& request, const RequestTarget& target,
                  const ResourcePath& path);
  Response replace(const ServedType& type, const Request& request, const RequestTarget& target,
                   const ResourcePath& path);
  Response patch(const ServedType& type, const Request& request, const RequestTarget& target,
                 const ResourcePath& path);
  Response remove(const ServedType& type, const Request& request, const RequestTarget& target,
                  const ResourcePath& path);
  Response review(const Request& request, const ResourcePath& path);
  Response proxyToPod(const ServedType& type, const ResourcePath& path);
  Outcome<std::unique_ptr<Watch>> openWatch(const RequestTarget& target, const ResourcePath& path);
  std::optional<StatusError> denial(const std::string& user, const std::string& verb,
                                    const ResourcePath& path) const;

  void stored(const StoredChange& change);
  void announce(const StoredChange& change);
  void serveDefinition(const StoredChange& change);
  void ensureNamespace(const std::string& name);
  ServedTypePtr typeOf(const json::Value& object) const;

  timing::Clock& clock;
  TypeRegistry types;
  ObjectStore store;
  ObjectLifecycle lifecycle;
  GarbageCollector collector;
  std::string date;  // for the Date header
  Rbac rbac;
  std::vector<std::function<void(const Change&)>> listeners;
  std::vector<PodListener> pod_listeners;
  std::deque<StoredChange> unannounced;
  bool announcing = false;
  int watch_expirations = 0;
  std::vector<std::string> log;
};

/// Listeners that change something are told of it after all have heard of the first change.
void ApiServer::Impl::stored(const StoredChange& change) {
  unannounced.push_back(change);
  if (announcing) return;
  announcing = true;
  while (!unannounced.empty()) {
    const StoredChange next = std::move(unannounced.front());
    unannounced.pop_front();
    announce(next);
  }
  announcing = false;
}

void ApiServer::Impl::announce(const StoredChange& change) {
  if (change.key.resource == kDefinitions) serveDefinition(change);
  collector.onChange(change);
  if (listeners.empty()) return;
  const ServedTypePtr type = typeOf(*change.object);
  if (type == nullptr) return;
  const Change told{change.type, type->type(), *change.object, change.revision};
  // By index: a listener may add another.
  for (std::size_t i = 0; i < listeners.size(); ++i) listeners[i](told);
}

void ApiServer::Impl::serveDefinition(const StoredChange& change) {
  const json::Value& definition = *change.object;
  const std::string group = textAt(definition, {"spec", "group"});
  const std::string plural = textAt(definition, {"spec", "names", "plural"});
  if (change.type == Change::Type::kDeleted) {
    for (const StoredObject& object : store.list(plural + "." + group, "")) {
      const ObjectKey key{plural + "." + group, namespaceOf(*object), nameOf(*object)};
      store.erase(key, *object);
    }
    types.remove(group, plural);
    return;
  }
  types.remove(group, plural);
  for (ServedType& type : typesDefinedBy(definition)) types.add(std::move(type));

  const StoredObject current = store.find(change.key);
  if (current == nullptr || valueAt(*current, {"status", "conditions"}) != nullptr) return;
  json::Value established = *current;
  established["status"] = establishedStatus(definition, timing::formatRfc3339(clock.now()));
  (void)lifecycle.replace(*typeOf(definition), "", change.key.name, std::move(established),
                          {Part::kWhole, false, FieldValidation::kIgnore});
}

void ApiServer::Impl::ensureNamespace(const std::string& name) {
  const ServedTypePtr type = types.find("", "v1", "namespaces");
  if (name.empty() || store.find(keyOf(type->type(), "", name)) != nullptr) return;
  json::Value object = json::Object{
      {"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", json::Object{{"name", name}}}};
  (void)lifecycle.create(*type, "", std::move(object), {Part::kWhole});
}

ServedTypePtr ApiServer::Impl::typeOf(const json::Value& object) const {
  return types.findKind(textAt(object, {"apiVersion"}), textAt(object, {"kind"}));
}

std::optional<StatusError> ApiServer::Impl::denial(const std::string& user, const std::string& verb,
                                                   const ResourcePath& path) const {
  if (rbac.allows(user, verb, qualifiedResource(path.group, path.plural, path.subresource))) {
    return std::nullopt;
  }
  const k8s::ResourceType type{path.group, path.version, path.plural, ""};
  return forbidden(type, path.name, forbiddenMessage(user, verb, path));
}

ApiServer::Response ApiServer::Impl::handle(const Request& request) {
  log.push_back(request.method + " " + request.target);
  const RequestTarget target = RequestTarget::parse(request.target);
  if (const auto wrong = timeoutProblem(target)) return refused(*wrong);
  if (const std::optional<ResourcePath> path = ResourcePath::of(target)) {
    return handleResource(request, target, *path);
  }
  if (request.method != "GET") return pageNotFound();
  const std::string text = target.path();
  if (text == "/readyz" || text == "/livez" || text == "/healthz") return textResponse(200, "ok");
  const std::optional<json::Value> document = discoveryDocument(target, types.all());
  if (document) return jsonResponse(200, *document);
  const std::vector<std::string>& segments = target.segments;
  const bool names_group = segments.size() == 3 && segments[0] == "apis";
  return names_group ? nowhere({segments[1], segments[2], "", "", "", ""}) : pageNotFound();
}

ApiServer::Response ApiServer::Impl::handleResource(const Request& request,
                                                    const RequestTarget& target,
                                                    const ResourcePath& path) {
  const std::string verb = verbOf(request, path, false);
  if (const std::optional<StatusError> denied = denial(request.user, verb, path)) {
    return refused(*denied);
  }
  if (path.group == "authorization.k8s.io" && path.version == "v1") return review(request, path);
  const ServedTypePtr type = types.find(path.group, path.version, path.plural);
  if (type == nullptr) return nowhere(path);
  if (type->definition.namespaced ? path.name_space.empty() && verb != "list"
                                  : !path.name_space.empty()) {
    return verb == "create" ? refused(methodNotAllowed()) : nowhere(path);
  }
  if (path.subresource == "proxy" && type->type() == podType() && verb == "get") {
    return proxyToPod(*type, path);
  }
  const bool has_subresource = path.subresource == "status" && type->definition.has_status;
  if (!path.subresource.empty() && !has_subresource) {
    return type->custom ? refused(notFound(type->type(), path.name)) : nowhere(path);
  }
  if (!path.subresource.empty() && (verb == "create" || verb == "delete")) {
    return refused(methodNotSupported(type->type(), verb));
  }

  if (verb == "get" || verb == "list") return read(*type, target, path);
  if (verb == "create" && path.name.empty()) return create(*type, request, target, path);
  if (verb == "update" && !path.name.empty()) return replace(*type, request, target, path);
  if (verb == "patch" && !path.name.empty()) return patch(*type, request, target, path);
  if (verb == "delete") return remove(*type, request, target, path);
  return refused(methodNotAllowed());
}

/// The name is "[scheme:]pod[:port]"; what the Pod answers is passed on as it is.
ApiServer::Response ApiServer::Impl::proxyToPod(const ServedType& type, const ResourcePath& path) {
  PodRequest asked{.pod = {}, .scheme = "http", .port = "", .path = path.rest};
  std::string name = path.name;
  if (std::count(name.begin(), name.end(), ':') == 2) {
    asked.scheme = name.substr(0, name.find(':'));
    name.erase(0, name.find(':') + 1);
  }
  if (const auto colon = name.find(':'); colon != std::string::npos) {
    asked.port = name.substr(colon + 1);
    name.resize(colon);
  }
  const StoredObject pod = store.find(keyOf(type.type(), path.name_space, name));
  if (pod == nullptr) return refused(notFound(type.type(), name));
  asked.pod = *pod;
  for (const PodListener& listener : pod_listeners) {
    if (auto answer = listener(asked)) return *std::move(answer);
  }
  return refused(StatusError{503, "ServiceUnavailable",
                             "error trying to reach service: dial tcp: connect: connection refused",
                             json::Object{}});
}

/// Groups of the server's own answer otherwise than those it passes on.
ApiServer::Response ApiServer::Impl::nowhere(const ResourcePath& path) const {
  const std::vector<ServedTypePtr> served = types.all();
  const bool own_group = std::any_of(served.begin(), served.end(), [&](const ServedTypePtr& type) {
    return !type->custom && type->type().group == path.group;
  });
  return own_group ? refused(noSuchResource()) : pageNotFound();
}

ApiServer::Response ApiServer::Impl::read(const ServedType& type, const RequestTarget& target,
                                          const ResourcePath& path) {
  if (path.name.empty()) {
    const Outcome<json::Value> page = listPage(store, type, path.name_space, target);
    return page ? jsonResponse(200, *page) : refused(page.error());
  }
  const StoredObject object = store.find(keyOf(type.type(), path.name_space, path.name));
  if (object == nullptr) return refused(notFound(type.type(), path.name));
  return jsonResponse(200, presented(type, *object));
}

ApiServer::Response ApiServer::Impl::create(const ServedType& type, const Request& request,
                                            const RequestTarget& target, const ResourcePath& path) {
  const Outcome<WriteOptions> options = writeOptionsOf(request, target, path);
  if (!options) return refused(options.error());
  Outcome<json::Value> body = parsedBody(request, type.type().kind);
  if (!body) return refused(body.error());
  return written(type, lifecycle.create(type, path.name_space, std::move(*body), *options));
}

ApiServer::Response ApiServer::Impl::replace(const ServedType& type, const Request& request,
                                             const RequestTarget& target,
                                             const ResourcePath& path) {
  const Outcome<WriteOptions> options = writeOptionsOf(request, target, path);
  if (!options) return refused(options.error());
  Outcome<json::Value> body = parsedBody(request, type.type().kind);
  if (!body) return refused(body.error());
  return written(type,
                 lifecycle.replace(type, path.name_space, path.name, std::move(*body), *options));
}

ApiServer::Response ApiServer::Impl::patch(const ServedType& type, const Request& request,
                                           const RequestTarget& target, const ResourcePath& path) {
  const Outcome<WriteOptions> options = writeOptionsOf(request, target, path);
  if (!options) return refused(options.error());
  if (mediaType(request.content_type) != "application/merge-patch+json") {
    if (!type.custom) {
      return refused({415, "UnsupportedMediaType", "415: Unsupported Media Type", {}});
    }
    return refused(unsupportedMediaType(
        "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml"));
  }
  const tl::expected<json::Value, std::string> body = json::parse(request.body);
  if (!body) return refused(badRequest("error decoding patch: " + body.error()));
  return written(type, lifecycle.mergePatch(type, path.name_space, path.name, *body, *options));
}

ApiServer::Response ApiServer::Impl::remove(const ServedType& type, const Request& request,
                                            const RequestTarget& target, const ResourcePath& path) {
  const Outcome<Removal> removal = removalOf(request, target);
  if (!removal) return refused(removal.error());
  const Outcome<Removed> removed = lifecycle.remove(type, path.name_space, path.name, *removal);
  if (!removed) return refused(removed.error());
  if (removed->gone && !type.returns_deleted) {
    return jsonResponse(200, deletedStatus(type, removed->object));
  }
  return jsonResponse(200, presented(type, removed->object));
}

ApiServer::Response ApiServer::Impl::review(const Request& request, const ResourcePath& path) {
  if (request.method != "POST") return refused(methodNotAllowed());
  Outcome<json::Value> body = parsedBody(request, "SelfSubjectReview");
  if (!body) return refused(body.error());
  json::Value answer = std::move(*body);
  answer["apiVersion"] = "authorization.k8s.io/v1";
  answer["metadata"] = json::Object{};
  if (path.plural == "selfsubjectrulesreviews") {
    answer["kind"] = "SelfSubjectRulesReview";
    answer["spec"] = json::Object{};
    answer["status"] = rbac.rulesFor(request.user, types.all());
    return jsonResponse(201, answer);
  }
  if (path.plural == "selfsubjectaccessreviews") {
    const auto attribute = [&](std::string_view name) {
      return textAt(answer, {"spec", "resourceAttributes", name});
    };
    const std::string qualified =
        qualifiedResource(attribute("group"), attribute("resource"), attribute("subresource"));
    answer["kind"] = "SelfSubjectAccessReview";
    answer["status"] =
        json::Object{{"allowed", rbac.allows(request.user, attribute("verb"), qualified)}};
    return jsonResponse(201, answer);
  }
  return pageNotFound();
}

Outcome<std::unique_ptr<ApiServer::Watch>> ApiServer::Impl::openWatch(const RequestTarget& target,
                                                                      const ResourcePath& path) {
  WatchStream::Options options;
  options.type = types.find(path.group, path.version, path.plural);
  options.name_space = path.name_space;
  Outcome<Selection> selection = selectionOf(target);
  if (!selection) return tl::unexpected(selection.error());
  options.selection = std::move(*selection);
  const Outcome<std::optional<std::uint64_t>> version = resourceVersionParameter(target);
  if (!version) return tl::unexpected(internalError(version.error().message));
  const Outcome<std::chrono::seconds> timeout = watchTimeout(target);
  if (!timeout) return tl::unexpected(timeout.error());

  const bool sends_initial = target.flag("sendInitialEvents");
  const bool from_now = !*version || **version == 0;
  options.initial_objects = sends_initial || (from_now && !target.has("sendInitialEvents"));
  options.position = from_now || sends_initial ? store.revision() : **version;
  options.expired = options.position < store.compactedRevision();
  options.bookmarks = target.flag("allowWatchBookmarks");
  options.initial_bookmark = options.initial_objects && options.bookmarks;
  options.timeout = *timeout;
  return std::make_unique<WatchStream>(store, clock, watch_expirations, std::move(options));
}

ApiServer::ApiServer(timing::Clock& clock) : impl_(std::make_unique<Impl>(clock)) {}

ApiServer::~ApiServer() = default;

ApiServer::Response ApiServer::handle(const Request& request) {
  Response response = impl_->handle(request);
  if (!impl_->date.empty()) response.headers.emplace_back("Date", impl_->date);
  return response;
}

bool ApiServer::isWatch(const Request& request) {
  if (request.method != "GET") return false;
  const RequestTarget target = RequestTarget::parse(request.target);
  const std::optional<ResourcePath> path = ResourcePath::of(target);
  return target.flag("watch") && path && path->name.empty();
}

std::unique_ptr<ApiServer::Watch> ApiServer::openWatch(const Request& request, Response& refusal) {
  impl_->log.push_back(request.method + " " + request.target);
  const RequestTarget target = RequestTarget::parse(request.target);
  const std::optional<ResourcePath> path = ResourcePath::of(target);
  if (!path) {
    refusal = pageNotFound();
    return nullptr;
  }
  if (const auto denied = impl_->denial(request.user, "watch", *path)) {
    refusal = refused(*denied);
    return nullptr;
  }
  if (impl_->types.find(path->group, path->version, path->plural) == nullptr) {
    refusal = impl_->nowhere(*path);
    return nullptr;
  }
  Outcome<std::unique_ptr<Watch>> watch = impl_->openWatch(target, *path);
  if (!watch) {
    refusal = refused(watch.error());
    return nullptr;
  }
  return std::move(*watch);
}

void ApiServer::define(TypeDefinition definition) {
  impl_->types.add(customType(std::move(definition)));
}

std::vector<std::string> ApiServer::servedGroups() const {
  return groupNames(impl_->types.all());
}

std::optional<json::Value> ApiServer::get(const k8s::ObjectRef& ref) const {
  const StoredObject object = impl_->store.find(keyOf(ref.type, ref.name_space, ref.name));
  if (object == nullptr) return std::nullopt;
  return *object;
}

std::vector<json::Value> ApiServer::list(const k8s::ResourceType& type,
                                         const std::string& name_space) const {
  std::vector<json::Value> objects;
  for (const StoredObject& object : impl_->store.list(type.qualifiedName(), name_space)) {
    objects.push_back(*object);
  }
  return objects;
}

json::Value ApiServer::create(const json::Value& object) {
  const ServedTypePtr type = impl_->typeOf(object);
  if (type == nullptr) {
    throw std::logic_error("the simulated server serves no " + textAt(object, {"apiVersion"}) +
                           " " + textAt(object, {"kind"}));
  }
  const std::string name_space = type->definition.namespaced ? namespaceOf(object) : "";
  if (type->definition.namespaced && name_space.empty()) {
    throw std::logic_error(type->type().kind + " " + nameOf(object) + " has no namespace");
  }
  impl_->ensureNamespace(name_space);
  Outcome<Written> created = impl_->lifecycle.create(
      *type, name_space, object, {Part::kWhole, false, FieldValidation::kIgnore});
  if (!created) throw std::logic_error(created.error().message);
  return std::move(created->object);
}

void ApiServer::update(const k8s::ObjectRef& ref, const std::function<void(json::Value&)>& change) {
  const StoredObject before = impl_->store.find(keyOf(ref.type, ref.name_space, ref.name));
  if (before == nullptr) return;
  json::Value after = *before;
  change(after);
  const Outcome<Written> updated =
      impl_->lifecycle.replace(*impl_->typeOf(*before), ref.name_space, ref.name, std::move(after),
                               {Part::kWhole, false, FieldValidation::kIgnore});
  if (!updated) throw std::logic_error(updated.error().message);
}

void ApiServer::remove(const k8s::ObjectRef& ref) {
  const ServedTypePtr type = impl_->types.find(ref.type.group, ref.type.version, ref.type.plural);
  // What is gone already needs no removal.
  if (type != nullptr) (void)impl_->lifecycle.remove(*type, ref.name_space, ref.name, {});
}

void ApiServer::onChange(std::function<void(const Change&)> listener) {
  impl_->listeners.push_back(std::move(listener));
}

void ApiServer::listenOnPods(PodListener listener) {
  impl_->pod_listeners.push_back(std::move(listener));
}

void ApiServer::compact() {
  impl_->store.compact();
}

void ApiServer::expireWatches() {
  ++impl_->watch_expirations;
}

void ApiServer::forbid(std::string user, std::string verb, std::string qualified) {
  impl_->rbac.forbid(std::move(user), std::move(verb), std::move(qualified));
}

void ApiServer::setDate(std::string date) {
  impl_->date = std::move(date);
}

void ApiServer::setRulesIncomplete(bool incomplete) {
  impl_->rbac.setIncomplete(incomplete);
}

const std::vector<std::string>& ApiServer::requestLog() const {
  return impl_->log;
}

void ApiServer::clearRequestLog() {
  impl_->log.clear();
}

}  // namespace sim
