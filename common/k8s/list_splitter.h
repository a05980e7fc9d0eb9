#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "common/json/value.h"

namespace k8s {

/// Takes a Kubernetes list document in pieces and hands out the elements of its top-level `items`
/// one by one, so that memory holds one item and not a page. Elements are parsed strictly; around
/// them it follows the document's structure, to which `items`, `metadata` and `kind` may come in
/// any order.
class ListSplitter {
 public:
  explicit ListSplitter(std::function<void(json::Value)> item) : item_(std::move(item)) {}

  /// False once the document can't be a list any more; finish() says why.
  bool feed(std::string_view piece);

  struct ListMeta {
    std::string resource_version;
    std::string continue_token;  // empty: this was the last page
  };
  /// To be called after the last piece. The error says what is wrong: cut off, not JSON, no list.
  tl::expected<ListMeta, std::string> finish() const;

  std::size_t delivered() const { return delivered_; }

 private:
  enum class State {
    kStart,
    kFirstKey,  // or the end of an empty object
    kKey,
    kColon,
    kMember,
    kAfterMember,
    kFirstItem,  // or the end of an empty array
    kItem,
    kAfterItem,
    kText,  // inside a key, a member's value or an item, which is collected whole
    kEnd,
    kBroken
  };

  void step(char c);
  void beginText(State after);
  std::size_t takeText(std::string_view rest);
  void endText(std::string_view text);
  void endKey(std::string_view text);
  void endMember(std::string_view text);
  void endItem(std::string_view text);
  void readMeta(const json::Value& metadata);
  void fail(std::string problem);

  std::function<void(json::Value)> item_;
  State state_ = State::kStart;
  std::string problem_;
  std::size_t delivered_ = 0;

  // The text being collected: what it is, by the state that follows it, and where in it we are.
  State after_text_ = State::kColon;
  std::string text_;
  std::size_t depth_ = 0;
  bool in_string_ = false;
  bool escaped_ = false;
  bool scalar_ = false;

  std::string key_;
  bool seen_items_ = false;
  ListMeta meta_;
};

}  // namespace k8s
