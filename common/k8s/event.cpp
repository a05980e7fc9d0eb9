#include "common/k8s/event.h"

#include <charconv>
#include <chrono>
#include <cstdint>
#include <string_view>

#include "common/text/utf8.h"
#include "common/time/rfc3339.h"

namespace k8s {
namespace {

using std::chrono::seconds;

// Bytes, not characters: kubernetes pkg/apis/core/validation/events.go.
constexpr std::size_t kLongestReason = 128;
constexpr std::size_t kLongestAction = 128;
constexpr std::size_t kLongestInstance = 128;
constexpr std::size_t kLongestNote = 1024;
constexpr std::size_t kLongestName = 253;

constexpr int kTries = 2;
constexpr seconds kPatience{5};

const ResourceType kEvents{"events.k8s.io", "v1", "events", "Event"};

std::string cut(const std::string& text, std::size_t limit) {
  return std::string(text::cutUtf8(text::validUtf8(text), limit));
}

std::string hexadecimal(std::uint64_t number) {
  char text[16];
  const auto end = std::to_chars(text, text + sizeof text, number, 16).ptr;
  return {text, end};
}

/// `text` as a DNS subdomain of at most `limit` bytes: names of some types, RBAC's for one, are
/// none.
std::string subdomain(const std::string& text, std::size_t limit) {
  std::string out;
  bool after_letter = false;  // labels begin and end with a letter or digit
  for (const char c : text) {
    if (out.size() == limit) break;
    const bool upper = c >= 'A' && c <= 'Z';
    const bool letter = upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (letter) {
      out += upper ? static_cast<char>(c - 'A' + 'a') : c;
    } else if (after_letter) {
      out += c == '.' ? '.' : '-';
    }
    after_letter = letter;
  }
  if (!out.empty() && !after_letter) out.pop_back();
  return out.empty() ? "unnamed" : out;
}

/// FNV-1a: the same for the same text, in every process.
std::uint64_t digest(std::string_view text) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return hash;
}

/// How often a call was tried makes an error no other (client.h, ApiError::message).
std::string withoutAttempts(std::string text) {
  constexpr std::string_view kStart = " (attempt ";
  for (auto at = text.find(kStart); at != std::string::npos; at = text.find(kStart, at)) {
    const auto end = text.find(')', at);
    text.erase(at, end == std::string::npos ? end : end - at + 1);
  }
  return text;
}

/// As client-go names events: <object>.<nanoseconds in hexadecimal>. The clock counts microseconds;
/// `serial` tells events of the same one apart. What is told once is named by what it says.
std::string nameOf(const Event& event, timing::Instant now, std::int64_t serial) {
  const auto microseconds = static_cast<std::uint64_t>(now.time_since_epoch().count());
  const std::uint64_t number =
      event.once
          ? digest(event.regarding.uid + "\n" + event.reason + "\n" + withoutAttempts(event.note))
          : microseconds * 1000 + static_cast<std::uint64_t>(serial % 1000);
  const std::string suffix = "." + hexadecimal(number);
  return subdomain(event.regarding.ref.name, kLongestName - suffix.size()) + suffix;
}

json::Value regardingOf(const Regarding& regarding) {
  json::Object object{{"apiVersion", regarding.ref.type.apiVersion()},
                      {"kind", regarding.ref.type.kind},
                      {"name", regarding.ref.name}};
  if (!regarding.ref.name_space.empty()) object.set("namespace", regarding.ref.name_space);
  if (!regarding.uid.empty()) object.set("uid", regarding.uid);
  if (!regarding.resource_version.empty()) {
    object.set("resourceVersion", regarding.resource_version);
  }
  return object;
}

json::Value objectOf(const Event& event, const ObjectRef& ref, timing::Instant now) {
  return json::Object{{"apiVersion", kEvents.apiVersion()},
                      {"kind", kEvents.kind},
                      {"metadata", json::Object{{"name", ref.name}, {"namespace", ref.name_space}}},
                      {"eventTime", timing::formatMicroTime(now)},
                      {"type", event.type == Event::Type::kNormal ? "Normal" : "Warning"},
                      {"reason", cut(event.reason, kLongestReason)},
                      {"action", cut(event.action, kLongestAction)},
                      {"note", cut(event.note, kLongestNote)},
                      {"regarding", regardingOf(event.regarding)},
                      {"reportingController", event.reporting_controller},
                      {"reportingInstance", cut(event.reporting_instance, kLongestInstance)}};
}

}  // namespace

void recordEvent(Client& client, const Event& event, const CallContext& context) {
  const timing::Instant now = client.clock().now();
  const std::string& name_space = event.regarding.ref.name_space;
  const ObjectRef ref{kEvents,
                      // Where those of cluster-scoped objects must be.
                      name_space.empty() ? "default" : name_space,
                      nameOf(event, now, client.counts().requests)};
  CallContext brief = context;
  brief.deadline = context.deadline.earlier(timing::Deadline::in(client.clock(), kPatience));
  brief.max_attempts = kTries;
  const auto created = client.create(ref, objectOf(event, ref, now), Idempotency::kYes, brief);
  // The name is of this moment: what exists is from a first try whose answer was lost. Or it is of
  // what is told only once.
  if (created || created.error().isAlreadyExists()) return;
  client.log().debug("an Event could not be recorded",
                     {{"reason", event.reason}, {"error", created.error().describe()}});
}

}  // namespace k8s
