#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace k8s {

/// The texts that prove who we are, to find them again in what a server or a proxy says. One
/// thread.
class Secrets {
 public:
  /// Shorter texts are passed over: they would be found in anything.
  static constexpr std::size_t kShortest = 6;

  /// Kept for good: an answer may repeat a token that was replaced meanwhile.
  void add(std::string_view secret);
  /// `text` with each of them, plain or in base64, replaced by "[redacted]".
  std::string redacted(std::string text) const;

 private:
  std::vector<std::string> forms_;  // the longest first
};

}  // namespace k8s
