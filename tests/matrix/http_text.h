#pragma once

#include <string>
#include <string_view>

#include "common/k8s/http.h"

namespace matrix {

/// An answer as far as it was received.
struct Answer {
  int status = 0;
  k8s::Headers headers;
  std::string body;
};

/// A request off the wire. Headers keep their order; an unreadable line is left out.
k8s::HttpRequest parseRequest(std::string_view text);
std::string headerOf(const k8s::HttpRequest& request, std::string_view name);

/// The head of an answer with this header for how its body is framed.
std::string headOf(int status, const k8s::Headers& headers, const std::string& framing);
/// With a Content-Length.
std::string textOf(const Answer& answer);
std::string chunkOf(std::string_view piece);
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

/// Verb and what the path leads to, for people: "GET noobaas/noobaa", "WATCH backups". The write
/// that gives a Lease back is told from those that take and renew it.
std::string shortened(const k8s::HttpRequest& request);
bool isWatch(const k8s::HttpRequest& request);

}  // namespace matrix
