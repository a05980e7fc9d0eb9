#include "tests/sim/watch_stream.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "common/json/write.h"
#include "tests/sim/status_error.h"

namespace sim {
namespace {

constexpr std::chrono::seconds kBookmarkInterval{60};
constexpr std::chrono::seconds kLastBookmarkBeforeEnd{2};

std::string eventLine(const char* type, const json::Value& object) {
  return json::write(json::Object{{"type", type}, {"object", object}}) + "\n";
}

}  // namespace

WatchStream::WatchStream(const ObjectStore& store, const timing::Clock& clock,
                         const int& expirations, Options options)
    : store_(store),
      clock_(clock),
      expirations_(expirations),
      options_(std::move(options)),
      opened_revision_(store.revision()),
      opened_expirations_(expirations),
      opened_at_(clock.monotonic()),
      ends_at_(opened_at_ + options_.timeout),
      next_bookmark_(opened_at_ + kBookmarkInterval) {}

std::vector<std::string> WatchStream::poll() {
  std::vector<std::string> lines;
  if (ended_) return lines;
  if (options_.expired || expirations_ != opened_expirations_) {
    ended_ = true;
    const StatusError error =
        expired("too old resource version: " + std::to_string(options_.position) + " (" +
                std::to_string(std::max(store_.compactedRevision(), options_.position + 1)) + ")");
    lines.push_back(eventLine("ERROR", statusObject(error)));
    return lines;
  }

  if (!std::exchange(started_, true) && options_.initial_objects) {
    addInitialObjects(lines);
    options_.position = store_.revision();
    if (options_.initial_bookmark) lines.push_back(bookmark(true));
  }
  for (const StoredChange& change : store_.since(options_.position)) {
    options_.position = change.revision;
    addEvent(change, lines);
  }
  if (options_.bookmarks && bookmarkIsDue()) lines.push_back(bookmark(false));
  return lines;
}

timing::Instant WatchStream::endsAt() const {
  // Counted on the monotonic clock: setting the wall clock must not lengthen a watch.
  const auto left = ends_at_ - clock_.monotonic();
  return clock_.now() + std::chrono::ceil<timing::Instant::duration>(left);
}

void WatchStream::addInitialObjects(std::vector<std::string>& lines) const {
  const std::string resource = options_.type->type().qualifiedName();
  for (const StoredObject& object : store_.list(resource, options_.name_space)) {
    if (options_.selection.matches(*object)) lines.push_back(line("ADDED", *object));
  }
}

/// An object that starts or stops matching the selectors is added or deleted as far as this watch
/// can see.
void WatchStream::addEvent(const StoredChange& change, std::vector<std::string>& lines) const {
  if (change.key.resource != options_.type->type().qualifiedName()) return;
  if (!options_.name_space.empty() && change.key.name_space != options_.name_space) return;

  const bool before = change.before != nullptr && options_.selection.matches(*change.before);
  const bool after =
      change.type != Change::Type::kDeleted && options_.selection.matches(*change.object);
  if (before && after) {
    lines.push_back(line("MODIFIED", *change.object));
  } else if (after) {
    lines.push_back(line("ADDED", *change.object));
  } else if (before) {
    json::Value last = change.type == Change::Type::kDeleted ? *change.object : *change.before;
    last["metadata"]["resourceVersion"] = std::to_string(change.revision);
    lines.push_back(line("DELETED", last));
  }
}

std::string WatchStream::line(const char* type, const json::Value& object) const {
  return eventLine(type, presented(*options_.type, object));
}

std::string WatchStream::bookmark(bool ends_initial_objects) const {
  json::Object metadata{{"resourceVersion", std::to_string(options_.position)}};
  if (ends_initial_objects) {
    metadata.set("annotations", json::Object{{"k8s.io/initial-events-end", "true"}});
  }
  return eventLine("BOOKMARK", json::Object{{"kind", options_.type->type().kind},
                                            {"apiVersion", options_.type->type().apiVersion()},
                                            {"metadata", std::move(metadata)}});
}

/// A bookmark says where the client can go on, so there is none before anything has happened since
/// the watch was opened.
bool WatchStream::bookmarkIsDue() {
  const timing::Monotonic now = clock_.monotonic();
  const bool last = now >= std::max(ends_at_ - kLastBookmarkBeforeEnd, opened_at_);
  if (last ? last_bookmark_sent_ : now < next_bookmark_) return false;
  if (last) last_bookmark_sent_ = true;
  next_bookmark_ = now + kBookmarkInterval;
  if (store_.revision() <= opened_revision_) return false;
  options_.position = store_.revision();
  return true;
}

}  // namespace sim
