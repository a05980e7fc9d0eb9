#include "common/json/view.h"

#include <algorithm>

#include "common/json/write.h"
#include "common/text/utf8.h"

namespace json {
namespace {

bool isPlainName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

std::string memberPath(const std::string& parent, std::string_view name) {
  if (isPlainName(name)) return parent + "." + std::string(name);
  return parent + "[" + write(name) + "]";
}

std::string elementPath(const std::string& parent, std::size_t index) {
  return parent + "[" + std::to_string(index) + "]";
}

/// The content of a present value of the right type. A wrong type is recorded, absence is not.
template <typename Content>
const Content* read(const View& view, const Content* (Value::*content)() const, const char* what) {
  if (!view.present()) return nullptr;
  const Content* found = (view.value()->*content)();
  if (found == nullptr)
    view.fail(std::string("must be ") + what + ", is " + excerpt(*view.value()));
  return found;
}

const std::string* readString(const View& view) {
  return read(view, &Value::string, "a string");
}
const std::int64_t* readInteger(const View& view) {
  return read(view, &Value::integer, "an integer");
}
const bool* readBoolean(const View& view) {
  return read(view, &Value::boolean, "a boolean");
}
const Array* readArray(const View& view) {
  return read(view, &Value::array, "an array");
}
const Object* readObject(const View& view) {
  return read(view, &Value::object, "an object");
}

void require(const View& view) {
  if (!view.present()) view.fail("is required");
}

template <typename Content>
std::optional<Content> toOptional(const Content* content) {
  return content != nullptr ? std::optional(*content) : std::nullopt;
}

}  // namespace

View Decoder::root() {
  return {*this, value_, ""};
}

View::View(Decoder& decoder, const Value* value, std::string path)
    : decoder_(&decoder),
      value_(value != nullptr && !value->isNull() ? value : nullptr),
      path_(std::move(path)) {}

View View::operator[](std::string_view key) const {
  const Object* object = readObject(*this);
  return {*decoder_, object != nullptr ? object->find(key) : nullptr, memberPath(path_, key)};
}

View View::operator[](std::size_t index) const {
  const Array* array = readArray(*this);
  const bool exists = array != nullptr && index < array->size();
  return {*decoder_, exists ? &(*array)[index] : nullptr, elementPath(path_, index)};
}

std::string View::string() const {
  require(*this);
  return stringOr("");
}

std::string View::stringOr(std::string_view fallback) const {
  return present() ? optionalString().value_or("") : std::string(fallback);
}

std::optional<std::string> View::optionalString() const {
  return toOptional(readString(*this));
}

std::int64_t View::integer() const {
  require(*this);
  return integerOr(0);
}

std::int64_t View::integerOr(std::int64_t fallback) const {
  return present() ? optionalInteger().value_or(0) : fallback;
}

std::optional<std::int64_t> View::optionalInteger() const {
  return toOptional(readInteger(*this));
}

bool View::boolean() const {
  require(*this);
  return booleanOr(false);
}

bool View::booleanOr(bool fallback) const {
  return present() ? optionalBoolean().value_or(false) : fallback;
}

std::optional<bool> View::optionalBoolean() const {
  return toOptional(readBoolean(*this));
}

std::vector<View> View::elements() const {
  std::vector<View> result;
  const Array* array = readArray(*this);
  if (array == nullptr) return result;
  result.reserve(array->size());
  for (std::size_t i = 0; i < array->size(); ++i) {
    result.push_back(View(*decoder_, &(*array)[i], elementPath(path_, i)));
  }
  return result;
}

std::vector<std::string> View::strings() const {
  std::vector<std::string> result;
  for (const View& element : elements()) result.push_back(element.string());
  return result;
}

std::vector<std::pair<std::string, std::string>> View::stringMembers() const {
  std::vector<std::pair<std::string, std::string>> result;
  const Object* object = readObject(*this);
  if (object == nullptr) return result;
  for (const auto& [key, value] : *object) {
    const View member(*decoder_, &value, memberPath(path_, key));
    if (auto text = member.optionalString()) result.emplace_back(key, *std::move(text));
  }
  return result;
}

void View::fail(std::string problem) const {
  decoder_->fail({.path = path_.empty() ? "." : path_, .problem = std::move(problem)});
}

std::string excerpt(const Value& value) {
  constexpr std::size_t kLongest = 60;
  constexpr std::string_view kCut = "...";
  std::string text = write(value);
  if (text.size() <= kLongest) return text;
  return std::string(text::cutUtf8(text, kLongest - kCut.size())) + std::string(kCut);
}

}  // namespace json
