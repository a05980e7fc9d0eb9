#include "job/model/cron_job.h"

#include "job/model/names.h"
#include "job/model/object_meta.h"

namespace job {

tl::expected<CronJob, json::Error> readCronJob(const json::Value& object) {
  json::Decoder decoder(object);
  const json::View root = decoder.root();
  ObjectMeta meta = readObjectMeta(root);
  const json::View spec = root["spec"];
  return decoder.finish(CronJob{
      .name = std::move(meta.name),
      .resource_version = std::move(meta.resource_version),
      .schedule = spec["schedule"].string(),
      .time_zone = spec["timeZone"].stringOr(""),
      .starting_deadline = spec["startingDeadlineSeconds"].optionalInteger(),
      .created = meta.created,
      .suspended = spec["suspend"].booleanOr(false),
      .suspended_for = annotationOf(root, kSuspendedAnnotation).value_or(""),
  });
}

}  // namespace job
