#include "common/k8s/http.h"

#include <algorithm>
#include <cctype>

namespace k8s {
namespace {

bool sameLetter(char left, char right) {
  return std::tolower(static_cast<unsigned char>(left)) ==
         std::tolower(static_cast<unsigned char>(right));
}

}  // namespace

bool isSameHeader(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), sameLetter);
}

std::string HttpResponseHead::header(std::string_view name) const {
  const auto found = std::find_if(headers.begin(), headers.end(), [name](const auto& header) {
    return isSameHeader(header.first, name);
  });
  return found == headers.end() ? std::string() : found->second;
}

}  // namespace k8s
