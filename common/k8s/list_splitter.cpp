#include "common/k8s/list_splitter.h"

#include <utility>

#include "common/json/parse.h"
#include "common/json/view.h"

namespace k8s {
namespace {

// etcd holds no object above some 1.5 MiB; what is larger by far is no Kubernetes object.
constexpr std::size_t kTextLimit = std::size_t{16} << 20;

bool isBlank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// The parser takes objects and arrays only.
tl::expected<json::Value, std::string> parseAny(std::string_view text) {
  auto wrapped = json::parse("[" + std::string(text) + "]");
  if (!wrapped) return tl::unexpected(std::move(wrapped.error()));
  if (wrapped->array()->size() != 1) return tl::unexpected(std::string("not one value"));
  return std::move(wrapped->array()->front());
}

}  // namespace

bool ListSplitter::feed(std::string_view piece) {
  while (!piece.empty() && state_ != State::kBroken) {
    if (state_ == State::kText) {
      piece.remove_prefix(takeText(piece));
    } else {
      if (!isBlank(piece.front())) step(piece.front());
      // The first character of a text belongs to it: takeText() reads it again.
      if (state_ != State::kText) piece.remove_prefix(1);
    }
  }
  return state_ != State::kBroken;
}

tl::expected<ListSplitter::ListMeta, std::string> ListSplitter::finish() const {
  if (state_ == State::kBroken) return tl::unexpected(problem_);
  if (state_ != State::kEnd) return tl::unexpected(std::string("the list is cut off"));
  if (!seen_items_) return tl::unexpected(std::string("not a list: it has no items"));
  return meta_;
}

void ListSplitter::step(char c) {
  switch (state_) {
    case State::kStart:
      if (c == '{') {
        state_ = State::kFirstKey;
        return;
      }
      return fail("not a list: it does not start as a JSON object");
    case State::kFirstKey:
      if (c == '}') {
        state_ = State::kEnd;
        return;
      }
      [[fallthrough]];
    case State::kKey:
      if (c == '"') return beginText(State::kColon);
      return fail("not JSON: a member's name is missing");
    case State::kColon:
      if (c == ':') {
        state_ = State::kMember;
        return;
      }
      return fail("not JSON: ':' is missing after a member's name");
    case State::kMember:
      if (key_ == "items" && std::exchange(seen_items_, true)) return fail("it has items twice");
      if (key_ == "items" && c == '[') {
        state_ = State::kFirstItem;
        return;
      }
      return beginText(State::kAfterMember);
    case State::kAfterMember:
      if (c == ',') {
        state_ = State::kKey;
        return;
      }
      if (c == '}') {
        state_ = State::kEnd;
        return;
      }
      return fail("not JSON: ',' or '}' is missing after a member");
    case State::kFirstItem:
      if (c == ']') {
        state_ = State::kAfterMember;
        return;
      }
      [[fallthrough]];
    case State::kItem:
      if (c == '{') return beginText(State::kAfterItem);
      return fail("an item is not an object");
    case State::kAfterItem:
      if (c == ',') {
        state_ = State::kItem;
        return;
      }
      if (c == ']') {
        state_ = State::kAfterMember;
        return;
      }
      return fail("not JSON: ',' or ']' is missing after an item");
    case State::kEnd:
      return fail("not JSON: something follows the list");
    case State::kText:
    case State::kBroken:
      return;
  }
}

void ListSplitter::beginText(State after) {
  state_ = State::kText;
  after_text_ = after;
  text_.clear();
  depth_ = 0;
  in_string_ = escaped_ = scalar_ = false;
}

/// Follows strings and brackets to the end of the text and returns how much of `rest` belonged to
/// it. Whether brackets match is the parser's business.
std::size_t ListSplitter::takeText(std::string_view rest) {
  std::size_t i = 0;
  bool ended = false;
  while (i < rest.size() && !ended) {
    const char c = rest[i];
    if (in_string_) {
      if (escaped_) {
        escaped_ = false;
      } else if (c == '\\') {
        escaped_ = true;
      } else if (c == '"') {
        in_string_ = false;
        ended = depth_ == 0;
      }
    } else if (scalar_ && (c == ',' || c == '}' || isBlank(c))) {
      break;
    } else if (c == '"' && !scalar_) {
      in_string_ = true;
    } else if (c == '{' || c == '[') {
      ++depth_;
    } else if (c == '}' || c == ']') {
      if (depth_ > 0) --depth_;
      ended = depth_ == 0;
    } else if (depth_ == 0) {
      scalar_ = true;
    }
    ++i;
  }
  const bool whole = ended || i < rest.size();
  if (text_.size() + i > kTextLimit) {
    fail("an item is larger than 16 MiB");
  } else if (whole && text_.empty()) {
    endText(rest.substr(0, i));
  } else {
    text_.append(rest.substr(0, i));
    if (whole) endText(text_);
  }
  return i;
}

void ListSplitter::endText(std::string_view text) {
  state_ = after_text_;
  switch (after_text_) {
    case State::kColon:
      return endKey(text);
    case State::kAfterItem:
      return endItem(text);
    default:
      return endMember(text);
  }
}

void ListSplitter::endKey(std::string_view text) {
  const auto key = parseAny(text);
  if (!key || key->string() == nullptr) return fail("not JSON: a member's name is not a string");
  key_ = *key->string();
}

void ListSplitter::endMember(std::string_view text) {
  const auto value = parseAny(text);
  if (!value) return fail("not JSON: " + key_ + ": " + value.error());
  if (key_ == "items" && !value->isNull()) return fail("not a list: its items are no array");
  if (key_ == "kind" && value->string() != nullptr && *value->string() == "Status") {
    return fail("not a list but a Status");
  }
  if (key_ == "metadata") readMeta(*value);
}

void ListSplitter::readMeta(const json::Value& metadata) {
  json::Decoder decoder(metadata);
  meta_.resource_version = decoder.root()["resourceVersion"].stringOr("");
  meta_.continue_token = decoder.root()["continue"].stringOr("");
  if (decoder.error()) fail("metadata" + decoder.error()->message());
}

void ListSplitter::endItem(std::string_view text) {
  auto value = json::parse(text);
  if (!value) {
    return fail("item " + std::to_string(delivered_ + 1) + " is not JSON: " + value.error());
  }
  ++delivered_;
  item_(*std::move(value));
}

void ListSplitter::fail(std::string problem) {
  state_ = State::kBroken;
  problem_ = std::move(problem);
}

}  // namespace k8s
