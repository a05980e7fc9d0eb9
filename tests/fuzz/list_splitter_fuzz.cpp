#include "common/k8s/list_splitter.h"

#include <algorithm>
#include <optional>
#include <string>

#include "common/json/parse.h"
#include "common/json/view.h"
#include "common/json/write.h"
#include "tests/fuzz/fuzz.h"

namespace {

using json::Value;
using k8s::ListSplitter;

struct Outcome {
  std::vector<std::string> items;
  std::optional<ListSplitter::ListMeta> meta;
  std::string error;
};

bool operator==(const Outcome& a, const Outcome& b) {
  return a.items == b.items && a.error == b.error && a.meta.has_value() == b.meta.has_value() &&
         (!a.meta || (a.meta->resource_version == b.meta->resource_version &&
                      a.meta->continue_token == b.meta->continue_token));
}

Outcome split(const std::vector<std::string_view>& pieces) {
  Outcome outcome;
  ListSplitter splitter([&](const Value& item) { outcome.items.push_back(json::write(item)); });
  for (const std::string_view piece : pieces) {
    if (!splitter.feed(piece)) break;
  }
  fuzz::require(splitter.delivered() == outcome.items.size(), "it counts what it delivers");
  if (auto meta = splitter.finish()) {
    outcome.meta = *std::move(meta);
  } else {
    outcome.error = meta.error();
  }
  return outcome;
}

/// What a parse of the whole document makes of it; nothing when it is no list.
std::optional<Outcome> listOf(const Value& document) {
  const json::Object* root = document.object();
  const Value* items = root == nullptr ? nullptr : root->find("items");
  if (items == nullptr) return std::nullopt;
  if (items->array() == nullptr && !items->isNull()) return std::nullopt;
  const Value* kind = root->find("kind");
  if (kind != nullptr && kind->string() != nullptr && *kind->string() == "Status") {
    return std::nullopt;
  }
  Outcome outcome;
  if (items->array() != nullptr) {
    for (const Value& item : *items->array()) {
      if (item.object() == nullptr) return std::nullopt;
      outcome.items.push_back(json::write(item));
    }
  }
  json::Decoder decoder(document);
  const json::View metadata = decoder.root()["metadata"];
  outcome.meta = ListSplitter::ListMeta{metadata["resourceVersion"].stringOr(""),
                                        metadata["continue"].stringOr("")};
  if (decoder.error()) return std::nullopt;
  return outcome;
}

std::size_t membersIn(const Value& value) {
  std::size_t count = 0;
  if (value.array() != nullptr) {
    for (const Value& element : *value.array()) count += membersIn(element);
  }
  if (value.object() != nullptr) {
    for (const auto& [name, member] : *value.object()) count += 1 + membersIn(member);
  }
  return count;
}

/// Each member of an object brings one colon that is in no string.
std::size_t colonsOutsideStrings(std::string_view text) {
  std::size_t count = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (in_string && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      in_string = !in_string;
    } else if (!in_string && text[i] == ':') {
      ++count;
    }
  }
  return count;
}

/// Where both may rightly differ: the splitter nests an item two levels less and refuses a second
/// `items`, `kind` or `metadata` that the parser lets win; the parser refuses NUL in names.
void agreesWithWholeParse(std::string_view input, const Outcome& split_up) {
  const auto document = json::parse(input);
  if (!document) {
    const bool may_differ = document.error().find("depth") != std::string::npos ||
                            input.find("\\u0000") != std::string_view::npos;
    fuzz::require(!split_up.meta || may_differ, "what is no JSON is no list");
    return;
  }
  const auto expected = listOf(*document);
  if (split_up.meta) {
    fuzz::require(expected.has_value(), "only a list is taken for one");
    fuzz::require(*expected == split_up, "the items are those of the whole document");
    return;
  }
  const bool repeats_a_name = colonsOutsideStrings(input) != membersIn(*document);
  fuzz::require(!expected || repeats_a_name, "a list is taken for one");
}

}  // namespace

void fuzz::testOne(std::string_view input) {
  const Outcome whole = split({input});
  fuzz::require(split(fuzz::inSingleBytes(input)) == whole, "byte by byte gives the same as whole");
  fuzz::require(split(fuzz::inRandomPieces(input)) == whole,
                "random pieces give the same as whole");
  agreesWithWholeParse(input, whole);
}
