#include "tests/sim/listing.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <tuple>
#include <utility>
#include <vector>

#include "tests/sim/continue_token.h"
#include "tests/sim/object_meta.h"

namespace sim {
namespace {

constexpr const char* kExpiredToken =
    "The provided continue parameter is too old to display a consistent list result. You can start "
    "a new list without the continue parameter, or use the continue token in this response to "
    "retrieve the remainder of the results. Continuing with the provided token results in an "
    "inconsistent list - objects that were created, modified, or deleted between the time the "
    "first chunk was returned and now may show up in the list.";

template <typename Number>
std::optional<Number> parsedNumber(const std::string& text) {
  Number number = 0;
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return number;
}

struct Snapshot {
  std::vector<StoredObject> objects;
  std::uint64_t revision = 0;
};

Snapshot current(const ObjectStore& store, const ServedType& type, const std::string& name_space) {
  return {store.list(type.type().qualifiedName(), name_space), store.revision()};
}

Outcome<Snapshot> continued(const ObjectStore& store, const ServedType& type,
                            const std::string& name_space, const RequestTarget& target) {
  if (target.has("resourceVersion") && !target.parameter("resourceVersion").empty()) {
    return tl::unexpected(
        badRequest("specifying resource version is not allowed when using continue"));
  }
  std::optional<ContinueToken> token = ContinueToken::decode(target.parameter("continue"));
  if (!token)
    return tl::unexpected(badRequest("invalid continue token: continue key is not valid"));

  Snapshot snapshot = current(store, type, name_space);
  if (token->revision >= 0) {
    const auto revision = static_cast<std::uint64_t>(token->revision);
    if (revision < store.compactedRevision()) {
      StatusError error = expired(kExpiredToken);
      token->revision = -1;
      error.continue_token = token->encode();
      return tl::unexpected(std::move(error));
    }
    snapshot = {store.listAt(type.type().qualifiedName(), name_space, revision), revision};
  }
  std::erase_if(snapshot.objects, [&](const StoredObject& object) {
    return std::tuple(namespaceOf(*object), nameOf(*object)) <=
           std::tuple(token->last_name_space, token->last_name);
  });
  return snapshot;
}

Outcome<Snapshot> started(const ObjectStore& store, const ServedType& type,
                          const std::string& name_space, const RequestTarget& target) {
  const Outcome<std::optional<std::uint64_t>> version = resourceVersionParameter(target);
  if (!version) return tl::unexpected(version.error());
  const std::string match = target.parameter("resourceVersionMatch");
  if (!match.empty() && !*version) {
    return tl::unexpected(invalidOptions(
        "ListOptions",
        forbiddenField("resourceVersionMatch",
                       "resourceVersionMatch is forbidden unless resourceVersion is provided")));
  }
  if (!match.empty() && match != "Exact" && match != "NotOlderThan") {
    return tl::unexpected(
        invalidOptions("ListOptions", unsupportedValue("resourceVersionMatch", quoted(match),
                                                       "\"Exact\", \"NotOlderThan\", \"\"")));
  }
  if (match == "Exact" && **version == 0) {
    return tl::unexpected(invalidOptions(
        "ListOptions",
        forbiddenField("resourceVersionMatch",
                       "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"")));
  }
  if (!*version || **version == 0) return current(store, type, name_space);

  const std::uint64_t wanted = **version;
  if (wanted > store.revision()) {
    return tl::unexpected(
        tooLargeResourceVersion(std::to_string(wanted), std::to_string(store.revision())));
  }
  const bool exact = match == "Exact" || (match.empty() && target.has("limit"));
  if (!exact) return current(store, type, name_space);
  if (wanted < store.compactedRevision()) {
    return tl::unexpected(expired("The resourceVersion for the provided list is too old."));
  }
  return Snapshot{store.listAt(type.type().qualifiedName(), name_space, wanted), wanted};
}

/// How many objects a page holds; 0 is no limit.
Outcome<std::size_t> limitOf(const RequestTarget& target) {
  const std::string text = target.parameter("limit");
  if (text.empty()) return std::size_t{0};
  const std::optional<std::int64_t> limit = parsedNumber<std::int64_t>(text);
  if (!limit) {
    return tl::unexpected(
        badRequest("strconv.ParseInt: parsing " + quoted(text) + ": invalid syntax"));
  }
  // A list from the watch cache comes whole.
  if (target.parameter("resourceVersion") == "0" && target.parameter("continue").empty()) {
    return std::size_t{0};
  }
  return static_cast<std::size_t>(std::max<std::int64_t>(*limit, 0));
}

}  // namespace

Outcome<Selection> selectionOf(const RequestTarget& target) {
  auto labels = LabelSelector::parse(target.parameter("labelSelector"));
  if (!labels) return tl::unexpected(badRequest(labels.error()));
  auto fields = FieldSelector::parse(target.parameter("fieldSelector"));
  if (!fields) return tl::unexpected(badRequest(fields.error()));
  return Selection{std::move(*labels), std::move(*fields)};
}

Outcome<std::optional<std::uint64_t>> resourceVersionParameter(const RequestTarget& target) {
  const std::string text = target.parameter("resourceVersion");
  if (text.empty()) return std::optional<std::uint64_t>();
  const std::optional<std::uint64_t> version = parsedNumber<std::uint64_t>(text);
  if (!version) {
    return tl::unexpected(
        badRequest("invalid resource version: resourceVersion: Invalid value: " + quoted(text) +
                   ": strconv.ParseUint: parsing " + quoted(text) + ": invalid syntax"));
  }
  return version;
}

Outcome<json::Value> listPage(const ObjectStore& store, const ServedType& type,
                              const std::string& name_space, const RequestTarget& target) {
  const Outcome<Selection> selection = selectionOf(target);
  if (!selection) return tl::unexpected(selection.error());
  const Outcome<std::size_t> limit = limitOf(target);
  if (!limit) return tl::unexpected(limit.error());
  Outcome<Snapshot> snapshot = target.parameter("continue").empty()
                                   ? started(store, type, name_space, target)
                                   : continued(store, type, name_space, target);
  if (!snapshot) return tl::unexpected(snapshot.error());

  std::vector<StoredObject>& objects = snapshot->objects;
  std::erase_if(objects, [&](const StoredObject& object) { return !selection->matches(*object); });

  json::Object metadata{{"resourceVersion", std::to_string(snapshot->revision)}};
  if (type.custom) metadata.set("continue", "");
  if (*limit != 0 && objects.size() > *limit) {
    const json::Value& last = *objects[*limit - 1];
    const ContinueToken token{static_cast<std::int64_t>(snapshot->revision), namespaceOf(last),
                              nameOf(last)};
    metadata.set("continue", token.encode());
    // How many remain is only known without looking at each.
    if (selection->empty()) {
      metadata.set("remainingItemCount", static_cast<std::int64_t>(objects.size() - *limit));
    }
    objects.resize(*limit);
  }

  json::Array items;
  for (const StoredObject& object : objects) {
    json::Value item = presented(type, *object);
    if (!type.custom) {
      item.object()->erase("apiVersion");
      item.object()->erase("kind");
    }
    items.push_back(std::move(item));
  }
  return json::Object{{"apiVersion", type.type().apiVersion()},
                      {"kind", type.list_kind},
                      {"metadata", std::move(metadata)},
                      {"items", std::move(items)}};
}

json::Value presented(const ServedType& type, const json::Value& object) {
  json::Value copy = object;
  copy["apiVersion"] = type.type().apiVersion();
  return copy;
}

}  // namespace sim
