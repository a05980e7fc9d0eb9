#include "job/model/object_meta.h"

#include "job/model/names.h"

namespace job {

ObjectMeta readObjectMeta(const json::View& object) {
  const json::View metadata = object["metadata"];
  return {
      .name = metadata["name"].string(),
      .name_space = metadata["namespace"].stringOr(""),
      .uid = metadata["uid"].string(),
      // Absent in the answer to a dry run, for nothing was stored.
      .resource_version = metadata["resourceVersion"].stringOr(""),
      .created = Timestamp::read(metadata["creationTimestamp"].stringOr("")),
      .deleting = metadata["deletionTimestamp"].present(),
  };
}

std::string labelOf(const json::View& object, std::string_view key) {
  return object["metadata"]["labels"][key].stringOr("");
}

std::optional<std::string> annotationOf(const json::View& object, std::string_view key) {
  return object["metadata"]["annotations"][key].optionalString();
}

bool isLabelledOurs(const json::View& object) {
  return labelOf(object, kOursLabel) == "true";
}

bool isAnnotatedHeld(const json::View& object) {
  const std::optional<std::string> hold = annotationOf(object, kHoldAnnotation);
  return hold.has_value() && *hold != "false";
}

}  // namespace job
