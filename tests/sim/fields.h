#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "common/json/value.h"
#include "tests/sim/json_path.h"

namespace sim {

/// Where in an object: {"status", "phase"}.
using Path = std::initializer_list<std::string_view>;

/// The integer there, `fallback` when there is none.
std::int64_t numberAt(const json::Value& object, Path path, std::int64_t fallback = 0);
/// The elements there, none when it is no array.
json::Array elementsAt(const json::Value& object, Path path);
/// Something is there, if only an empty object.
bool hasAt(const json::Value& object, Path path);

/// The place itself, made when it is missing.
json::Value& placeAt(json::Value& object, Path path);
void eraseAt(json::Value& object, Path path);

std::string label(const json::Value& object, std::string_view key);
std::string annotation(const json::Value& object, std::string_view key);
void setLabel(json::Value& object, std::string_view key, std::string value);
void setAnnotation(json::Value& object, std::string_view key, std::string value);

/// Parses a literal that is known to be JSON; aborts when it isn't.
json::Value literal(std::string_view text);

}  // namespace sim
