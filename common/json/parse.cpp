#include "common/json/parse.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include "common/text/utf8.h"

namespace json {
namespace {

constexpr std::size_t kMaxDepth = 128;
constexpr std::size_t kWord = sizeof(std::uint64_t);

bool isBlank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

bool isPlain(char c) {
  return c >= 0x20 && c != '"' && c != '\\';  // a byte of 0x80 and above is negative
}

constexpr std::uint64_t eightTimes(unsigned char byte) {
  return 0x0101010101010101U * byte;
}

/// How many of the eight bytes at `at`, from the first on, are plain: looked at together, as texts
/// of kilobytes are most of what is parsed.
std::size_t plainInWord(std::uint64_t word) {
  const auto has_zero = [](std::uint64_t w) { return (w - eightTimes(1)) & ~w; };
  const std::uint64_t marks =
      (has_zero(word ^ eightTimes('"')) | has_zero(word ^ eightTimes('\\')) |
       ((word - eightTimes(0x20)) & ~word) | word) &
      eightTimes(0x80);
  // The lowest mark is true; those above it may be a borrow's.
  return marks == 0 ? kWord : static_cast<std::size_t>(std::countr_zero(marks)) / 8;
}

std::uint64_t wordAt(const char* at) {
  static_assert(std::endian::native == std::endian::little);
  std::uint64_t word = 0;
  std::memcpy(&word, at, kWord);
  return word;
}

/// A recursive descent over one text. False means that problem_ says what is wrong.
class Parser {
 public:
  explicit Parser(std::string_view text)
      : text_(text), at_(text.data()), end_(text.data() + text.size()) {}

  tl::expected<Value, std::string> run() {
    skipBlanks();
    if (at_ == end_) return tl::unexpected<std::string>("the text is empty");
    if (*at_ != '{' && *at_ != '[') {
      return tl::unexpected<std::string>("neither an object nor an array");
    }
    Value result;
    if (!value(result)) return tl::unexpected(std::move(problem_));
    skipBlanks();
    if (at_ != end_) {
      failHere();
      return tl::unexpected(std::move(problem_));
    }
    return result;
  }

 private:
  bool fail(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }

  bool failHere() {
    if (at_ == end_) return fail("unexpected end of text");
    const std::string where = " at byte " + std::to_string(at_ - text_.data() + 1);
    if (*at_ > 0x20 && *at_ < 0x7F) return fail(std::string("unexpected '") + *at_ + "'" + where);
    constexpr std::string_view kHex = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(*at_);
    return fail(std::string("unexpected byte 0x") + kHex[byte >> 4U] + kHex[byte & 0xFU] + where);
  }

  void skipBlanks() {
    while (at_ != end_ && isBlank(*at_)) ++at_;
  }

  /// Steps over `c` when it is what comes next.
  bool take(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }

  bool value(Value& out) {
    if (at_ == end_) return failHere();
    switch (*at_) {
      case '{':
        return object(out);
      case '[':
        return array(out);
      case '"': {
        std::string text;
        if (!string(text)) return false;
        out = std::move(text);
        return true;
      }
      case 't':
        return literal("true", true, out);
      case 'f':
        return literal("false", false, out);
      case 'n':
        return literal("null", nullptr, out);
      default:
        return number(out);
    }
  }

  bool literal(std::string_view word, Value meaning, Value& out) {
    for (const char c : word) {
      if (!take(c)) return failHere();
    }
    out = std::move(meaning);
    return true;
  }

  bool goDeeper() {
    if (++depth_ > kMaxDepth) return fail("the depth of nesting is beyond 128");
    ++at_;
    skipBlanks();
    return true;
  }

  bool object(Value& out) {
    if (!goDeeper()) return false;
    const std::size_t first = members_.size();
    if (!take('}')) {
      do {
        skipBlanks();
        if (!member()) return false;
        skipBlanks();
      } while (take(','));
      if (!take('}')) return failHere();
    }
    out = Object::fromMembers(takeFrom(members_, first));
    --depth_;
    return true;
  }

  bool member() {
    if (at_ == end_ || *at_ != '"') return failHere();
    std::string name;
    if (!string(name)) return false;
    // One name could pass for another where texts end at a NUL.
    if (name.find('\0') != std::string::npos) return fail("a member's name contains \\u0000");
    skipBlanks();
    if (!take(':')) return failHere();
    skipBlanks();
    Value content;
    if (!value(content)) return false;
    members_.emplace_back(std::move(name), std::move(content));
    return true;
  }

  bool array(Value& out) {
    if (!goDeeper()) return false;
    const std::size_t first = elements_.size();
    if (!take(']')) {
      do {
        skipBlanks();
        Value element;
        if (!value(element)) return false;
        elements_.push_back(std::move(element));
        skipBlanks();
      } while (take(','));
      if (!take(']')) return failHere();
    }
    out = takeFrom(elements_, first);
    --depth_;
    return true;
  }

  /// What a container just read has of a stack, in one allocation.
  template <typename Item>
  static std::vector<Item> takeFrom(std::vector<Item>& stack, std::size_t first) {
    const auto begin = stack.begin() + static_cast<std::ptrdiff_t>(first);
    std::vector<Item> items(std::make_move_iterator(begin), std::make_move_iterator(stack.end()));
    stack.erase(begin, stack.end());
    return items;
  }

  bool digits() {
    if (at_ == end_ || !isDigit(*at_)) return failHere();
    while (at_ != end_ && isDigit(*at_)) ++at_;
    return true;
  }

  bool number(Value& out) {
    const char* const first = at_;
    take('-');
    if (!take('0') && !digits()) return false;
    bool integral = true;
    if (take('.')) {
      integral = false;
      if (!digits()) return false;
    }
    if (take('e') || take('E')) {
      integral = false;
      if (!take('+')) take('-');
      if (!digits()) return false;
    }
    if (std::int64_t exact = 0; integral) {
      if (std::from_chars(first, at_, exact).ec == std::errc()) {
        out = exact;
        return true;
      }
    }
    double nearest = 0;
    if (std::from_chars(first, at_, nearest).ec != std::errc()) {
      // Too large or too small; only strtod tells which.
      const std::string text(first, at_);
      nearest = std::strtod(text.c_str(), nullptr);
      if (std::isinf(nearest)) {
        return fail("a number is beyond all measure: " + text.substr(0, 20));
      }
    }
    out = nearest;
    return true;
  }

  /// Steps to the next byte that is not plain ASCII within a string.
  void skipPlain() {
    while (static_cast<std::size_t>(end_ - at_) >= kWord) {
      const std::size_t plain = plainInWord(wordAt(at_));
      at_ += plain;
      if (plain < kWord) return;
    }
    while (at_ != end_ && isPlain(*at_)) ++at_;
  }

  /// Most have no escape and are taken over as they are.
  bool string(std::string& out) {
    const char* const first = ++at_;
    for (;;) {
      skipPlain();
      if (at_ == end_) return failHere();
      if (*at_ == '"') {
        out.assign(first, at_++);
        return true;
      }
      if (*at_ == '\\') return unescaped(first, out);
      if (!wholeCharacter()) return false;
    }
  }

  /// One beyond ASCII.
  bool wholeCharacter() {
    const auto rest = std::string_view(at_, static_cast<std::size_t>(end_ - at_));
    const text::Character character = text::firstCharacter(rest);
    if (character.size < 2) return failHere();
    at_ += character.size;
    return true;
  }

  /// The string that began at `first`, and has its first escape here. What comes out is never
  /// longer than what went in, so that there is room to copy a word at a time.
  bool unescaped(const char* first, std::string& out) {
    if (!room_) room_ = std::make_unique_for_overwrite<char[]>(text_.size());
    to_ = room_.get();
    copy(first);
    for (;;) {
      copyPlain();
      if (at_ == end_) return failHere();
      if (*at_ == '"') {
        ++at_;
        out.assign(room_.get(), to_);
        return true;
      }
      if (*at_ == '\\') {
        if (!escape()) return false;
      } else {
        const char* const character = at_;
        if (!wholeCharacter()) return false;
        copy(character);
      }
    }
  }

  /// What was stepped over since `from`.
  void copy(const char* from) {
    const auto size = static_cast<std::size_t>(at_ - from);
    std::memcpy(to_, from, size);
    to_ += size;
  }

  void copyPlain() {
    while (static_cast<std::size_t>(end_ - at_) >= kWord) {
      const std::uint64_t word = wordAt(at_);
      std::memcpy(to_, &word, kWord);
      const std::size_t plain = plainInWord(word);
      at_ += plain;
      to_ += plain;
      if (plain < kWord) return;
    }
    while (at_ != end_ && isPlain(*at_)) *to_++ = *at_++;
  }

  bool escape() {
    ++at_;
    if (at_ == end_) return failHere();
    switch (*at_) {
      case '"':
      case '\\':
      case '/':
        return meaning(*at_);
      case 'b':
        return meaning('\b');
      case 'f':
        return meaning('\f');
      case 'n':
        return meaning('\n');
      case 'r':
        return meaning('\r');
      case 't':
        return meaning('\t');
      case 'u':
        return codePoint();
      default:
        return failHere();
    }
  }

  /// Of an escape of one letter.
  bool meaning(char c) {
    *to_++ = c;
    ++at_;
    return true;
  }

  bool codePoint() {
    char32_t point = 0;
    if (!codeUnit(point)) return false;
    const auto isLow = [](char32_t unit) { return unit >= 0xDC00 && unit <= 0xDFFF; };
    if (isLow(point)) return fail("half of a surrogate pair is missing");
    if (point >= 0xD800 && point <= 0xDBFF) {
      char32_t low = 0;
      if (!take('\\')) return failHere();
      if (!codeUnit(low)) return false;
      if (!isLow(low)) return fail("half of a surrogate pair is missing");
      point = 0x10000 + ((point - 0xD800) << 10U) + (low - 0xDC00);
    }
    appendUtf8(point);
    return true;
  }

  /// Of an escape, behind its backslash.
  bool codeUnit(char32_t& unit) {
    if (!take('u')) return failHere();
    for (int i = 0; i < 4; ++i, ++at_) {
      if (at_ == end_) return failHere();
      unsigned digit = 0;
      if (std::from_chars(at_, at_ + 1, digit, 16).ec != std::errc()) return failHere();
      unit = unit * 16 + digit;
    }
    return true;
  }

  void appendUtf8(char32_t point) {
    const auto put = [this](char32_t byte) { *to_++ = static_cast<char>(byte); };
    if (point < 0x80) return put(point);
    if (point < 0x800) {
      put(0xC0U | (point >> 6U));
    } else if (point < 0x10000) {
      put(0xE0U | (point >> 12U));
      put(0x80U | ((point >> 6U) & 0x3FU));
    } else {
      put(0xF0U | (point >> 18U));
      put(0x80U | ((point >> 12U) & 0x3FU));
      put(0x80U | ((point >> 6U) & 0x3FU));
    }
    put(0x80U | (point & 0x3FU));
  }

  std::string_view text_;
  const char* at_;
  const char* end_;
  std::size_t depth_ = 0;
  std::string problem_;
  // Of all containers that are open.
  std::vector<Object::Member> members_;
  Array elements_;
  // Where strings with escapes are put together, and how far the one at hand is.
  std::unique_ptr<char[]> room_;
  char* to_ = nullptr;
};

}  // namespace

tl::expected<Value, std::string> parse(std::string_view text) {
  return Parser(text).run();
}

}  // namespace json
