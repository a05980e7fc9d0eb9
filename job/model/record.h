#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "job/model/timestamp.h"

namespace job {

/// Texts that many records have in common, each kept once. Can be moved, not copied.
class SharedTexts {
 public:
  SharedTexts() = default;
  SharedTexts(SharedTexts&&) = default;
  SharedTexts& operator=(SharedTexts&&) = default;

  /// The number of a text, given it when it is new; empty when there are too many to be shared.
  std::optional<std::size_t> numberOf(std::string_view text);
  const std::string& text(std::size_t number) const { return texts_[number]; }

 private:
  std::deque<std::string> texts_;                              // which stay where they are
  std::unordered_map<std::string_view, std::size_t> numbers_;  // the views are of texts_
};

/// Writes a model's fields one after the other, as few bytes each as it takes to read them back as
/// they were. RecordReader has the same functions, so that one list of fields serves both.
class RecordWriter {
 public:
  RecordWriter(SharedTexts& shared, std::string& record) : shared_(&shared), record_(&record) {}

  void text(std::string_view value);
  /// A text that is likely to be, or to begin with, the record's first one.
  void name(const std::string& value);
  /// Likely a uuid, maybe one that the record has already.
  void uid(const std::string& value);
  /// Likely to be the same in other records.
  void shared(std::string_view value);
  void sharedSet(const std::set<std::string>& values);
  void time(const Timestamp& value);
  void number(std::uint64_t value);
  /// A boolean or an enumeration, or an optional one.
  template <typename Value>
  void small(Value value) {
    byte(static_cast<unsigned>(value));
  }
  template <typename Value>
  void small(const std::optional<Value>& value) {
    byte(value ? 1 + static_cast<unsigned>(*value) : 0);
  }
  /// Whether there is one, for its fields to follow.
  template <typename Part>
  bool present(const std::optional<Part>& part) {
    byte(part ? 1 : 0);
    return part.has_value();
  }

 private:
  void byte(unsigned value) { *record_ += static_cast<char>(value); }

  SharedTexts* shared_;
  std::string* record_;
  std::optional<std::string> first_text_;
  std::vector<std::string> uids_;
  std::int64_t last_time_ = 0;
};

/// Reads what a RecordWriter wrote with the same calls.
class RecordReader {
 public:
  RecordReader(const SharedTexts& shared, const char* record) : shared_(&shared), at_(record) {}

  std::string_view textView();
  void text(std::string& value);
  void name(std::string& value);
  void uid(std::string& value);
  void shared(std::string& value);
  void sharedSet(std::set<std::string>& values);
  void time(Timestamp& value);
  template <typename Number>
  void number(Number& value) {
    value = static_cast<Number>(varint());
  }
  template <typename Value>
  void small(Value& value) {
    value = static_cast<Value>(byte());
  }
  template <typename Value>
  void small(std::optional<Value>& value) {
    const unsigned read = byte();
    value = read == 0 ? std::nullopt : std::optional(static_cast<Value>(read - 1));
  }
  template <typename Part>
  bool present(std::optional<Part>& part) {
    if (byte() != 0) part.emplace();
    return part.has_value();
  }

 private:
  unsigned byte() { return static_cast<unsigned char>(*at_++); }
  std::uint64_t varint();

  const SharedTexts* shared_;
  const char* at_;
  std::optional<std::string_view> first_text_;
  std::vector<std::string> uids_;
  std::int64_t last_time_ = 0;
};

}  // namespace job
