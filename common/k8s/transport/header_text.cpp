#include "common/k8s/transport/header_text.h"

#include "common/text/ascii.h"

namespace k8s {

bool isHeaderText(std::string_view text) {
  return !text::hasControl(text);
}

bool isTokenText(std::string_view text) {
  return text::isVisibleAscii(text);
}

}  // namespace k8s
