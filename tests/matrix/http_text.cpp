#include "tests/matrix/http_text.h"

#include <cstdio>

#include "tests/sim/request_target.h"

namespace matrix {
namespace {

/// What holds for one connection and not for the next.
bool isHopByHop(std::string_view name) {
  for (const std::string_view each :
       {"Connection", "Keep-Alive", "Transfer-Encoding", "Content-Length"}) {
    if (k8s::isSameHeader(name, each)) return true;
  }
  return false;
}

std::string_view takeLine(std::string_view& text) {
  const std::size_t end = text.find("\r\n");
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
  return line;
}

/// The worker's own names for backups, without when: the same in each pass.
std::string withoutTime(std::string name) {
  constexpr std::string_view kPrefix = "backup-";
  constexpr std::string_view kTime = "20250115-020000";
  if (name.starts_with(kPrefix) && name.size() >= kPrefix.size() + kTime.size()) {
    name.replace(kPrefix.size(), kTime.size(), "*");
  }
  return name;
}

}  // namespace

k8s::HttpRequest parseRequest(std::string_view text) {
  k8s::HttpRequest request;
  const std::string_view first = takeLine(text);
  const std::size_t target = first.find(' ') + 1;
  request.method = first.substr(0, target - 1);
  request.target = first.substr(target, first.find(' ', target) - target);
  for (std::string_view line = takeLine(text); !line.empty(); line = takeLine(text)) {
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    request.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  }
  request.body = text;
  return request;
}

std::string headerOf(const k8s::HttpRequest& request, std::string_view name) {
  return k8s::HttpResponseHead{0, request.headers}.header(name);
}

std::string headOf(int status, const k8s::Headers& headers, const std::string& framing) {
  std::string head = "HTTP/1.1 " + std::to_string(status) + " -\r\n";
  for (const auto& [name, value] : headers) {
    if (!isHopByHop(name)) head += name + ": " + value + "\r\n";
  }
  return head + framing + "\r\n\r\n";
}

std::string textOf(const Answer& answer) {
  return headOf(answer.status, answer.headers,
                "Content-Length: " + std::to_string(answer.body.size())) +
         answer.body;
}

std::string chunkOf(std::string_view piece) {
  char size[20];
  std::snprintf(size, sizeof(size), "%zx\r\n", piece.size());
  return size + std::string(piece) + "\r\n";
}

bool isWatch(const k8s::HttpRequest& request) {
  return request.method == "GET" && sim::RequestTarget::parse(request.target).flag("watch");
}

std::string shortened(const k8s::HttpRequest& request) {
  const sim::RequestTarget target = sim::RequestTarget::parse(request.target);
  const std::string verb = isWatch(request) ? "WATCH " : request.method + " ";
  const auto path = sim::ResourcePath::of(target);
  if (!path) return verb + target.path();
  std::string what = path->plural;
  for (const std::string& part : {withoutTime(path->name), path->subresource}) {
    if (!part.empty()) what += "/" + part;
  }
  const bool gives_back =
      path->plural == "leases" && request.body.find(R"("holderIdentity":"")") != std::string::npos;
  return verb + what + (gives_back ? " (back)" : "");
}

}  // namespace matrix
