#include "common/k8s/transport/token_source.h"

#include <chrono>
#include <utility>

#include "common/k8s/transport/header_text.h"
#include "common/text/trimmed.h"

namespace k8s {
namespace {

using text::trimmed;

/// Tokens are replaced long before they end; this bounds how long a replaced one is used.
constexpr auto kMaxAge = std::chrono::seconds(50);

tl::expected<std::string, std::string> usable(const std::string& text) {
  std::string token(trimmed(text));
  if (token.empty()) return tl::unexpected(std::string("it is empty"));
  if (!isTokenText(token)) {
    return tl::unexpected(std::string("it holds blanks, control characters or other than ASCII"));
  }
  return token;
}

}  // namespace

TokenSource::TokenSource(std::string fixed, std::string file, const timing::Clock& clock,
                         ReadFile read_file)
    : token_(std::move(fixed)),
      file_(std::move(file)),
      clock_(clock),
      read_file_(std::move(read_file)) {
  if (!file_.empty()) token_.clear();
}

tl::expected<std::string, std::string> TokenSource::token() {
  if (file_.empty()) {
    if (token_.empty()) return std::string();
    auto fixed = usable(token_);
    if (!fixed) return tl::unexpected("the token can't be used: " + fixed.error());
    return fixed;
  }
  const timing::Monotonic now = clock_.monotonic();
  if (tried_at_ && now - *tried_at_ < kMaxAge) return token_;
  auto read = read_file_(file_).and_then(usable);
  if (read) {
    token_ = std::move(*read);
  } else if (token_.empty()) {
    return tl::unexpected("the token " + file_ + " can't be used: " + read.error());
  }
  tried_at_ = now;
  return token_;
}

}  // namespace k8s
