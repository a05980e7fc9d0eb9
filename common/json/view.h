#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "common/json/value.h"

namespace json {

/// What is wrong at which place, e.g. {".spec.dbSpec.dbBackup.schedule", "must be a string, is 5"}.
struct Error {
  std::string path;
  std::string problem;
  std::string message() const { return path + ": " + problem; }
  friend bool operator==(const Error&, const Error&) = default;
};

class View;

/// Reads a model out of a Value and keeps the first error, so that a reader is a list of fields:
///
///   json::Decoder decoder(value);
///   json::View root = decoder.root();
///   Model m{.name = root["metadata"]["name"].string(), .size = root["size"].integerOr(0)};
///   return decoder.finish(std::move(m));
///
/// The Value outlives the Decoder, the Decoder its Views.
class Decoder {
 public:
  explicit Decoder(const Value& value) : value_(&value) {}
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  View root();
  const std::optional<Error>& error() const { return error_; }
  void fail(Error error) {
    if (!error_) error_ = std::move(error);
  }

  template <typename Model>
  tl::expected<Model, Error> finish(Model model) {
    if (error_) return tl::unexpected(*error_);
    return model;
  }

 private:
  const Value* value_;
  std::optional<Error> error_;
};

/// A place in a JSON document, present or not. null counts as absent, as the Kubernetes API reads
/// it. Accessors never convert: "5" is no integer and 1 no boolean; a wrong type is recorded in the
/// Decoder and an empty value returned. `xOr` and `optionalX` accept absence, plain ones record it
/// as an error.
class View {
 public:
  View operator[](std::string_view key) const;
  View operator[](std::size_t index) const;

  bool present() const { return value_ != nullptr; }
  const std::string& path() const { return path_; }
  const Value* value() const { return value_; }

  std::string string() const;
  std::string stringOr(std::string_view fallback) const;
  std::optional<std::string> optionalString() const;
  std::int64_t integer() const;
  std::int64_t integerOr(std::int64_t fallback) const;
  std::optional<std::int64_t> optionalInteger() const;
  bool boolean() const;
  bool booleanOr(bool fallback) const;
  std::optional<bool> optionalBoolean() const;
  /// The elements of an array; none when absent.
  std::vector<View> elements() const;
  /// An array of strings; none when absent.
  std::vector<std::string> strings() const;
  /// The members of an object whose values are strings (labels, annotations); none when absent.
  std::vector<std::pair<std::string, std::string>> stringMembers() const;

  /// Records `problem` at this place.
  void fail(std::string problem) const;

 private:
  friend class Decoder;
  View(Decoder& decoder, const Value* value, std::string path);

  Decoder* decoder_;
  const Value* value_;  // nullptr when absent or null
  std::string path_;
};

/// A short text of a value for messages: its JSON, cut at 60 bytes.
std::string excerpt(const Value& value);

}  // namespace json
