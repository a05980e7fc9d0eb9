#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/json/value.h"
#include "tests/sim/object_store.h"
#include "tests/sim/request_target.h"
#include "tests/sim/selectors.h"
#include "tests/sim/status_error.h"
#include "tests/sim/type_registry.h"

namespace sim {

/// The label and field selectors of a list or watch request.
Outcome<Selection> selectionOf(const RequestTarget& target);
/// The resourceVersion parameter; empty when absent.
Outcome<std::optional<std::uint64_t>> resourceVersionParameter(const RequestTarget& target);

/// One page of a list: a <Kind>List.
Outcome<json::Value> listPage(const ObjectStore& store, const ServedType& type,
                              const std::string& name_space, const RequestTarget& target);

/// A stored object as a request for this version of its type sees it.
json::Value presented(const ServedType& type, const json::Value& object);

}  // namespace sim
