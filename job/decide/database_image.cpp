#include "job/decide/database_image.h"

namespace job {

std::optional<ImageCatalogReference> imageCatalogOf(const json::Value&) {
  return std::nullopt;
}
std::optional<int> majorOf(const json::Value&) {
  return std::nullopt;
}
std::optional<int> majorOfImage(const std::string&) {
  return std::nullopt;
}
std::string catalogProblem(const ImageCatalogReference&, const json::Value&) {
  return "";
}

}  // namespace job
