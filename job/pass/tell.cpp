#include "job/pass/tell.h"

#include <cstdint>
#include <cstdio>

#include "common/time/rfc3339.h"
#include "job/model/names.h"

namespace job {
namespace {

/// The API server's limit for note, in bytes.
constexpr std::size_t kMaxNote = 1024;
constexpr std::size_t kMaxInstance = 128;

std::string cutUtf8(std::string text, std::size_t limit) {
  if (text.size() <= limit) return text;
  std::size_t end = limit;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  return text;
}

}  // namespace

void tell(Session& session, const NooBaaSystem& system, Severity severity,
          const std::string& reason, const std::string& action, const std::string& note) {
  const timing::Instant now = session.clock.now();
  char suffix[24];
  std::snprintf(suffix, sizeof suffix, ".%llx",
                static_cast<unsigned long long>(now.time_since_epoch().count()) * 1000);
  json::Value event;
  event["apiVersion"] = eventType().apiVersion();
  event["kind"] = eventType().kind;
  event["metadata"]["name"] = system.name + "." + reason + suffix;
  // Names of objects are lower case.
  for (char& c : *event["metadata"]["name"].string()) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  event["metadata"]["namespace"] = session.name_space;
  event["eventTime"] = timing::formatMicroTime(now);
  event["type"] = severity == Severity::kNormal ? "Normal" : "Warning";
  event["reason"] = reason;
  event["action"] = action;
  event["note"] = cutUtf8(note, kMaxNote);
  event["reportingController"] = "noobaa.io/" + std::string(kProgramName);
  event["reportingInstance"] = cutUtf8(session.holder, kMaxInstance);
  json::Value& regarding = event["regarding"];
  regarding["apiVersion"] = nooBaaType().apiVersion();
  regarding["kind"] = nooBaaType().kind;
  regarding["namespace"] = session.name_space;
  regarding["name"] = system.name;
  regarding["uid"] = system.uid;
  regarding["resourceVersion"] = system.resource_version;

  const k8s::CallContext brief{timing::Deadline::in(session.clock, std::chrono::seconds(5)),
                               session.stop, session.idle};
  const auto created = session.client.create({eventType(), session.name_space, ""}, event,
                                             k8s::Idempotency::kNo, brief);
  if (!created) {
    session.log.debug("an Event could not be recorded",
                      {{"reason", reason}, {"error", created.error().describe()}});
  }
}

}  // namespace job
