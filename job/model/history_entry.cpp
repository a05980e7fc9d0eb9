#include "job/model/history_entry.h"

#include <iterator>

#include "common/json/parse.h"
#include "common/json/view.h"
#include "common/json/write.h"
#include "common/time/rfc3339.h"

namespace job {
namespace {

std::size_t sizeOf(const HistoryEntry& entry) {
  return json::write(toJson(entry)).size();
}

std::size_t namesIn(const HistoryEntry& entry) {
  std::size_t count = 0;
  for (const auto& [reason, names] : entry.deleted) count += names.size();
  return count;
}

/// With the first `count` names of all, the others counted.
HistoryEntry withNames(const HistoryEntry& whole, std::size_t count) {
  HistoryEntry entry = whole;
  for (auto& [reason, names] : entry.deleted) {
    if (names.size() > count) {
      entry.deleted_left_out += std::ssize(names) - static_cast<std::int64_t>(count);
      names.resize(count);
    }
    count -= names.size();
  }
  std::erase_if(entry.deleted, [](const auto& group) { return group.second.empty(); });
  return entry;
}

}  // namespace

std::string HistoryEntry::text(std::string_view key) const {
  const json::Value* value = result.find(key);
  return value == nullptr || value->string() == nullptr ? "" : *value->string();
}

std::vector<std::string> HistoryEntry::texts(std::string_view key) const {
  std::vector<std::string> texts;
  const json::Value* value = result.find(key);
  if (value == nullptr || value->array() == nullptr) return texts;
  for (const json::Value& each : *value->array()) {
    if (each.string() != nullptr) texts.push_back(*each.string());
  }
  return texts;
}

std::int64_t HistoryEntry::number(std::string_view key) const {
  const json::Value* value = result.find(key);
  return value == nullptr || value->integer() == nullptr ? 0 : *value->integer();
}

std::int64_t HistoryEntry::deletions() const {
  return static_cast<std::int64_t>(namesIn(*this)) + deleted_left_out;
}

json::Value toJson(const HistoryEntry& entry) {
  json::Object deleted;
  for (const auto& [reason, names] : entry.deleted) {
    deleted.set(reason, json::Array(names.begin(), names.end()));
  }
  return json::Object{{"at", timing::formatRfc3339(entry.at)},
                      {"runID", entry.run_id},
                      {"result", entry.result},
                      {"deleted", std::move(deleted)},
                      {"deletedLeftOut", entry.deleted_left_out}};
}

std::string writeHistoryEntry(HistoryEntry entry) {
  if (sizeOf(entry) > kHistoryEntryLimit) {
    std::size_t fits = 0;
    for (std::size_t beyond = namesIn(entry); beyond - fits > 1;) {
      const std::size_t count = fits + (beyond - fits) / 2;
      (sizeOf(withNames(entry, count)) <= kHistoryEntryLimit ? fits : beyond) = count;
    }
    entry = withNames(entry, fits);
  }
  return json::write(toJson(entry));
}

tl::expected<HistoryEntry, std::string> readHistoryEntry(std::string_view text) {
  const auto parsed = json::parse(text);
  if (!parsed) return tl::unexpected(parsed.error());
  json::Decoder decoder(*parsed);
  const json::View root = decoder.root();
  HistoryEntry entry{.at = {},
                     .run_id = root["runID"].stringOr(""),
                     .result = {},
                     .deleted = {},
                     .deleted_left_out = root["deletedLeftOut"].integerOr(0)};
  const std::string at = root["at"].string();
  if (const auto instant = timing::parseRfc3339(at)) {
    entry.at = *instant;
  } else {
    root["at"].fail(instant.error());
  }
  const json::Value* result = root["result"].value();
  if (result != nullptr && result->object() != nullptr) {
    entry.result = *result->object();
  } else {
    root["result"].fail("must be an object");
  }
  const json::View deleted = root["deleted"];
  if (deleted.present() && deleted.value()->object() == nullptr) {
    deleted.fail("must be an object");
  } else if (deleted.present()) {
    for (const auto& [reason, names] : *deleted.value()->object()) {
      entry.deleted[reason] = deleted[reason].strings();
    }
  }
  auto read = decoder.finish(std::move(entry));
  if (!read) return tl::unexpected(read.error().message());
  return *std::move(read);
}

}  // namespace job
