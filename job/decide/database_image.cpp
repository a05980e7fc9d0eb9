#include "job/decide/database_image.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <system_error>

#include "common/json/view.h"

namespace job {
namespace {

std::optional<int> leadingNumber(std::string_view text) {
  int number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < 1) return std::nullopt;
  return number;
}

std::optional<int> asMajor(const json::View& place) {
  const auto number = place.optionalInteger();
  return number ? std::optional(static_cast<int>(*number)) : std::nullopt;
}

}  // namespace

std::optional<ImageCatalogReference> imageCatalogOf(const json::Value& cluster) {
  json::Decoder decoder(cluster);
  const json::View reference = decoder.root()["spec"]["imageCatalogRef"];
  if (!reference.present()) return std::nullopt;
  return ImageCatalogReference{.kind = reference["kind"].stringOr("ImageCatalog"),
                               .name = reference["name"].stringOr(""),
                               .major = asMajor(reference["major"])};
}

std::optional<int> majorOf(const json::Value& cluster) {
  if (const auto catalog = imageCatalogOf(cluster)) return catalog->major;
  json::Decoder decoder(cluster);
  return majorOfImage(decoder.root()["spec"]["imageName"].stringOr(""));
}

std::optional<int> majorOfImage(const std::string& image) {
  std::string_view rest = std::string_view(image).substr(0, image.find('@'));
  const std::size_t slash = rest.rfind('/');
  if (slash != std::string_view::npos) rest.remove_prefix(slash + 1);
  const std::size_t colon = rest.find(':');
  return colon == std::string_view::npos ? std::nullopt : leadingNumber(rest.substr(colon + 1));
}

std::optional<int> onlyMajorOf(const json::Value& catalog) {
  json::Decoder decoder(catalog);
  const auto images = decoder.root()["spec"]["images"].elements();
  return images.size() == 1 ? asMajor(images.front()["major"]) : std::nullopt;
}

std::string catalogProblem(const ImageCatalogReference& reference, const json::Value& catalog) {
  const std::string name = reference.kind + " " + reference.name;
  const std::string major =
      reference.major ? std::to_string(*reference.major) : std::string("(not said)");
  if (catalog.isNull()) {
    return name +
           ", which spec.imageCatalogRef takes the image from, does not exist; create it "
           "with an image of PostgreSQL major " +
           major;
  }
  json::Decoder decoder(catalog);
  const auto images = decoder.root()["spec"]["images"].elements();
  const bool has_it = std::any_of(images.begin(), images.end(), [&](const json::View& image) {
    return reference.major && asMajor(image["major"]) == reference.major &&
           !image["image"].stringOr("").empty();
  });
  if (has_it) return "";
  return name + " has no image of PostgreSQL major " + major +
         ", which spec.imageCatalogRef asks for; add one to its spec.images";
}

}  // namespace job
