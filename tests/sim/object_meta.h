#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/json/value.h"
#include "tests/sim/status_error.h"

namespace sim {

std::string nameOf(const json::Value& object);
std::string namespaceOf(const json::Value& object);
std::string uidOf(const json::Value& object);
std::string resourceVersionOf(const json::Value& object);
bool isTerminating(const json::Value& object);
std::vector<std::string> finalizersOf(const json::Value& object);

/// metav1.OwnerReference, as far as garbage collection needs it.
struct Owner {
  std::string api_version;
  std::string kind;
  std::string name;
  std::string uid;
};
std::vector<Owner> ownersOf(const json::Value& object);

/// Shapes that make decoding fail before any validation: a label that is no string, a name that is
/// a number. Empty when there is none.
std::string undecodableMetadata(const json::Value& object);

/// Removes the members that metav1.ObjectMeta doesn't have; returns their paths.
std::vector<std::string> pruneMetadata(json::Value& object);

enum class NameRule { kSubdomain, kLabel };

/// What validation has against the metadata, on creation and update alike.
std::vector<Cause> metadataCauses(const json::Value& object, NameRule rule);
/// What it has besides against changing `before` to `after`.
std::vector<Cause> metadataUpdateCauses(const json::Value& before, const json::Value& after);

std::vector<std::string> subdomainProblems(std::string_view name);
std::vector<std::string> labelNameProblems(std::string_view name);
std::vector<std::string> labelValueProblems(std::string_view value);
std::vector<std::string> qualifiedNameProblems(std::string_view name);

}  // namespace sim
