#pragma once

#include <optional>
#include <string>

#include "common/json/value.h"

namespace job {

/// spec.imageCatalogRef of a Cluster: whose image it runs.
struct ImageCatalogReference {
  std::string kind;  // ImageCatalog, or ClusterImageCatalog, which has no namespace
  std::string name;
  std::optional<int> major;
};

/// Pure, of a Cluster object or a manifest. Empty: it names its image itself.
std::optional<ImageCatalogReference> imageCatalogOf(const json::Value& cluster);

/// The PostgreSQL major of a Cluster object or a manifest: spec.imageCatalogRef.major, else the
/// number that the tag of spec.imageName begins with. Empty: neither says.
std::optional<int> majorOf(const json::Value& cluster);

/// Of an image: "quay.io/x/postgresql:16.4@sha256:..." is 16. CNPG accepts no other way to tell.
std::optional<int> majorOfImage(const std::string& image);

/// Of an ImageCatalog that has images of one major alone.
std::optional<int> onlyMajorOf(const json::Value& catalog);

/// Why no Cluster can start by this reference, "" when one can: `catalog`, null when there is none
/// of that name, has to have an image of the major.
std::string catalogProblem(const ImageCatalogReference& reference, const json::Value& catalog);

}  // namespace job
