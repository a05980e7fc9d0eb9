#include "common/k8s/transport/response_head.h"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPResponse.h>

#include <sstream>

namespace k8s {
namespace {

constexpr int kMostHeaders = 200;

}  // namespace

std::size_t endOfHead(std::string_view text) {
  const std::size_t strict = text.find("\r\n\r\n");
  const std::size_t lenient = text.find("\n\n");
  if (strict == std::string_view::npos && lenient == std::string_view::npos) return strict;
  return strict < lenient ? strict + 4 : lenient + 2;
}

bool parseHead(const std::string& text, Poco::Net::HTTPResponse& response) try {
  std::istringstream stream(text);
  response.setFieldLimit(kMostHeaders);
  response.read(stream);
  return text.starts_with("HTTP/1.") && response.getStatus() >= 100;
} catch (const Poco::Exception&) {
  return false;
}

}  // namespace k8s
