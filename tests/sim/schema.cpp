#include "tests/sim/schema.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "common/json/write.h"
#include "common/time/rfc3339.h"
#include "tests/sim/json_path.h"

namespace sim {
namespace {

bool isEmbeddedRoot(const json::Value& schema, const std::string& path) {
  return path.empty() || flagAt(schema, {"x-kubernetes-embedded-resource"});
}

bool isTypeOrObjectMeta(std::string_view key) {
  return key == "apiVersion" || key == "kind" || key == "metadata";
}

std::string child(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : path + "." + std::string(key);
}

std::string element(const std::string& path, std::size_t index) {
  return path + "[" + std::to_string(index) + "]";
}

/// The schema of a member; nullptr when the schema has none for it.
const json::Value* memberSchema(const json::Value& schema, std::string_view key) {
  if (const json::Value* known = valueAt(schema, {"properties", key})) return known;
  const json::Value* additional = valueAt(schema, {"additionalProperties"});
  return additional != nullptr && additional->object() != nullptr ? additional : nullptr;
}

void pruneValue(json::Value& value, const json::Value& schema, const std::string& path,
                std::vector<std::string>& unknown) {
  if (json::Array* array = value.array()) {
    const json::Value* items = valueAt(schema, {"items"});
    if (items == nullptr) return;
    for (std::size_t i = 0; i < array->size(); ++i) {
      pruneValue((*array)[i], *items, element(path, i), unknown);
    }
    return;
  }
  json::Object* object = value.object();
  if (object == nullptr) return;

  const bool preserves = flagAt(schema, {"x-kubernetes-preserve-unknown-fields"}) ||
                         flagAt(schema, {"additionalProperties"});
  std::vector<std::string> dropped;
  for (auto& [key, member] : *object) {
    if (isEmbeddedRoot(schema, path) && isTypeOrObjectMeta(key)) continue;
    if (const json::Value* inner = memberSchema(schema, key)) {
      pruneValue(member, *inner, child(path, key), unknown);
    } else if (!preserves) {
      dropped.push_back(key);
    }
  }
  for (const std::string& key : dropped) {
    object->erase(key);
    unknown.push_back(child(path, key));
  }
}

void dropNulls(json::Object& object, const json::Object& properties) {
  for (const auto& [key, schema] : properties) {
    const json::Value* member = object.find(key);
    if (member != nullptr && member->isNull() && !flagAt(schema, {"nullable"})) object.erase(key);
  }
}

void fillDefaults(json::Value& value, const json::Value& schema) {
  if (json::Array* array = value.array()) {
    const json::Value* items = valueAt(schema, {"items"});
    if (items == nullptr) return;
    for (json::Value& item : *array) fillDefaults(item, *items);
    return;
  }
  json::Object* object = value.object();
  if (object == nullptr) return;

  if (const json::Value* properties = valueAt(schema, {"properties"});
      properties != nullptr && properties->object() != nullptr) {
    dropNulls(*object, *properties->object());
    for (const auto& [key, inner] : *properties->object()) {
      const json::Value* preset = valueAt(inner, {"default"});
      if (preset != nullptr && object->find(key) == nullptr) object->set(key, *preset);
    }
  }
  for (auto& [key, member] : *object) {
    if (const json::Value* inner = memberSchema(schema, key)) fillDefaults(member, *inner);
  }
}

std::string typeName(const json::Value& value) {
  if (value.isNull()) return "null";
  if (value.boolean() != nullptr) return "boolean";
  if (value.integer() != nullptr) return "integer";
  if (value.real() != nullptr) return "number";
  if (value.string() != nullptr) return "string";
  return value.array() != nullptr ? "array" : "object";
}

bool hasType(const json::Value& value, const std::string& type) {
  if (type == "number") return value.integer() != nullptr || value.real() != nullptr;
  if (type == "integer" && value.real() != nullptr) {
    return *value.real() == std::floor(*value.real());
  }
  return typeName(value) == type;
}

std::optional<double> numberOf(const json::Value* value) {
  if (value == nullptr) return std::nullopt;
  if (value->integer() != nullptr) return static_cast<double>(*value->integer());
  if (value->real() != nullptr) return *value->real();
  return std::nullopt;
}

std::optional<std::size_t> limitOf(const json::Value& schema, std::string_view keyword) {
  const std::optional<double> number = numberOf(valueAt(schema, {keyword}));
  if (!number) return std::nullopt;
  return static_cast<std::size_t>(*number);
}

/// A length in characters, which is how JSON Schema counts, not in bytes.
std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

std::string inBody(const std::string& path, std::string_view rest) {
  return path + " in body " + std::string(rest);
}

Cause wrongType(const std::string& path, const json::Value& value, const std::string& type) {
  Cause cause =
      invalidText(path, typeName(value),
                  inBody(path, "must be of type " + type + ": " + quoted(typeName(value))));
  cause.reason = "FieldValueTypeInvalid";
  return cause;
}

void checkEnum(const json::Value& value, const json::Value& schema, const std::string& path,
               std::vector<Cause>& causes) {
  const json::Value* listed = valueAt(schema, {"enum"});
  if (listed == nullptr || listed->array() == nullptr) return;
  const json::Array& allowed = *listed->array();
  if (std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return;
  std::string supported;
  for (const json::Value& each : allowed) {
    const std::string text = each.string() == nullptr ? json::write(each) : *each.string();
    supported += (supported.empty() ? "" : ", ") + quoted(text);
  }
  causes.push_back(
      {"FieldValueNotSupported", path,
       "Unsupported value: " + json::write(value) + ": supported values: " + supported});
}

void checkNumber(const json::Value& value, const json::Value& schema, const std::string& path,
                 std::vector<Cause>& causes) {
  const std::optional<double> number = numberOf(&value);
  if (!number) return;
  const std::optional<double> minimum = numberOf(valueAt(schema, {"minimum"}));
  if (minimum &&
      (flagAt(schema, {"exclusiveMinimum"}) ? *number <= *minimum : *number < *minimum)) {
    const std::string relation =
        flagAt(schema, {"exclusiveMinimum"}) ? "greater than " : "greater than or equal to ";
    causes.push_back(invalidValue(
        path, json::write(value),
        inBody(path, "should be " + relation + json::write(*valueAt(schema, {"minimum"})))));
  }
  const std::optional<double> maximum = numberOf(valueAt(schema, {"maximum"}));
  if (maximum &&
      (flagAt(schema, {"exclusiveMaximum"}) ? *number >= *maximum : *number > *maximum)) {
    const std::string relation =
        flagAt(schema, {"exclusiveMaximum"}) ? "less than " : "less than or equal to ";
    causes.push_back(invalidValue(
        path, json::write(value),
        inBody(path, "should be " + relation + json::write(*valueAt(schema, {"maximum"})))));
  }
}

}  // namespace

std::vector<std::string> Schema::prune(json::Value& object) const {
  std::vector<std::string> unknown;
  pruneValue(object, root_, "", unknown);
  return unknown;
}

void Schema::applyDefaults(json::Value& object) const {
  fillDefaults(object, root_);
}

std::vector<Cause> Schema::validate(const json::Value& object) const {
  std::vector<Cause> causes;
  check(object, root_, "", causes);
  return causes;
}

void Schema::check(const json::Value& value, const json::Value& schema, const std::string& path,
                   std::vector<Cause>& causes) const {
  if (value.isNull() && flagAt(schema, {"nullable"})) return;

  const bool int_or_string = flagAt(schema, {"x-kubernetes-int-or-string"});
  const std::string type = textAt(schema, {"type"});
  if (int_or_string && !hasType(value, "integer") && !hasType(value, "string")) {
    causes.push_back(wrongType(path, value, "integer,string"));
    return;
  }
  if (!int_or_string && !type.empty() && !hasType(value, type)) {
    causes.push_back(wrongType(path, value, type));
    return;
  }

  checkEnum(value, schema, path, causes);
  checkNumber(value, schema, path, causes);
  if (value.string() != nullptr) checkString(*value.string(), schema, path, causes);
  if (value.object() != nullptr) checkObject(value, schema, path, causes);
  if (const json::Array* array = value.array()) {
    const std::optional<std::size_t> least = limitOf(schema, "minItems");
    if (least && array->size() < *least) {
      causes.push_back(
          invalidValue(path, std::to_string(array->size()),
                       inBody(path, "should have at least " + std::to_string(*least) + " items")));
    }
    const std::optional<std::size_t> most = limitOf(schema, "maxItems");
    if (most && array->size() > *most) {
      causes.push_back({"FieldValueTooMany", path,
                        "Too many: " + std::to_string(array->size()) + ": must have at most " +
                            std::to_string(*most) + (*most == 1 ? " item" : " items")});
    }
    if (const json::Value* items = valueAt(schema, {"items"})) {
      for (std::size_t i = 0; i < array->size(); ++i) {
        check((*array)[i], *items, element(path, i), causes);
      }
    }
  }
  checkAlternatives(value, schema, path, causes);
}

void Schema::checkObject(const json::Value& value, const json::Value& schema,
                         const std::string& path, std::vector<Cause>& causes) const {
  for (const std::string& key : textsAt(schema, {"required"})) {
    if (value.object()->find(key) == nullptr) causes.push_back(required(child(path, key)));
  }
  for (const auto& [key, member] : *value.object()) {
    if (isEmbeddedRoot(schema, path) && isTypeOrObjectMeta(key)) continue;
    if (const json::Value* inner = memberSchema(schema, key)) {
      check(member, *inner, child(path, key), causes);
    }
  }
}

void Schema::checkString(const std::string& text, const json::Value& schema,
                         const std::string& path, std::vector<Cause>& causes) const {
  const std::optional<std::size_t> least = limitOf(schema, "minLength");
  if (least && characters(text) < *least) {
    causes.push_back(invalidText(
        path, text, inBody(path, "should be at least " + std::to_string(*least) + " chars long")));
  }
  const std::optional<std::size_t> most = limitOf(schema, "maxLength");
  if (most && characters(text) > *most) {
    causes.push_back({"FieldValueTooLong", path,
                      "Too long: may not be more than " + std::to_string(*most) +
                          (*most == 1 ? " byte" : " bytes")});
  }
  const std::string pattern = textAt(schema, {"pattern"});
  if (!pattern.empty() && compiled(pattern) && !std::regex_search(text, *compiled(pattern))) {
    causes.push_back(invalidText(path, text, inBody(path, "should match '" + pattern + "'")));
  }
  if (textAt(schema, {"format"}) == "date-time" && !timing::parseRfc3339(text)) {
    Cause cause =
        invalidText(path, text, inBody(path, "must be of type date-time: " + quoted(text)));
    cause.reason = "FieldValueTypeInvalid";
    causes.push_back(std::move(cause));
  }
}

void Schema::checkAlternatives(const json::Value& value, const json::Value& schema,
                               const std::string& path, std::vector<Cause>& causes) const {
  const auto accepting = [&](std::string_view keyword) -> std::optional<std::ptrdiff_t> {
    const json::Value* listed = valueAt(schema, {keyword});
    if (listed == nullptr || listed->array() == nullptr) return std::nullopt;
    return std::count_if(listed->array()->begin(), listed->array()->end(),
                         [&](const json::Value& each) { return accepts(value, each); });
  };
  const auto refuse = [&](std::string_view problem) {
    causes.push_back(invalidText(path, typeName(value), inBody(path, problem)));
  };

  if (const json::Value* all = valueAt(schema, {"allOf"}); all != nullptr && all->array()) {
    for (const json::Value& each : *all->array()) check(value, each, path, causes);
  }
  if (accepting("anyOf").value_or(1) == 0) {
    refuse("must validate at least one schema (anyOf)");
  }
  if (accepting("oneOf").value_or(1) != 1) {
    refuse("must validate one and only one schema (oneOf)");
  }
  if (const json::Value* none = valueAt(schema, {"not"}); none && accepts(value, *none)) {
    refuse("must not validate the schema (not)");
  }
}

bool Schema::accepts(const json::Value& value, const json::Value& schema) const {
  std::vector<Cause> causes;
  check(value, schema, "alternative", causes);
  return causes.empty();
}

// RE2 patterns that ECMAScript's grammar can't express are let pass.
const std::optional<std::regex>& Schema::compiled(const std::string& pattern) const {
  const auto [entry, fresh] = patterns_.try_emplace(pattern);
  if (fresh) {
    try {
      entry->second.emplace(pattern);
    } catch (const std::regex_error&) {
    }
  }
  return entry->second;
}

}  // namespace sim
