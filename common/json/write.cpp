#include "common/json/write.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>

#include "common/json/escape.h"

namespace json {
namespace {

class Writer {
 public:
  explicit Writer(bool pretty) : pretty_(pretty) {}

  void value(const Value& value) {
    if (const auto* b = value.boolean()) {
      out_ += *b ? "true" : "false";
    } else if (const auto* i = value.integer()) {
      out_ += std::to_string(*i);
    } else if (const auto* d = value.real()) {
      real(*d);
    } else if (const auto* s = value.string()) {
      string(*s);
    } else if (const auto* a = value.array()) {
      list('[', *a, ']', [this](const Value& element) { this->value(element); });
    } else if (const auto* o = value.object()) {
      list('{', *o, '}', [this](const Object::Member& member) {
        string(member.first);
        out_ += pretty_ ? ": " : ":";
        this->value(member.second);
      });
    } else {
      out_ += "null";
    }
  }

  std::string take() { return std::move(out_); }

 private:
  /// The shortest text that reads back as the same double, and as a double: 3.0 is not written
  /// as 3.
  void real(double d) {
    if (!std::isfinite(d)) {
      out_ += "null";
      return;
    }
    constexpr double kLongestPlain = 1e21;  // as ECMAScript and Go have it
    const bool integral = std::trunc(d) == d && std::fabs(d) < kLongestPlain;
    std::array<char, 32> digits{};
    char* const end = digits.data() + digits.size();
    const auto result = integral ? std::to_chars(digits.data(), end, d, std::chars_format::fixed)
                                 : std::to_chars(digits.data(), end, d);
    out_.append(digits.data(), result.ptr);
    if (integral) out_ += ".0";
  }

  void string(std::string_view text) {
    out_ += '"';
    appendEscaped(out_, text, Quotes::kEscaped);
    out_ += '"';
  }

  template <typename List, typename WriteItem>
  void list(char open, const List& items, char close, const WriteItem& write_item) {
    out_ += open;
    ++depth_;
    bool first = true;
    for (const auto& item : items) {
      if (!first) out_ += ',';
      first = false;
      newLine();
      write_item(item);
    }
    --depth_;
    if (!items.empty()) newLine();
    out_ += close;
  }

  void newLine() {
    if (!pretty_) return;
    out_ += '\n';
    out_.append(depth_ * 2, ' ');
  }

  bool pretty_;
  std::size_t depth_ = 0;
  std::string out_;
};

std::string written(const Value& value, bool pretty) {
  Writer writer(pretty);
  writer.value(value);
  return writer.take();
}

}  // namespace

std::string write(const Value& value) {
  return written(value, false);
}

std::string writePretty(const Value& value) {
  return written(value, true);
}

}  // namespace json
