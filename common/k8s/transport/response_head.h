#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace Poco::Net {
class HTTPResponse;
}

namespace k8s {

/// Where a response's head ends, its empty line included; npos when it has not come whole.
std::size_t endOfHead(std::string_view text);

/// False when the head is not one of HTTP/1.
bool parseHead(const std::string& text, Poco::Net::HTTPResponse& response);

}  // namespace k8s
