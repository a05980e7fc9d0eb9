#include "job/model/record.h"

#include <algorithm>
#include <iterator>

namespace job {
namespace {

// What a name, a uid and a time begin with.
enum NameForm : unsigned { kOtherName, kFirstText, kLongerThanFirstText };
enum UidForm : unsigned { kNoUuid, kUuid, kSeenBefore };  // the last one and what follows
enum TimeForm : unsigned { kNoTime, kSeconds, kMicroseconds, kUnreadableTime };

constexpr std::size_t kUuidText = 36;
constexpr std::int64_t kSecond = 1'000'000;
constexpr std::string_view kHex = "0123456789abcdef";

bool isDash(std::size_t place) {
  return place == 8 || place == 13 || place == 18 || place == 23;
}

bool isHex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

bool isUuid(std::string_view text) {
  if (text.size() != kUuidText) return false;
  for (std::size_t i = 0; i < kUuidText; ++i) {
    if (isDash(i) ? text[i] != '-' : !isHex(text[i])) return false;
  }
  return true;
}

/// Small numbers of either sign become small ones.
std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63U);
}

std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1U) ^ -static_cast<std::int64_t>(value & 1U);
}

/// Of any two times, also of those furthest apart.
std::int64_t difference(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}

std::int64_t sum(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

}  // namespace

std::optional<std::size_t> SharedTexts::numberOf(std::string_view text) {
  constexpr std::size_t kMost = 4096;
  if (const auto known = numbers_.find(text); known != numbers_.end()) return known->second;
  if (texts_.size() == kMost) return std::nullopt;
  texts_.emplace_back(text);
  numbers_.emplace(texts_.back(), texts_.size() - 1);
  return texts_.size() - 1;
}

void RecordWriter::number(std::uint64_t value) {
  constexpr std::uint64_t kMore = 0x80;
  for (; value >= kMore; value >>= 7U) byte(static_cast<unsigned>(value & 0x7FU) | kMore);
  byte(static_cast<unsigned>(value));
}

void RecordWriter::text(std::string_view value) {
  if (!first_text_) first_text_ = value;
  number(value.size());
  *record_ += value;
}

void RecordWriter::name(const std::string& value) {
  if (!first_text_ || !value.starts_with(*first_text_)) {
    byte(kOtherName);
    return text(value);
  }
  const bool longer = value.size() > first_text_->size();
  byte(longer ? kLongerThanFirstText : kFirstText);
  if (longer) text(std::string_view(value).substr(first_text_->size()));
}

void RecordWriter::uid(const std::string& value) {
  if (const auto seen = std::find(uids_.begin(), uids_.end(), value); seen != uids_.end()) {
    return byte(kSeenBefore + static_cast<unsigned>(seen - uids_.begin()));
  }
  uids_.push_back(value);
  if (!isUuid(value)) {
    byte(kNoUuid);
    return text(value);
  }
  byte(kUuid);
  unsigned pair = 1;
  for (const char c : value) {
    if (c == '-') continue;
    pair = (pair << 4U) | static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10);
    if (pair < 0x100U) continue;
    byte(pair & 0xFFU);
    pair = 1;
  }
}

void RecordWriter::shared(std::string_view value) {
  const auto known = shared_->numberOf(value);
  number(known ? *known + 1 : 0);
  if (!known) text(value);
}

void RecordWriter::sharedSet(const std::set<std::string>& values) {
  number(values.size());
  for (const std::string& value : values) shared(value);
}

void RecordWriter::time(const Timestamp& value) {
  if (value.absent()) return byte(kNoTime);
  if (value.unreadable()) {
    byte(kUnreadableTime);
    return text(value.unreadableText());
  }
  const std::int64_t now = value.instant()->time_since_epoch().count();
  const std::int64_t since = difference(now, last_time_);
  const bool whole = since % kSecond == 0;
  byte(whole ? kSeconds : kMicroseconds);
  number(zigzag(whole ? since / kSecond : since));
  last_time_ = now;
}

std::uint64_t RecordReader::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0;; shift += 7) {
    const std::uint64_t read = byte();
    value |= (read & 0x7FU) << shift;
    if (read < 0x80) return value;
  }
}

std::string_view RecordReader::textView() {
  const std::size_t size = varint();
  const std::string_view view(at_, size);
  at_ += size;
  if (!first_text_) first_text_ = view;
  return view;
}

void RecordReader::text(std::string& value) {
  value = textView();
}

void RecordReader::name(std::string& value) {
  const unsigned form = byte();
  if (form == kOtherName) return text(value);
  value = *first_text_;
  if (form == kLongerThanFirstText) value += textView();
}

void RecordReader::uid(std::string& value) {
  const unsigned form = byte();
  if (form >= kSeenBefore) {
    value = uids_[form - kSeenBefore];
    return;
  }
  if (form == kNoUuid) {
    text(value);
  } else {
    value.clear();
    value.reserve(kUuidText);
    while (value.size() < kUuidText) {
      if (isDash(value.size())) value += '-';
      const unsigned pair = byte();
      value += kHex[pair >> 4U];
      value += kHex[pair & 0xFU];
    }
  }
  uids_.push_back(value);
}

void RecordReader::shared(std::string& value) {
  const std::size_t number = varint();
  if (number == 0) return text(value);
  value = shared_->text(number - 1);
}

void RecordReader::sharedSet(std::set<std::string>& values) {
  for (std::size_t left = varint(); left > 0; --left) {
    std::string value;
    shared(value);
    values.insert(std::move(value));
  }
}

void RecordReader::time(Timestamp& value) {
  const unsigned form = byte();
  if (form == kNoTime) {
    value = Timestamp();
  } else if (form == kUnreadableTime) {
    value = Timestamp::read(std::string(textView()));
  } else {
    const std::int64_t since = unzigzag(varint());
    last_time_ = sum(last_time_, form == kSeconds ? since * kSecond : since);
    value = Timestamp::of(timing::Instant(timing::Instant::duration(last_time_)));
  }
}

}  // namespace job
