#include "common/json/parse.h"

// For texts of kilobytes, which are most of what is parsed.
#if defined(__SSE2__)
#define RAPIDJSON_SSE2
#endif
#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <utility>
#include <vector>

#include "common/text/utf8.h"

namespace json {
namespace {

constexpr std::size_t kMaxDepth = 128;

bool isBlank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// Builds a Value from RapidJSON's events, which nest properly. False ends the parse; problem()
/// says why. The names are RapidJSON's.
class Builder {
 public:
  // NOLINTBEGIN(readability-identifier-naming)
  bool Null() { return add(nullptr); }
  bool Bool(bool b) { return add(b); }
  bool RawNumber(const char* text, std::size_t size, bool /*copy*/) {
    return number(std::string_view(text, size));
  }
  bool String(const char* text, std::size_t size, bool /*copy*/) {
    std::string string(text, size);
    return isWhole(string) ? add(std::move(string)) : fail(kHalf);
  }
  bool Key(const char* text, std::size_t size, bool /*copy*/) {
    std::string name(text, size);
    if (!isWhole(name)) return fail(kHalf);
    // One name could pass for another where texts end at a NUL.
    if (name.find('\0') != std::string::npos) return fail("a member's name contains \\u0000");
    members_.emplace_back(std::move(name), nullptr);
    return true;
  }
  bool StartObject() { return open({.is_object = true, .first = members_.size()}); }
  bool StartArray() { return open({.is_object = false, .first = elements_.size()}); }
  bool EndObject(std::size_t /*members*/) {
    return add(Object::fromMembers(takeFrom(members_, close().first)));
  }
  bool EndArray(std::size_t /*elements*/) { return add(takeFrom(elements_, close().first)); }

  // Never called: numbers come as texts.
  bool Int(int /*i*/) { return false; }
  bool Uint(unsigned /*i*/) { return false; }
  bool Int64(std::int64_t /*i*/) { return false; }
  bool Uint64(std::uint64_t /*i*/) { return false; }
  bool Double(double /*d*/) { return false; }
  // NOLINTEND(readability-identifier-naming)

  Value takeResult() { return std::move(result_); }
  const std::string& problem() const { return problem_; }

 private:
  struct Container {
    bool is_object;
    std::size_t first;  // of its own in the stack of members or elements
  };

  static constexpr const char* kHalf = "an escaped surrogate stands alone";

  /// RapidJSON lets the second half of a surrogate pair through where no first one is. Its bytes
  /// begin with 0xED, which little else does.
  static bool isWhole(const std::string& text) {
    return text.find('\xED') == std::string::npos || text::isUtf8(text);
  }

  bool fail(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }

  bool open(Container container) {
    if (open_.size() == kMaxDepth) return fail("the depth of nesting is beyond 128");
    open_.push_back(container);
    return true;
  }

  Container close() {
    const Container closed = open_.back();
    open_.pop_back();
    return closed;
  }

  bool add(Value value) {
    if (open_.empty()) {
      result_ = std::move(value);
    } else if (open_.back().is_object) {
      members_.back().second = std::move(value);
    } else {
      elements_.push_back(std::move(value));
    }
    return true;
  }

  /// From its text, as RapidJSON's own conversion is the nearest double only with a flag that
  /// numbers as texts leave out. What has too many digits or too large an exponent by far it
  /// refuses before.
  bool number(std::string_view text) {
    const char* const end = text.data() + text.size();
    std::int64_t exact = 0;
    if (const auto [stop, error] = std::from_chars(text.data(), end, exact);
        stop == end && error == std::errc()) {
      return add(exact);
    }
    double nearest = 0;
    if (std::from_chars(text.data(), end, nearest).ec != std::errc()) {
      // Too large or too small; only strtod tells which.
      nearest = std::strtod(std::string(text).c_str(), nullptr);
      if (std::isinf(nearest)) {
        return fail("a number is beyond all measure: " + std::string(text.substr(0, 20)));
      }
    }
    return add(nearest);
  }

  /// What a container just read has of a stack, in one allocation.
  template <typename Item>
  static std::vector<Item> takeFrom(std::vector<Item>& stack, std::size_t first) {
    const auto begin = stack.begin() + static_cast<std::ptrdiff_t>(first);
    std::vector<Item> items(std::make_move_iterator(begin), std::make_move_iterator(stack.end()));
    stack.erase(begin, stack.end());
    return items;
  }

  std::vector<Container> open_;
  // Of all containers that are open.
  std::vector<Object::Member> members_;
  Array elements_;
  Value result_;
  std::string problem_;
};

}  // namespace

tl::expected<Value, std::string> parse(std::string_view text) {
  std::size_t first = 0;
  while (first < text.size() && isBlank(text[first])) ++first;
  if (first == text.size()) return tl::unexpected<std::string>("the text is empty");
  if (text[first] != '{' && text[first] != '[') {
    return tl::unexpected<std::string>("neither an object nor an array");
  }
  // To RapidJSON a NUL is the end of the text, whatever follows.
  if (const auto nul = text.find('\0'); nul != std::string_view::npos) {
    return tl::unexpected("unexpected byte 0x00 at byte " + std::to_string(nul + 1));
  }
  // It can look at each character by itself, which takes most of the time: this is faster.
  if (!text::isUtf8(text)) return tl::unexpected<std::string>("the text is not UTF-8");
  // Whose strings are unescaped in place; read 16 bytes at a time, also across its end.
  std::string copy;
  copy.reserve(text.size() + 16);
  copy.append(text).append(16, '\0');
  Builder builder;
  rapidjson::InsituStringStream stream(copy.data());
  rapidjson::Reader reader;
  constexpr unsigned kStrictly =
      rapidjson::kParseInsituFlag | rapidjson::kParseNumbersAsStringsFlag;
  const auto parsed = reader.Parse<kStrictly>(stream, builder);
  if (parsed.IsError()) {
    if (!builder.problem().empty()) return tl::unexpected(builder.problem());
    if (parsed.Offset() >= text.size()) {
      return tl::unexpected<std::string>("unexpected end of text");
    }
    return tl::unexpected(std::string(rapidjson::GetParseError_En(parsed.Code())) + " At byte " +
                          std::to_string(parsed.Offset() + 1));
  }
  return builder.takeResult();
}

}  // namespace json
