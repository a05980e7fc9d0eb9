#pragma once

#include <functional>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "common/time/clock.h"

namespace k8s {

/// The bearer token: fixed, or in a file that the kubelet replaces from time to time. Once read, a
/// token stays good while the file is empty or unreadable. One thread.
class TokenSource {
 public:
  using ReadFile = std::function<tl::expected<std::string, std::string>(const std::string& path)>;

  /// `file` may be empty; it beats `fixed`.
  TokenSource(std::string fixed, std::string file, const timing::Clock& clock, ReadFile read_file);

  /// Empty when there is none. The error, only before the first good read, is for people.
  tl::expected<std::string, std::string> token();

  /// Whether reading again may bring another token.
  bool isRenewable() const { return !file_.empty(); }
  /// Makes the next token() read the file whatever its age.
  void expire() { tried_at_.reset(); }

 private:
  std::string token_;
  std::string file_;
  const timing::Clock& clock_;
  ReadFile read_file_;
  std::optional<timing::Monotonic> tried_at_;
};

}  // namespace k8s
