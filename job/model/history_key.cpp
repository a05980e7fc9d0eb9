#include "job/model/history_key.h"

#include <algorithm>
#include <cstdint>

#include "common/time/rfc3339.h"

namespace job {
namespace {

constexpr std::size_t kTagSize = 8;
constexpr std::string_view kTimeForm = "00000000-000000";

/// FNV-1a, 32 bits: nothing depends on its being hard to guess.
class Hash {
 public:
  Hash& add(std::string_view text) {
    for (const char c : text) addByte(static_cast<std::uint8_t>(c));
    addByte(0);  // "ab" and "c" are not "a" and "bc"
    return *this;
  }
  std::string hex() const {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (int shift = 28; shift >= 0; shift -= 4) text += kDigits[(value_ >> shift) & 0xFU];
    return text;
  }

 private:
  void addByte(std::uint8_t byte) {
    constexpr std::uint32_t kPrime = 16777619;
    value_ = (value_ ^ byte) * kPrime;
  }
  std::uint32_t value_ = 2166136261;
};

bool isTag(std::string_view text) {
  return text.size() == kTagSize && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::optional<timing::Instant> readCompact(std::string_view text) {
  if (text.size() != kTimeForm.size()) return std::nullopt;
  const auto part = [&](std::size_t from, std::size_t size) {
    return std::string(text.substr(from, size));
  };
  const auto instant =
      timing::parseRfc3339(part(0, 4) + "-" + part(4, 2) + "-" + part(6, 2) + "T" + part(9, 2) +
                           ":" + part(11, 2) + ":" + part(13, 2) + "Z");
  if (!instant || timing::formatCompact(*instant) != text) return std::nullopt;
  return *instant;
}

}  // namespace

std::string historyKey(const std::string& cluster, timing::Instant at, std::string_view command,
                       std::string_view run_id, std::string_view holder) {
  return cluster + "." + timing::formatCompact(at) + "." +
         Hash().add(command).add(run_id).add(holder).hex();
}

std::optional<HistoryKey> readHistoryKey(std::string_view key) {
  constexpr std::size_t kTail = 1 + kTimeForm.size() + 1 + kTagSize;
  if (key.size() <= kTail) return std::nullopt;
  const std::string_view tail = key.substr(key.size() - kTail);
  const std::string_view tag = tail.substr(kTail - kTagSize);
  if (tail[0] != '.' || tail[1 + kTimeForm.size()] != '.' || !isTag(tag)) return std::nullopt;
  const auto at = readCompact(tail.substr(1, kTimeForm.size()));
  if (!at) return std::nullopt;
  return HistoryKey{std::string(key.substr(0, key.size() - kTail)), *at, std::string(tag)};
}

}  // namespace job
