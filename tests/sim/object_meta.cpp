#include "tests/sim/object_meta.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>

#include "common/json/write.h"
#include "tests/sim/json_path.h"

namespace sim {
namespace {

constexpr std::size_t kLabelLength = 63;
constexpr std::size_t kSubdomainLength = 253;
constexpr std::size_t kAnnotationsSize = 262144;

constexpr const char* kSubdomainProblem =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
    "'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used "
    "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
constexpr const char* kLabelNameProblem =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and "
    "must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used "
    "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
constexpr const char* kLabelValueProblem =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or "
    "'.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  "
    "or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
constexpr const char* kNamePartProblem =
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end "
    "with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
    "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

bool isLowerOrDigit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool isAlphanumeric(char c) {
  return isLowerOrDigit(c) || (c >= 'A' && c <= 'Z');
}

bool isDnsLabel(std::string_view text) {
  return !text.empty() && isLowerOrDigit(text.front()) && isLowerOrDigit(text.back()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return isLowerOrDigit(c) || c == '-'; });
}

bool isDnsSubdomain(std::string_view text) {
  while (true) {
    const std::size_t dot = text.find('.');
    if (!isDnsLabel(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool isLabelText(std::string_view text) {
  return !text.empty() && isAlphanumeric(text.front()) && isAlphanumeric(text.back()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return isAlphanumeric(c) || c == '-' || c == '_' || c == '.'; });
}

std::string tooLong(std::size_t limit) {
  return "must be no more than " + std::to_string(limit) + " characters";
}

std::vector<std::string> problemsOf(std::string_view text, std::size_t limit, bool well_formed,
                                    std::string_view problem) {
  std::vector<std::string> problems;
  if (text.size() > limit) problems.push_back(tooLong(limit));
  if (!well_formed) problems.emplace_back(problem);
  return problems;
}

void addLabelCauses(const json::Value& object, std::vector<Cause>& causes) {
  const json::Value* labels = valueAt(object, {"metadata", "labels"});
  if (labels == nullptr || labels->object() == nullptr) return;
  for (const auto& [key, value] : *labels->object()) {
    for (const std::string& problem : qualifiedNameProblems(key)) {
      causes.push_back(invalidText("metadata.labels", key, problem));
    }
    const std::string text = value.string() == nullptr ? std::string() : *value.string();
    for (const std::string& problem : labelValueProblems(text)) {
      causes.push_back(invalidText("metadata.labels", text, problem));
    }
  }
}

void addAnnotationCauses(const json::Value& object, std::vector<Cause>& causes) {
  const json::Value* annotations = valueAt(object, {"metadata", "annotations"});
  if (annotations == nullptr || annotations->object() == nullptr) return;
  std::size_t size = 0;
  for (const auto& [key, value] : *annotations->object()) {
    size += key.size() + (value.string() == nullptr ? 0 : value.string()->size());
    for (const std::string& problem : qualifiedNameProblems(key)) {
      causes.push_back(invalidText("metadata.annotations", key, problem));
    }
  }
  if (size > kAnnotationsSize) {
    causes.push_back({"FieldValueTooLong", "metadata.annotations",
                      "Too long: may not be more than 262144 bytes"});
  }
}

void addOwnerCauses(const json::Value& object, std::vector<Cause>& causes) {
  const std::vector<Owner> owners = ownersOf(object);
  for (const Owner& owner : owners) {
    const std::string field = "metadata.ownerReferences";
    if (owner.api_version.empty()) {
      causes.push_back(invalidText(field + ".apiVersion", "", "version must not be empty"));
    }
    if (owner.kind.empty()) causes.push_back(invalidText(field + ".kind", "", "must not be empty"));
    if (owner.name.empty()) causes.push_back(invalidText(field + ".name", "", "must not be empty"));
    if (owner.uid.empty()) causes.push_back(invalidText(field + ".uid", "", "must not be empty"));
  }
}

bool hasStringMembers(const json::Value& value) {
  const json::Object* object = value.object();
  return object != nullptr && std::all_of(object->begin(), object->end(), [](const auto& member) {
           return member.second.string() != nullptr;
         });
}

}  // namespace

std::string nameOf(const json::Value& object) {
  return textAt(object, {"metadata", "name"});
}

std::string namespaceOf(const json::Value& object) {
  return textAt(object, {"metadata", "namespace"});
}

std::string uidOf(const json::Value& object) {
  return textAt(object, {"metadata", "uid"});
}

std::string resourceVersionOf(const json::Value& object) {
  return textAt(object, {"metadata", "resourceVersion"});
}

bool isTerminating(const json::Value& object) {
  return !textAt(object, {"metadata", "deletionTimestamp"}).empty();
}

std::vector<std::string> finalizersOf(const json::Value& object) {
  return textsAt(object, {"metadata", "finalizers"});
}

std::vector<Owner> ownersOf(const json::Value& object) {
  std::vector<Owner> owners;
  const json::Value* references = valueAt(object, {"metadata", "ownerReferences"});
  if (references == nullptr || references->array() == nullptr) return owners;
  for (const json::Value& reference : *references->array()) {
    owners.push_back({textAt(reference, {"apiVersion"}), textAt(reference, {"kind"}),
                      textAt(reference, {"name"}), textAt(reference, {"uid"})});
  }
  return owners;
}

std::string undecodableMetadata(const json::Value& object) {
  const json::Value* metadata = valueAt(object, {"metadata"});
  if (metadata == nullptr || metadata->isNull()) return {};
  if (metadata->object() == nullptr) return "metadata must be an object";
  for (const char* field : {"name", "generateName", "namespace", "uid", "resourceVersion"}) {
    const json::Value* value = metadata->object()->find(field);
    if (value != nullptr && !value->isNull() && value->string() == nullptr) {
      return std::string("json: cannot unmarshal into Go struct field ObjectMeta.metadata.") +
             field + " of type string";
    }
  }
  for (const char* field : {"labels", "annotations"}) {
    const json::Value* value = metadata->object()->find(field);
    if (value != nullptr && !value->isNull() && !hasStringMembers(*value)) {
      return std::string("json: cannot unmarshal into Go struct field ObjectMeta.metadata.") +
             field + " of type string";
    }
  }
  for (const char* field : {"finalizers", "ownerReferences"}) {
    const json::Value* value = metadata->object()->find(field);
    if (value != nullptr && !value->isNull() && value->array() == nullptr) {
      return std::string("metadata.") + field + " must be an array";
    }
  }
  return {};
}

std::vector<std::string> pruneMetadata(json::Value& object) {
  constexpr std::array<std::string_view, 15> kKnown = {"annotations",
                                                       "creationTimestamp",
                                                       "deletionGracePeriodSeconds",
                                                       "deletionTimestamp",
                                                       "finalizers",
                                                       "generateName",
                                                       "generation",
                                                       "labels",
                                                       "managedFields",
                                                       "name",
                                                       "namespace",
                                                       "ownerReferences",
                                                       "resourceVersion",
                                                       "selfLink",
                                                       "uid"};
  std::vector<std::string> unknown;
  json::Object* metadata = object["metadata"].object();
  if (metadata == nullptr) return unknown;
  for (const auto& [key, value] : *metadata) {
    if (std::find(kKnown.begin(), kKnown.end(), key) == kKnown.end()) unknown.push_back(key);
  }
  for (std::string& key : unknown) {
    metadata->erase(key);
    key = "metadata." + key;
  }
  return unknown;
}

std::vector<std::string> subdomainProblems(std::string_view name) {
  return problemsOf(name, kSubdomainLength, isDnsSubdomain(name), kSubdomainProblem);
}

std::vector<std::string> labelNameProblems(std::string_view name) {
  return problemsOf(name, kLabelLength, isDnsLabel(name), kLabelNameProblem);
}

std::vector<std::string> labelValueProblems(std::string_view value) {
  return problemsOf(value, kLabelLength, value.empty() || isLabelText(value), kLabelValueProblem);
}

std::vector<std::string> qualifiedNameProblems(std::string_view name) {
  const std::size_t slash = name.find('/');
  std::string_view part = name;
  if (slash != std::string_view::npos) {
    if (name.find('/', slash + 1) != std::string_view::npos) {
      return {
          std::string("a qualified name must consist of alphanumeric characters, '-', '_' or "
                      "'.', with an optional DNS subdomain prefix and '/'")};
    }
    const std::string_view prefix = name.substr(0, slash);
    part = name.substr(slash + 1);
    if (prefix.empty()) return {"prefix part must be non-empty"};
    if (!isDnsSubdomain(prefix)) return {"prefix part " + std::string(kSubdomainProblem)};
  }
  if (part.empty()) return {"name part must be non-empty", kNamePartProblem};
  std::vector<std::string> problems;
  if (part.size() > kLabelLength) problems.push_back("name part " + tooLong(kLabelLength));
  if (!isLabelText(part)) problems.emplace_back(kNamePartProblem);
  return problems;
}

std::vector<Cause> metadataCauses(const json::Value& object, NameRule rule) {
  std::vector<Cause> causes;
  const auto problems = [rule](std::string_view name) {
    return rule == NameRule::kLabel ? labelNameProblems(name) : subdomainProblems(name);
  };

  std::string prefix = textAt(object, {"metadata", "generateName"});
  if (!prefix.empty()) {
    // What is generated follows, so a separator may end it.
    std::string masked = prefix;
    if (masked.back() == '-') masked.back() = 'a';
    for (const std::string& problem : problems(masked)) {
      causes.push_back(invalidText("metadata.generateName", prefix, problem));
    }
  }
  const std::string name = nameOf(object);
  if (name.empty()) {
    causes.push_back(required("metadata.name", "name or generateName is required"));
  } else {
    for (const std::string& problem : problems(name)) {
      causes.push_back(invalidText("metadata.name", name, problem));
    }
  }
  addLabelCauses(object, causes);
  addAnnotationCauses(object, causes);
  addOwnerCauses(object, causes);
  for (const std::string& finalizer : finalizersOf(object)) {
    for (const std::string& problem : qualifiedNameProblems(finalizer)) {
      causes.push_back(invalidText("metadata.finalizers", finalizer, problem));
    }
  }
  return causes;
}

std::vector<Cause> metadataUpdateCauses(const json::Value& before, const json::Value& after) {
  std::vector<Cause> causes;
  if (isTerminating(before)) {
    const std::vector<std::string> old_finalizers = finalizersOf(before);
    std::string added;
    for (const std::string& finalizer : finalizersOf(after)) {
      if (std::find(old_finalizers.begin(), old_finalizers.end(), finalizer) ==
          old_finalizers.end()) {
        added += (added.empty() ? "" : ", ") + quoted(finalizer);
      }
    }
    if (!added.empty()) {
      causes.push_back(forbiddenField("metadata.finalizers",
                                      "no new finalizers can be added if the object is being "
                                      "deleted, found new finalizers []string{" +
                                          added + "}"));
    }
  }
  if (resourceVersionOf(after).empty()) {
    causes.push_back(
        invalidValue("metadata.resourceVersion", "0", "must be specified for an update"));
  }
  for (const char* field : {"name", "namespace", "uid", "deletionTimestamp"}) {
    const std::string value = textAt(after, {"metadata", field});
    if (value != textAt(before, {"metadata", field})) {
      causes.push_back(invalidText(std::string("metadata.") + field, value, "field is immutable"));
    }
  }
  return causes;
}

}  // namespace sim
