#include "common/k8s/status_reply.h"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>

#include "common/json/parse.h"
#include "common/json/view.h"
#include "common/text/ascii.h"
#include "common/text/utf8.h"

namespace k8s {
namespace {

constexpr std::size_t kForeignBodyLimit = 2048;

std::string_view withoutTrailingBlanks(std::string_view text) {
  const auto last = text.find_last_not_of(" \t\r\n");
  return last == std::string_view::npos ? std::string_view{} : text.substr(0, last + 1);
}

/// Whole seconds only: client-go takes no dates either.
std::optional<std::chrono::seconds> retryAfter(std::string_view header) {
  std::int64_t seconds = 0;
  const char* const end = header.data() + header.size();
  const auto [stop, error] = std::from_chars(header.data(), end, seconds);
  if (error != std::errc{} || stop != end || header.empty() || seconds < 0) return std::nullopt;
  return std::chrono::seconds(seconds);
}

bool isStatus(const json::Value& value) {
  json::Decoder decoder(value);
  return decoder.root()["kind"].stringOr("") == "Status" && !decoder.error();
}

bool echoesCredentials(std::string_view body) {
  const std::string lower = text::lowerCase(body);
  return lower.find("bearer ") != std::string::npos ||
         lower.find("authorization") != std::string::npos;
}

}  // namespace

ApiError errorOfStatus(const json::Value& status) {
  // A field of the wrong type counts as absent: the rest still says more than nothing.
  json::Decoder decoder(status);
  const json::View root = decoder.root();
  ApiError error;
  const std::int64_t code = root["code"].integerOr(0);
  if (code > 0 && code < 1000) error.code = static_cast<int>(code);
  error.reason = root["reason"].stringOr("");
  error.message = root["message"].stringOr("");
  const json::View details = root["details"];
  error.details_name = details["name"].stringOr("");
  for (const json::View& cause : details["causes"].elements()) {
    error.causes.push_back({.field = cause["field"].stringOr(""),
                            .reason = cause["reason"].stringOr(""),
                            .message = cause["message"].stringOr("")});
  }
  const std::int64_t seconds = details["retryAfterSeconds"].integerOr(0);
  if (seconds > 0) error.retry_after = std::chrono::seconds(seconds);
  return error;
}

ApiError errorOfReply(const HttpResponseHead& head, std::string_view body) {
  ApiError error;
  const auto parsed = json::parse(body);
  if (parsed && isStatus(*parsed)) {
    error = errorOfStatus(*parsed);
  } else {
    error.reason = "UnexpectedServerResponse";
    // Proxies that echo a request's headers would have the token logged.
    error.message = echoesCredentials(body)
                        ? "an answer that is not shown, as it echoes credentials"
                        : withoutTrailingBlanks(text::cutUtf8(body, kForeignBodyLimit));
  }
  error.code = head.status;
  if (const auto hint = retryAfter(head.header("Retry-After"))) error.retry_after = hint;
  return error;
}

}  // namespace k8s
