#include "common/json/parse.h"

#include <Poco/Exception.h>
#include <Poco/JSON/Handler.h>
#include <Poco/JSON/Parser.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <utility>
#include <vector>

#include "common/json/escape.h"

namespace json {
namespace {

constexpr std::size_t kMaxDepth = 128;

/// Builds a Value from Poco's events. Poco sees to it that they nest properly.
class Builder final : public Poco::JSON::Handler {
 public:
  void reset() override {
    open_.clear();
    result_ = nullptr;
  }

  void startObject() override { open_.push_back({.isObject = true}); }
  void startArray() override { open_.push_back({.isObject = false}); }
  void endObject() override { close(); }
  void endArray() override { close(); }
  void key(const std::string& name) override { open_.back().members.emplace_back(name, nullptr); }

  void null() override { add(nullptr); }
  void value(bool v) override { add(v); }
  void value(int v) override { add(v); }
  void value(unsigned v) override { add(static_cast<std::int64_t>(v)); }
  void value(Poco::Int64 v) override { add(static_cast<std::int64_t>(v)); }
  void value(Poco::UInt64 v) override { add(static_cast<double>(v)); }
  void value(double v) override { add(v); }
  void value(const std::string& v) override { add(v); }

  Value takeResult() { return std::move(result_); }

 private:
  struct Container {
    bool isObject;
    Array elements = {};
    std::vector<Object::Member> members = {};
  };

  void add(Value value) {
    if (open_.empty()) {
      result_ = std::move(value);
    } else if (open_.back().isObject) {
      open_.back().members.back().second = std::move(value);
    } else {
      open_.back().elements.push_back(std::move(value));
    }
  }

  void close() {
    Container done = std::move(open_.back());
    open_.pop_back();
    if (done.isObject) {
      add(Object::fromMembers(std::move(done.members)));
    } else {
      add(std::move(done.elements));
    }
  }

  std::vector<Container> open_;
  Value result_;
};

bool isBlank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool isBeyondInt64(std::string_view number) {
  std::int64_t ignored = 0;
  const char* const end = number.data() + number.size();
  const auto [stop, error] = std::from_chars(number.data(), end, ignored);
  return stop == end && error == std::errc::result_out_of_range;
}

/// Hands Poco 1.11 only what it reads right. It reads an integer of more than 64 bits as 0 or as
/// another number, -2^63-1 as -2^63, and refuses still longer ones; with an exponent it reads all
/// of them as the nearest double. It cuts a member's name at \u0000, so that one name could pass
/// for another.
class Preparation {
 public:
  explicit Preparation(std::string_view text) : text_(text) { out_.reserve(text.size() + 16); }

  tl::expected<std::string, std::string> run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        if (!copyString()) return tl::unexpected<std::string>("a member's name contains \\u0000");
      } else if (c == '-' || (c >= '0' && c <= '9')) {
        copyNumber();
      } else {
        copyUntil(std::min(text_.find_first_of("\"-0123456789", at_), text_.size()));
      }
    }
    return std::move(out_);
  }

 private:
  void copyUntil(std::size_t end) {
    out_ += text_.substr(at_, end - at_);
    at_ = end;
  }

  void copyNumber() {
    const std::size_t end = std::min(text_.find_first_not_of("+-.0123456789eE", at_), text_.size());
    const bool beyond = isBeyondInt64(text_.substr(at_, end - at_));
    copyUntil(end);
    if (beyond) out_ += "e0";
  }

  /// False for a name with a NUL in it.
  bool copyString() {
    bool has_nul = false;
    std::size_t end = text_.find_first_of("\"\\", at_ + 1);
    while (end < text_.size() && text_[end] == '\\') {
      has_nul = has_nul || text_.substr(end, 6) == "\\u0000";
      end = text_.find_first_of("\"\\", end + 2);
    }
    copyUntil(end < text_.size() ? end + 1 : text_.size());
    return !(has_nul && isName());
  }

  /// Whether the string just read is followed by a colon.
  bool isName() const {
    std::size_t next = at_;
    while (next < text_.size() && isBlank(text_[next])) ++next;
    return next < text_.size() && text_[next] == ':';
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string out_;
};

/// Poco reports the end of the text as byte 0xFF, which no JSON contains; and it may quote a number
/// whole.
std::string describe(const Poco::Exception& exception) {
  constexpr std::size_t kLongest = 80;
  constexpr std::string_view kEndAsByte = "byte '\xFF'";
  std::string message = exception.message().empty() ? exception.displayText() : exception.message();
  if (const auto at = message.find(kEndAsByte); at != std::string::npos) {
    message.replace(at, kEndAsByte.size(), "end of text");
  }
  if (message.size() > kLongest) message = message.substr(0, kLongest) + "...";
  std::string printable;
  appendEscaped(printable, message, Quotes::kKept);
  return printable;
}

}  // namespace

tl::expected<Value, std::string> parse(std::string_view text) {
  const auto first = std::find_if_not(text.begin(), text.end(), isBlank);
  if (first == text.end()) return tl::unexpected<std::string>("the text is empty");
  if (*first != '{' && *first != '[') {
    return tl::unexpected<std::string>("neither an object nor an array");
  }
  // To Poco this byte is the end of the text, whatever follows.
  if (text.find('\xFF') != std::string_view::npos) {
    return tl::unexpected<std::string>("the text is not UTF-8: it has the byte 0xFF");
  }
  const auto prepared = Preparation(text).run();
  if (!prepared) return tl::unexpected(prepared.error());

  Poco::SharedPtr<Builder> builder(new Builder);
  try {
    Poco::JSON::Parser parser(builder);
    parser.setDepth(kMaxDepth);
    parser.parse(*prepared);
  } catch (const Poco::Exception& e) {
    return tl::unexpected(describe(e));
  }
  return builder->takeResult();
}

}  // namespace json
