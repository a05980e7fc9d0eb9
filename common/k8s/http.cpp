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

std::string HttpResponseHead::header(std::string_view name) const {
  const auto found = std::find_if(headers.begin(), headers.end(), [name](const auto& header) {
    return std::equal(header.first.begin(), header.first.end(), name.begin(), name.end(),
                      sameLetter);
  });
  return found == headers.end() ? std::string() : found->second;
}

}  // namespace k8s
