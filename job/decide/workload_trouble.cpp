#include "job/decide/workload_trouble.h"

#include <cstdint>

#include "common/text/in_quotes.h"

namespace job {
namespace {

/// So often a container has to have ended before it is said that it never comes up.
constexpr std::int64_t kRestartsOfALoop = 3;

std::string nameOf(const json::View& object) {
  return object["metadata"]["name"].stringOr("");
}

}  // namespace

std::string because(const std::string& reason, const std::string& message) {
  if (message.empty()) return reason;
  return reason.empty() ? message : message + " (" + reason + ")";
}

std::string lastWarningAbout(const std::vector<json::Value>& events, const std::string& claim) {
  std::string text;
  std::string newest;
  for (const json::Value& object : events) {
    json::Decoder decoder(object);
    const json::View event = decoder.root();
    const json::View about =
        event["regarding"].present() ? event["regarding"] : event["involvedObject"];
    if (event["type"].stringOr("") != "Warning" || about["name"].stringOr("") != claim ||
        about["kind"].stringOr("") != "PersistentVolumeClaim") {
      continue;
    }
    // RFC 3339 in UTC, which the API server writes, sorts as text.
    const std::string time = event["series"]["lastObservedTime"].stringOr(
        event["deprecatedLastTimestamp"].stringOr(event["lastTimestamp"].stringOr(
            event["eventTime"].stringOr(event["metadata"]["creationTimestamp"].stringOr("")))));
    if (time < newest) continue;
    newest = time;
    text = because(event["reason"].stringOr(""),
                   event["note"].stringOr(event["message"].stringOr("")));
  }
  return text;
}

std::string whyPodWaits(const json::View& pod) {
  std::string words;
  for (const json::View& condition : pod["status"]["conditions"].elements()) {
    if (condition["type"].stringOr("") == "PodScheduled" &&
        condition["status"].stringOr("") == "False") {
      words = "; Pod " + nameOf(pod) + " can't be scheduled: " +
              condition["message"].stringOr(condition["reason"].stringOr(""));
    }
  }
  for (const char* kind : {"initContainerStatuses", "containerStatuses"}) {
    for (const json::View& container : pod["status"][kind].elements()) {
      const json::View waiting = container["state"]["waiting"];
      if (waiting["reason"].stringOr("").find("Image") == std::string::npos) continue;
      words = "; Pod " + nameOf(pod) + " can't get its image: " +
              because(waiting["reason"].stringOr(""), waiting["message"].stringOr(""));
    }
  }
  return words;
}

bool isCrashLooping(const json::View& container) {
  return container["state"]["waiting"]["reason"].stringOr("") == "CrashLoopBackOff" &&
         container["restartCount"].integerOr(0) >= kRestartsOfALoop;
}

std::string whyCrashLooping(const json::View& pod, const json::View& container) {
  const json::View ended = container["lastState"]["terminated"];
  const std::string message = ended["message"].stringOr("");
  return "container " + container["name"].stringOr("?") + " of Pod " + nameOf(pod) +
         " ends again and again (" + std::to_string(container["restartCount"].integerOr(0)) +
         " restarts" +
         (ended.present()
              ? ", last with exit code " + std::to_string(ended["exitCode"].integerOr(0))
              : std::string()) +
         (message.empty() ? "" : ": " + text::inQuotes(message)) +
         "): its data or its PostgreSQL major is wrong; see kubectl logs " + nameOf(pod);
}

}  // namespace job
