#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/json/view.h"
#include "job/model/timestamp.h"

namespace job {

/// What every object's metadata tells the worker. Name, uid and resourceVersion are required:
/// deleting without them as preconditions could hit another object of the name.
struct ObjectMeta {
  std::string name;
  std::string name_space;
  std::string uid;
  std::string resource_version;
  Timestamp created;
  bool deleting = false;
};
ObjectMeta readObjectMeta(const json::View& object);

/// "" when there is no such label.
std::string labelOf(const json::View& object, std::string_view key);
std::optional<std::string> annotationOf(const json::View& object, std::string_view key);

/// Made by this program: label noobaa.io/db-backup is "true".
bool isLabelledOurs(const json::View& object);
/// Annotation noobaa.io/db-backup-hold is there, with any value but "false".
bool isAnnotatedHeld(const json::View& object);

}  // namespace job
