#include "tests/sim/object_lifecycle.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>
#include <utility>

#include "common/json/write.h"
#include "common/time/rfc3339.h"
#include "tests/sim/json_path.h"
#include "tests/sim/merge_patch.h"
#include "tests/sim/object_meta.h"

namespace sim {
namespace {

constexpr const char* kForegroundFinalizer = "foregroundDeletion";
constexpr const char* kOrphanFinalizer = "orphan";
// Five generated characters fill it up to a DNS label's length.
constexpr std::size_t kGeneratedPrefixLength = 58;

Outcome<void> checkTypeMeta(const ServedType& type, json::Value& object) {
  const std::string api_version = textAt(object, {"apiVersion"});
  const std::string kind = textAt(object, {"kind"});
  const std::string wanted = type.type().apiVersion();
  if (type.custom && kind.empty()) {
    return tl::unexpected(badRequest("the object provided is unrecognized (must be of type " +
                                     type.type().kind + "): Object 'Kind' is missing"));
  }
  if (api_version != wanted && (type.custom || !api_version.empty())) {
    return tl::unexpected(badRequest("the API version in the data (" + api_version +
                                     ") does not match the expected API version (" + wanted + ")"));
  }
  if (type.custom && kind != type.type().kind) {
    k8s::ResourceType claimed = type.type();
    claimed.kind = kind;
    return tl::unexpected(invalid(claimed, nameOf(object),
                                  {invalidText("kind", kind, "must be " + type.type().kind)}));
  }
  if (!kind.empty() && kind != type.type().kind) {
    return tl::unexpected(badRequest(kind + " in version " + quoted(type.type().version) +
                                     " cannot be handled as a " + type.type().kind));
  }
  object["apiVersion"] = wanted;
  object["kind"] = type.type().kind;
  return {};
}

StatusError otherNamespace() {
  return badRequest(
      "the namespace of the provided object does not match the namespace sent on the request");
}

Outcome<void> checkName(const json::Value& object, const std::string& name) {
  if (nameOf(object).empty()) {
    return tl::unexpected(badRequest("the name of the object (" + name +
                                     " based on URL) was undeterminable: name must be provided"));
  }
  if (nameOf(object) != name) {
    return tl::unexpected(badRequest("the name of the object (" + nameOf(object) +
                                     ") does not match the name on the URL (" + name + ")"));
  }
  return {};
}

Outcome<void> checkNamespace(const ServedType& type, const std::string& name_space,
                             json::Value& object) {
  if (!type.definition.namespaced) {
    object["metadata"].object()->erase("namespace");
    return {};
  }
  const std::string given = namespaceOf(object);
  if (!given.empty() && given != name_space) {
    return tl::unexpected(otherNamespace());
  }
  object["metadata"]["namespace"] = name_space;
  return {};
}

void eraseMetadata(json::Value& object, std::initializer_list<std::string_view> fields) {
  for (const std::string_view field : fields) object["metadata"].object()->erase(field);
}

void takeOver(const json::Value& from, json::Value& to,
              std::initializer_list<std::string_view> fields) {
  for (const std::string_view field : fields) {
    if (const json::Value* value = valueAt(from, {"metadata", field})) {
      to["metadata"][field] = *value;
    } else {
      to["metadata"].object()->erase(field);
    }
  }
}

void replaceMember(json::Value& object, std::string_view key, const json::Value* value) {
  if (value == nullptr) {
    object.object()->erase(key);
  } else {
    object[key] = *value;
  }
}

void dropEmptyMetadata(json::Value& object) {
  json::Object& metadata = *object["metadata"].object();
  for (const char* field : {"labels", "annotations", "finalizers", "ownerReferences"}) {
    const json::Value* value = metadata.find(field);
    if (value == nullptr) continue;
    const bool empty = value->isNull() || (value->object() && value->object()->empty()) ||
                       (value->array() && value->array()->empty());
    if (empty) metadata.erase(field);
  }
}

/// Whether something changed that generation counts.
bool specChanged(const ServedType& type, json::Value before, json::Value after) {
  for (json::Value* object : {&before, &after}) {
    object->object()->erase("metadata");
    if (type.definition.has_status) object->object()->erase("status");
  }
  return before != after;
}

void bumpGeneration(json::Value& object) {
  const json::Value* generation = valueAt(object, {"metadata", "generation"});
  if (generation == nullptr || generation->integer() == nullptr) return;
  object["metadata"]["generation"] = *generation->integer() + 1;
}

/// Built-in types, unlike custom resources, insist on a domain in a finalizer's name.
void addFinalizerCauses(const json::Value& object, std::vector<Cause>& causes) {
  const std::vector<std::string> finalizers = finalizersOf(object);
  for (std::size_t i = 0; i < finalizers.size(); ++i) {
    const std::string& finalizer = finalizers[i];
    const bool standard = finalizer == kForegroundFinalizer || finalizer == kOrphanFinalizer ||
                          finalizer == "kubernetes";
    if (standard || finalizer.find('/') != std::string::npos) continue;
    causes.push_back(
        invalidText("metadata.finalizers[" + std::to_string(i) + "]", finalizer,
                    "name is neither a standard finalizer name nor is it fully qualified"));
  }
}

/// Where etcd keeps the object.
std::string registryPath(const ObjectKey& key) {
  const std::size_t dot = key.resource.find('.');
  std::string path = "/registry/";
  if (dot != std::string::npos) path += key.resource.substr(dot + 1) + "/";
  path += key.resource.substr(0, dot) + "/";
  if (!key.name_space.empty()) path += key.name_space + "/";
  return path + key.name;
}

Outcome<void> checkPreconditions(const ServedType& type, const json::Value& object,
                                 const Removal& removal) {
  // Named by kind, as the real server happens to do here.
  k8s::ResourceType named = type.type();
  named.plural = named.kind;
  if (removal.uid && *removal.uid != uidOf(object)) {
    return tl::unexpected(conflict(named, nameOf(object),
                                   "the UID in the precondition (" + *removal.uid +
                                       ") does not match the UID in record (" + uidOf(object) +
                                       "). The object might have been deleted and then recreated"));
  }
  if (removal.resource_version && *removal.resource_version != resourceVersionOf(object)) {
    return tl::unexpected(
        conflict(named, nameOf(object),
                 "the ResourceVersion in the precondition (" + *removal.resource_version +
                     ") does not match the ResourceVersion in record (" +
                     resourceVersionOf(object) + "). The object might have been modified"));
  }
  return {};
}

std::vector<std::string> finalizersFor(const json::Value& object, Propagation propagation) {
  std::vector<std::string> finalizers = finalizersOf(object);
  const char* added = propagation == Propagation::kForeground ? kForegroundFinalizer
                      : propagation == Propagation::kOrphan   ? kOrphanFinalizer
                                                              : nullptr;
  if (added != nullptr &&
      std::find(finalizers.begin(), finalizers.end(), added) == finalizers.end()) {
    finalizers.emplace_back(added);
  }
  return finalizers;
}

}  // namespace

ObjectKey keyOf(const k8s::ResourceType& type, const std::string& name_space,
                const std::string& name) {
  return {type.qualifiedName(), name_space, name};
}

Outcome<Written> ObjectLifecycle::create(const ServedType& type, const std::string& name_space,
                                         json::Value object, const WriteOptions& options) {
  if (!resourceVersionOf(object).empty()) {
    return tl::unexpected(
        internalError("resourceVersion should not be set on objects to be created"));
  }
  Outcome<std::vector<std::string>> warnings = decode(type, name_space, object, options);
  if (!warnings) return tl::unexpected(warnings.error());

  eraseMetadata(object, {"resourceVersion", "generation", "deletionTimestamp",
                         "deletionGracePeriodSeconds", "selfLink", "managedFields"});
  const std::string prefix = textAt(object, {"metadata", "generateName"});
  if (nameOf(object).empty() && !prefix.empty()) {
    object["metadata"]["name"] = prefix.substr(0, kGeneratedPrefixLength) + nextSuffix();
  }
  if (type.definition.has_status && options.part == Part::kMain) object.object()->erase("status");
  object["metadata"]["uid"] = nextUid();
  if (type.counts_generation) object["metadata"]["generation"] = 1;
  if (type.prepare != nullptr) type.prepare(object);
  object["metadata"]["creationTimestamp"] = timing::formatRfc3339(clock_.now());

  const std::vector<Cause> causes = causesOf(type, object, nullptr);
  if (!causes.empty()) return tl::unexpected(invalid(type.type(), nameOf(object), causes));

  const ObjectKey key = keyOf(type.type(), namespaceOf(object), nameOf(object));
  if (Outcome<void> exists = checkNamespaceExists(key.name_space); !exists) {
    return tl::unexpected(exists.error());
  }
  if (store_.find(key) != nullptr) return tl::unexpected(alreadyExists(type.type(), key.name));
  if (options.dry_run) return Written{std::move(object), true, std::move(*warnings)};
  return Written{*store_.put(key, std::move(object)), true, std::move(*warnings)};
}

Outcome<Written> ObjectLifecycle::replace(const ServedType& type, const std::string& name_space,
                                          const std::string& name, json::Value object,
                                          const WriteOptions& options) {
  Outcome<std::vector<std::string>> warnings = decode(type, name_space, object, options);
  if (!warnings) return tl::unexpected(warnings.error());
  if (Outcome<void> named = checkName(object, name); !named) return tl::unexpected(named.error());
  const ObjectKey key = keyOf(type.type(), name_space, name);
  const StoredObject before = store_.find(key);
  const bool creates = type.create_on_update && options.part != Part::kStatus;
  if (before == nullptr && !creates) return tl::unexpected(notFound(type.type(), name));
  // An absent object has an empty uid, and the precondition comes before the creation.
  const std::string uid = before == nullptr ? std::string() : uidOf(*before);
  if (const std::string sent = uidOf(object); !sent.empty() && sent != uid) {
    return tl::unexpected(
        conflict(type.type(), name,
                 "StorageError: invalid object, Code: 4, Key: " + registryPath(key) +
                     ", ResourceVersion: 0, AdditionalErrorMsg: Precondition "
                     "failed: UID in precondition: " +
                     sent + ", UID in object meta: " + uid));
  }
  if (before == nullptr) {
    eraseMetadata(object, {"resourceVersion"});
    return create(type, name_space, std::move(object), options);
  }
  Outcome<Written> written = update(type, key, *before, std::move(object), options);
  if (written) written->warnings = std::move(*warnings);
  return written;
}

Outcome<Written> ObjectLifecycle::mergePatch(const ServedType& type, const std::string& name_space,
                                             const std::string& name, const json::Value& patch,
                                             const WriteOptions& options) {
  const ObjectKey key = keyOf(type.type(), name_space, name);
  const StoredObject before = store_.find(key);
  if (before == nullptr) return tl::unexpected(notFound(type.type(), name));
  if (patch.object() == nullptr) {
    return tl::unexpected(badRequest("error decoding patch: a merge patch must be an object"));
  }
  json::Value object = *before;
  // Stored under whichever version it was written with.
  object["apiVersion"] = type.type().apiVersion();
  applyMergePatch(object, patch);
  if (Outcome<void> named = checkName(object, name); !named) return tl::unexpected(named.error());
  if (!namespaceOf(object).empty() && namespaceOf(object) != name_space) {
    return tl::unexpected(otherNamespace());
  }
  Outcome<std::vector<std::string>> warnings = decode(type, name_space, object, options);
  if (!warnings && warnings.error().code == 400) {
    // The patched object is decoded as a field called "patch" of nothing.
    return tl::unexpected(
        invalid({}, "", {invalidText("patch", json::write(object), warnings.error().message)}));
  }
  if (!warnings) return tl::unexpected(warnings.error());
  Outcome<Written> written = update(type, key, *before, std::move(object), options);
  if (written) written->warnings = std::move(*warnings);
  return written;
}

Outcome<Removed> ObjectLifecycle::remove(const ServedType& type, const std::string& name_space,
                                         const std::string& name, const Removal& removal) {
  const ObjectKey key = keyOf(type.type(), name_space, name);
  const StoredObject before = store_.find(key);
  if (before == nullptr) return tl::unexpected(notFound(type.type(), name));
  if (Outcome<void> met = checkPreconditions(type, *before, removal); !met) {
    return tl::unexpected(met.error());
  }

  const std::vector<std::string> finalizers = finalizersFor(*before, removal.propagation);
  if (finalizers.empty()) {
    if (removal.dry_run) return Removed{*before, true};
    return Removed{*store_.erase(key, *before), true};
  }
  if (isTerminating(*before)) return Removed{*before, false};

  json::Value after = *before;
  after["metadata"]["finalizers"] = arrayOf(finalizers);
  after["metadata"]["deletionTimestamp"] = timing::formatRfc3339(clock_.now());
  after["metadata"]["deletionGracePeriodSeconds"] = 0;
  bumpGeneration(after);
  if (removal.dry_run) return Removed{std::move(after), false};
  return Removed{*store_.put(key, std::move(after)), false};
}

/// Brings what a client sent into the form that is validated; the result is warnings.
Outcome<std::vector<std::string>> ObjectLifecycle::decode(const ServedType& type,
                                                          const std::string& name_space,
                                                          json::Value& object,
                                                          const WriteOptions& options) const {
  std::vector<std::string> warnings;
  if (object.object() == nullptr) {
    return tl::unexpected(badRequest("the body of the request is no JSON object"));
  }
  if (Outcome<void> fits = checkTypeMeta(type, object); !fits) {
    return tl::unexpected(fits.error());
  }
  std::string problem = undecodableMetadata(object);
  if (problem.empty() && type.undecodable != nullptr) problem = type.undecodable(object);
  if (!problem.empty()) {
    return tl::unexpected(badRequest(type.type().kind + " in version " +
                                     quoted(type.type().version) + " cannot be handled as a " +
                                     type.type().kind + ": " + problem));
  }
  if (object["metadata"].object() == nullptr) object["metadata"] = json::Object{};
  if (Outcome<void> fits = checkNamespace(type, name_space, object); !fits) {
    return tl::unexpected(fits.error());
  }
  dropEmptyMetadata(object);

  std::vector<std::string> unknown = pruneMetadata(object);
  if (type.schema != nullptr) {
    const std::vector<std::string> fields = type.schema->prune(object);
    unknown.insert(unknown.end(), fields.begin(), fields.end());
    type.schema->applyDefaults(object);
  }
  std::string strict_problems;
  for (const std::string& field : unknown) {
    warnings.push_back("unknown field " + quoted(field));
    strict_problems += (strict_problems.empty() ? "" : ", ") + warnings.back();
  }
  if (options.unknown_fields == FieldValidation::kStrict && !warnings.empty()) {
    return tl::unexpected(badRequest(type.type().kind + " in version " +
                                     quoted(type.type().version) + " cannot be handled as a " +
                                     type.type().kind +
                                     ": strict decoding error: " + strict_problems));
  }
  if (options.unknown_fields == FieldValidation::kIgnore) warnings.clear();
  return warnings;
}

Outcome<void> ObjectLifecycle::checkNamespaceExists(const std::string& name_space) const {
  const k8s::ResourceType namespaces{"", "v1", "namespaces", "Namespace"};
  if (name_space.empty()) return {};
  const StoredObject found = store_.find(keyOf(namespaces, "", name_space));
  if (found == nullptr) return tl::unexpected(notFound(namespaces, name_space));
  return {};
}

std::vector<Cause> ObjectLifecycle::causesOf(const ServedType& type, const json::Value& object,
                                             const json::Value* before) const {
  std::vector<Cause> causes = metadataCauses(object, type.name_rule);
  if (!type.custom) addFinalizerCauses(object, causes);
  const auto append = [&causes](std::vector<Cause> more) {
    causes.insert(causes.end(), more.begin(), more.end());
  };
  if (before != nullptr) append(metadataUpdateCauses(*before, object));
  if (type.schema != nullptr) append(type.schema->validate(object));
  if (type.causes != nullptr) append(type.causes(object, before));
  return causes;
}

Outcome<Written> ObjectLifecycle::update(const ServedType& type, const ObjectKey& key,
                                         const json::Value& before, json::Value after,
                                         const WriteOptions& options) {
  const std::string sent_version = resourceVersionOf(after);
  if (sent_version.find_first_not_of("0123456789") != std::string::npos) {
    return tl::unexpected(
        internalError("strconv.ParseUint: parsing " + quoted(sent_version) + ": invalid syntax"));
  }
  if (!sent_version.empty() && sent_version != "0" && sent_version != resourceVersionOf(before)) {
    return tl::unexpected(modifiedSince(type.type(), key.name));
  }
  if (sent_version.empty() || sent_version == "0") {
    if (!type.unconditional_update && options.part != Part::kWhole) {
      // Named by plural here, as the real server happens to do.
      k8s::ResourceType named = type.type();
      named.kind = named.plural;
      return tl::unexpected(invalid(
          named, key.name,
          {invalidValue("metadata.resourceVersion", "0", "must be specified for an update")}));
    }
    after["metadata"]["resourceVersion"] = resourceVersionOf(before);
  }

  if (options.part == Part::kStatus) {
    const json::Value sent = std::exchange(after, before);
    replaceMember(after, "status", valueAt(sent, {"status"}));
    replaceMember(after["metadata"], "resourceVersion",
                  valueAt(sent, {"metadata", "resourceVersion"}));
  } else if (options.part == Part::kMain && type.definition.has_status) {
    replaceMember(after, "status", valueAt(before, {"status"}));
  }
  takeOver(before, after,
           {"creationTimestamp", "generation", "deletionGracePeriodSeconds", "selfLink",
            "managedFields"});
  if (uidOf(after).empty()) takeOver(before, after, {"uid"});
  if (isTerminating(before)) takeOver(before, after, {"deletionTimestamp"});
  if (options.part != Part::kStatus && type.counts_generation && specChanged(type, before, after)) {
    bumpGeneration(after);
  }

  const std::vector<Cause> causes = causesOf(type, after, &before);
  if (!causes.empty()) return tl::unexpected(invalid(type.type(), key.name, causes));
  if (after == before || options.dry_run) return Written{std::move(after)};
  // The last finalizer of a deleted object gone: this write is its end.
  if (isTerminating(before) && finalizersOf(after).empty()) {
    store_.erase(key, before);
    return Written{std::move(after)};
  }
  return Written{*store_.put(key, std::move(after))};
}

std::string ObjectLifecycle::nextUid() {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "00000000-0000-4000-8000-%012llx",
                static_cast<unsigned long long>(++uids_));
  return text.data();
}

/// Five characters of the alphabet that generated names are made of.
std::string ObjectLifecycle::nextSuffix() {
  constexpr std::string_view kAlphabet = "bcdfghjklmnpqrstvwxz2456789";
  // A multiplier coprime to the number of suffixes: no repetition, and names that look random.
  std::uint64_t number = ++suffixes_ * 7368787U;
  std::string suffix;
  for (int i = 0; i < 5; ++i) {
    suffix += kAlphabet[number % kAlphabet.size()];
    number /= kAlphabet.size();
  }
  return suffix;
}

}  // namespace sim
