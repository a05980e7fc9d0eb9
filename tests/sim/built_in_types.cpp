#include <algorithm>
#include <cctype>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/json/view.h"
#include "common/time/rfc3339.h"
#include "tests/sim/json_path.h"
#include "tests/sim/type_registry.h"

namespace sim {
namespace {

/// What metav1.MicroTime accepts: RFC 3339 with exactly six digits of fraction.
bool isMicroTime(const std::string& text) {
  constexpr std::size_t kDot = 19;
  constexpr std::size_t kZone = kDot + 7;
  if (text.size() <= kZone || text[kDot] != '.') return false;
  return std::all_of(text.begin() + kDot + 1, text.begin() + kZone,
                     [](unsigned char c) { return std::isdigit(c) != 0; }) &&
         std::isdigit(static_cast<unsigned char>(text[kZone])) == 0 &&
         timing::parseRfc3339(text).has_value();
}

std::string undecodableMicroTime(const json::Value& object,
                                 std::initializer_list<std::string_view> path) {
  const json::Value* value = valueAt(object, path);
  if (value == nullptr || value->isNull()) return {};
  if (value->string() == nullptr) return "Time.UnmarshalJSON: input is not a JSON string";
  if (isMicroTime(*value->string())) return {};
  return "parsing time " + quoted(*value->string()) +
         " as \"2006-01-02T15:04:05.000000Z07:00\": cannot parse the fraction or the zone";
}

std::string_view goKind(const json::Value& value) {
  if (value.boolean() != nullptr) return "bool";
  if (value.string() != nullptr) return "string";
  if (value.array() != nullptr) return "array";
  return value.object() != nullptr ? "object" : "number";
}

std::string undecodableOf(const json::Value& object, std::initializer_list<std::string_view> path,
                          std::string_view go_type) {
  const json::Value* value = valueAt(object, path);
  if (value == nullptr || value->isNull()) return {};
  const bool fits = go_type == "string" ? value->string() != nullptr : value->integer() != nullptr;
  if (fits) return {};
  std::string field;
  for (const std::string_view key : path) field += "." + std::string(key);
  return "json: cannot unmarshal " + std::string(goKind(*value)) + " into Go struct field " +
         field + " of type " + std::string(go_type);
}

std::string firstOf(std::initializer_list<std::string> problems) {
  for (const std::string& problem : problems) {
    if (!problem.empty()) return problem;
  }
  return {};
}

std::string undecodableLease(const json::Value& lease) {
  return firstOf({undecodableMicroTime(lease, {"spec", "acquireTime"}),
                  undecodableMicroTime(lease, {"spec", "renewTime"}),
                  undecodableOf(lease, {"spec", "holderIdentity"}, "string"),
                  undecodableOf(lease, {"spec", "leaseDurationSeconds"}, "int32"),
                  undecodableOf(lease, {"spec", "leaseTransitions"}, "int32")});
}

std::vector<Cause> leaseCauses(const json::Value& lease, const json::Value*) {
  std::vector<Cause> causes;
  const json::Value* duration = valueAt(lease, {"spec", "leaseDurationSeconds"});
  if (duration != nullptr && duration->integer() != nullptr && *duration->integer() <= 0) {
    causes.push_back(invalidValue("spec.leaseDurationSeconds", std::to_string(*duration->integer()),
                                  "must be greater than 0"));
  }
  const json::Value* transitions = valueAt(lease, {"spec", "leaseTransitions"});
  if (transitions != nullptr && transitions->integer() != nullptr && *transitions->integer() < 0) {
    causes.push_back(invalidValue("spec.leaseTransitions", std::to_string(*transitions->integer()),
                                  "must be greater than or equal to 0"));
  }
  return causes;
}

std::string undecodableEvent(const json::Value& event) {
  return firstOf({undecodableMicroTime(event, {"eventTime"}),
                  undecodableMicroTime(event, {"series", "lastObservedTime"}),
                  undecodableOf(event, {"note"}, "string"),
                  undecodableOf(event, {"reason"}, "string"),
                  undecodableOf(event, {"action"}, "string")});
}

bool isSet(const json::Value& object, std::string_view field) {
  const json::Value* value = valueAt(object, {field});
  return value != nullptr && !value->isNull();
}

bool changed(const json::Value& after, const json::Value& before, std::string_view field) {
  const json::Value* new_value = valueAt(after, {field});
  const json::Value* old_value = valueAt(before, {field});
  if (new_value == nullptr || old_value == nullptr) return new_value != old_value;
  return *new_value != *old_value;
}

void requireText(const json::Value& event, const std::string& field, std::size_t limit,
                 std::vector<Cause>& causes) {
  const std::string text = textAt(event, {field});
  if (text.empty()) causes.push_back(required(field));
  if (text.size() > limit) {
    causes.push_back(
        invalidText(field, "", "can have at most " + std::to_string(limit) + " characters"));
  }
}

void addSeriesCauses(const json::Value& event, std::vector<Cause>& causes) {
  if (!isSet(event, "series")) return;
  const json::Value* count = valueAt(event, {"series", "count"});
  if (count == nullptr || count->integer() == nullptr || *count->integer() < 2) {
    causes.push_back(invalidText("series.count", "", "should be at least 2"));
  }
  if (textAt(event, {"series", "lastObservedTime"}).empty()) {
    causes.push_back(required("series.lastObservedTime"));
  }
}

void addImmutableCauses(const json::Value& event, const json::Value& before,
                        std::vector<Cause>& causes) {
  for (const char* field : {"regarding", "reason", "note", "type", "eventTime", "action", "related",
                            "reportingController", "reportingInstance"}) {
    if (!changed(event, before, field)) continue;
    const json::Value* new_value = valueAt(event, {field});
    // Validation works on the internal type, which names two fields otherwise.
    std::string named = field;
    if (named == "regarding") named = "involvedObject";
    if (named == "note") named = "message";
    causes.push_back(invalidValue(named, new_value == nullptr ? "null" : json::excerpt(*new_value),
                                  "field is immutable"));
  }
}

std::vector<Cause> eventCauses(const json::Value& event, const json::Value* before) {
  std::vector<Cause> causes;
  const std::string name_space = namespaceOf(event);
  if (!textAt(event, {"eventTime"}).empty()) {
    const std::string regarding = textAt(event, {"regarding", "namespace"});
    if (regarding.empty() && name_space != "default" && name_space != "kube-system") {
      causes.push_back(
          invalidText("involvedObject.namespace", regarding, "does not match event.namespace"));
    }
    const std::string controller = textAt(event, {"reportingController"});
    if (controller.empty()) causes.push_back(required("reportingController"));
    for (const std::string& problem : qualifiedNameProblems(controller)) {
      causes.push_back(invalidText("reportingController", controller, problem));
    }
    requireText(event, "reportingInstance", 128, causes);
    requireText(event, "action", 128, causes);
    requireText(event, "reason", 128, causes);
    if (textAt(event, {"note"}).size() > 1024) {
      causes.push_back(invalidText("message", "", "can have at most 1024 characters"));
    }
  } else if (textAt(event, {"regarding", "namespace"}) != name_space) {
    causes.push_back(invalidText("involvedObject.namespace",
                                 textAt(event, {"regarding", "namespace"}),
                                 "does not match event.namespace"));
  }
  if (before != nullptr) {
    if (changed(event, *before, "series")) addSeriesCauses(event, causes);
    addImmutableCauses(event, *before, causes);
    return causes;
  }

  addSeriesCauses(event, causes);
  if (textAt(event, {"eventTime"}).empty()) causes.push_back(required("eventTime"));
  const std::string type = textAt(event, {"type"});
  if (type != "Normal" && type != "Warning") {
    causes.push_back(invalidText("type", "", "has invalid value: " + type));
  }
  for (const auto& [field, named] :
       {std::pair{"deprecatedFirstTimestamp", "firstTimestamp"},
        std::pair{"deprecatedLastTimestamp", "lastTimestamp"},
        std::pair{"deprecatedCount", "count"}, std::pair{"deprecatedSource", "source"}}) {
    if (isSet(event, field)) causes.push_back(invalidText(named, "", "needs to be unset"));
  }
  return causes;
}

std::string undecodableConfigMap(const json::Value& config_map) {
  const json::Value* data = valueAt(config_map, {"data"});
  if (data == nullptr || data->isNull()) return {};
  if (data->object() == nullptr) {
    return "json: cannot unmarshal " + std::string(goKind(*data)) +
           " into Go struct field ConfigMap.data of type map[string]string";
  }
  for (const auto& [key, value] : *data->object()) {
    if (value.string() == nullptr) {
      return "json: cannot unmarshal " + std::string(goKind(value)) +
             " into Go struct field ConfigMap.data of type string";
    }
  }
  return {};
}

bool isConfigMapKey(const std::string& key) {
  return !key.empty() && key.size() <= 253 && key != "." && !key.starts_with("..") &&
         std::all_of(key.begin(), key.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
         });
}

std::vector<Cause> configMapCauses(const json::Value& config_map, const json::Value* before) {
  constexpr std::size_t kMost = 1024 * 1024;
  std::vector<Cause> causes;
  std::size_t size = 0;
  const json::Value* values = valueAt(config_map, {"data"});
  if (values != nullptr && values->object() != nullptr) {
    for (const auto& [key, value] : *values->object()) {
      size += value.string() == nullptr ? 0 : value.string()->size();
      if (isConfigMapKey(key)) continue;
      causes.push_back(invalidText("data[" + key + "]", key,
                                   "a valid config key must consist of alphanumeric characters, "
                                   "'-', '_' or '.'"));
    }
  }
  if (size > kMost) {
    causes.push_back({"FieldValueTooLong", "[]",
                      "Too long: may not be more than " + std::to_string(kMost) + " bytes"});
  }
  if (before == nullptr || !flagAt(*before, {"immutable"})) return causes;
  const json::Value* old_data = valueAt(*before, {"data"});
  const json::Value* new_data = valueAt(config_map, {"data"});
  const bool same =
      old_data == nullptr || new_data == nullptr ? old_data == new_data : *old_data == *new_data;
  if (!same) {
    causes.push_back(forbiddenField("data", "field is immutable when `immutable` is set"));
  }
  return causes;
}

std::vector<Cause> definitionCauses(const json::Value& definition, const json::Value*) {
  std::vector<Cause> causes;
  const std::string group = textAt(definition, {"spec", "group"});
  const std::string plural = textAt(definition, {"spec", "names", "plural"});
  if (group.empty()) causes.push_back(required("spec.group"));
  if (plural.empty()) causes.push_back(required("spec.names.plural"));
  if (textAt(definition, {"spec", "names", "kind"}).empty()) {
    causes.push_back(required("spec.names.kind"));
  }
  if (textAt(definition, {"spec", "scope"}).empty()) causes.push_back(required("spec.scope"));
  if (nameOf(definition) != plural + "." + group) {
    causes.push_back(invalidText("metadata.name", nameOf(definition),
                                 "must be spec.names.plural+\".\"+spec.group"));
  }
  return causes;
}

void prepareNamespace(json::Value& name_space) {
  name_space["metadata"]["labels"]["kubernetes.io/metadata.name"] = nameOf(name_space);
  name_space["spec"]["finalizers"] = arrayOf({"kubernetes"});
  name_space["status"]["phase"] = "Active";
}

ServedType builtIn(k8s::ResourceType type, bool has_status) {
  ServedType served = customType({std::move(type), true, has_status, std::nullopt});
  served.custom = false;
  served.counts_generation = false;
  served.unconditional_update = true;
  return served;
}

}  // namespace

std::vector<ServedType> builtInTypes() {
  std::vector<ServedType> types;

  ServedType namespaces = builtIn({"", "v1", "namespaces", "Namespace"}, true);
  namespaces.definition.namespaced = false;
  namespaces.name_rule = NameRule::kLabel;
  namespaces.returns_deleted = true;
  namespaces.prepare = prepareNamespace;
  namespaces.short_names = {"ns"};
  types.push_back(std::move(namespaces));

  ServedType config_maps = builtIn({"", "v1", "configmaps", "ConfigMap"}, false);
  config_maps.undecodable = undecodableConfigMap;
  config_maps.causes = configMapCauses;
  config_maps.short_names = {"cm"};
  types.push_back(std::move(config_maps));

  ServedType claims = builtIn({"", "v1", "persistentvolumeclaims", "PersistentVolumeClaim"}, true);
  claims.returns_deleted = true;
  claims.short_names = {"pvc"};
  types.push_back(std::move(claims));

  ServedType pods = builtIn({"", "v1", "pods", "Pod"}, true);
  pods.returns_deleted = true;
  pods.counts_generation = true;
  pods.short_names = {"po"};
  types.push_back(std::move(pods));

  ServedType quotas = builtIn({"", "v1", "resourcequotas", "ResourceQuota"}, true);
  quotas.returns_deleted = true;
  quotas.short_names = {"quota"};
  types.push_back(std::move(quotas));

  ServedType leases = builtIn({"coordination.k8s.io", "v1", "leases", "Lease"}, false);
  leases.unconditional_update = false;
  leases.create_on_update = true;
  leases.undecodable = undecodableLease;
  leases.causes = leaseCauses;
  types.push_back(std::move(leases));

  ServedType events = builtIn({"events.k8s.io", "v1", "events", "Event"}, false);
  events.create_on_update = true;
  events.undecodable = undecodableEvent;
  events.causes = eventCauses;
  events.short_names = {"ev"};
  types.push_back(std::move(events));

  ServedType classes = builtIn({"storage.k8s.io", "v1", "storageclasses", "StorageClass"}, false);
  classes.definition.namespaced = false;
  classes.returns_deleted = true;
  classes.singular = "storageclass";
  classes.short_names = {"sc"};
  types.push_back(std::move(classes));

  for (const k8s::ResourceType& type :
       {k8s::ResourceType{"apps", "v1", "deployments", "Deployment"},
        k8s::ResourceType{"batch", "v1", "cronjobs", "CronJob"},
        k8s::ResourceType{"batch", "v1", "jobs", "Job"}}) {
    ServedType workload = builtIn(type, true);
    workload.counts_generation = true;
    types.push_back(std::move(workload));
  }

  ServedType definitions = builtIn(
      {"apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition"},
      true);
  definitions.definition.namespaced = false;
  definitions.counts_generation = true;
  definitions.unconditional_update = false;
  definitions.causes = definitionCauses;
  definitions.short_names = {"crd", "crds"};
  types.push_back(std::move(definitions));
  return types;
}

}  // namespace sim
