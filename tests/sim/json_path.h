#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "common/json/value.h"

namespace sim {

/// The value at a path of member names; nullptr when a member on the way is absent or no object.
const json::Value* valueAt(const json::Value& root, std::initializer_list<std::string_view> path);
json::Value* valueAt(json::Value& root, std::initializer_list<std::string_view> path);

/// The string there; empty when absent or of another type.
std::string textAt(const json::Value& root, std::initializer_list<std::string_view> path);
/// The strings of the array there; none when absent.
std::vector<std::string> textsAt(const json::Value& root,
                                 std::initializer_list<std::string_view> path);
bool flagAt(const json::Value& root, std::initializer_list<std::string_view> path);

json::Value arrayOf(const std::vector<std::string>& texts);

}  // namespace sim
