#include "job/model/scheduled_backup.h"

#include "job/model/object_meta.h"

namespace job {
namespace {

std::string controllerKind(const json::View& object) {
  for (const json::View& owner : object["metadata"]["ownerReferences"].elements()) {
    if (owner["controller"].booleanOr(false)) return owner["kind"].stringOr("");
  }
  return "";
}

}  // namespace

tl::expected<ScheduledBackup, json::Error> readScheduledBackup(const json::Value& object) {
  json::Decoder decoder(object);
  const json::View root = decoder.root();
  ObjectMeta meta = readObjectMeta(root);
  return decoder.finish(ScheduledBackup{
      .name = std::move(meta.name),
      .uid = std::move(meta.uid),
      .cluster = root["spec"]["cluster"]["name"].string(),
      .suspended = root["spec"]["suspend"].booleanOr(false),
      .owner_kind = controllerKind(root),
  });
}

}  // namespace job
