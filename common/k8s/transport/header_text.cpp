#include "common/k8s/transport/header_text.h"

#include <algorithm>

namespace k8s {

bool isHeaderText(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char character) {
    return static_cast<unsigned char>(character) < ' ' || character == '\x7f';
  });
}

bool isTokenText(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char character) { return character > ' ' && character < '\x7f'; });
}

}  // namespace k8s
