#include "job/report/yaml.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "common/json/write.h"

namespace job {
namespace {

bool isLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

/// What YAML 1.1 reads as a boolean or null, in any case.
bool isWordWithMeaning(std::string_view text) {
  constexpr std::array kWords = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"};
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return std::ranges::find(kWords, lower) != kWords.end();
}

/// Narrow on purpose: words that begin with a letter, so neither numbers nor dates, of characters
/// that never mean anything to YAML. The rest is quoted, which is always right.
bool isPlain(std::string_view text) {
  if (text.empty() || !isLetter(text.front()) || text.back() == ' ') return false;
  const auto is_harmless = [](char c) {
    return isLetter(c) || isDigit(c) || std::string_view("-_./ ").find(c) != std::string_view::npos;
  };
  return std::ranges::all_of(text, is_harmless) && !isWordWithMeaning(text);
}

class Writer {
 public:
  std::string take() { return std::move(out_); }

  /// A value that begins on its own line.
  void block(const json::Value& value, std::size_t indent) {
    if (const auto* object = value.object(); object != nullptr && !object->empty()) {
      members(*object, indent);
    } else if (const auto* array = value.array(); array != nullptr && !array->empty()) {
      elements(*array, indent);
    } else {
      out_ += scalar(value) + "\n";
    }
  }

 private:
  static bool isNested(const json::Value& value) {
    return (value.object() != nullptr && !value.object()->empty()) ||
           (value.array() != nullptr && !value.array()->empty());
  }

  /// Empty lists and objects too. A JSON string is a double-quoted YAML string.
  static std::string scalar(const json::Value& value) {
    const std::string* text = value.string();
    return text != nullptr && isPlain(*text) ? *text : json::write(value);
  }

  void members(const json::Object& object, std::size_t indent) {
    for (const auto& [key, value] : object) {
      startLine(indent);
      out_ += scalar(key) + ":";
      if (isNested(value)) {
        out_ += "\n";
        // kubectl does not indent the items of a list.
        block(value, value.array() != nullptr ? indent : indent + 2);
      } else {
        out_ += " " + scalar(value) + "\n";
      }
    }
  }

  void elements(const json::Array& array, std::size_t indent) {
    for (const json::Value& value : array) {
      startLine(indent);
      out_ += "- ";
      after_dash_ = isNested(value);
      block(value, indent + 2);
    }
  }

  /// The first line of an item goes on after its dash.
  void startLine(std::size_t indent) {
    if (!after_dash_) out_.append(indent, ' ');
    after_dash_ = false;
  }

  std::string out_;
  bool after_dash_ = false;
};

}  // namespace

std::string writeYaml(const json::Value& value) {
  Writer writer;
  writer.block(value, 0);
  return writer.take();
}

}  // namespace job
