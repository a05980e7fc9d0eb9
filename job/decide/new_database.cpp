#include "job/decide/new_database.h"

namespace job {

std::string imageCatalogName(const std::string& system) {
  return system + "-db-pg-image-catalog";
}
tl::expected<json::Value, std::string> newDatabase(const DatabaseSpec&, const NewDatabase&) {
  return tl::unexpected(std::string("not built yet"));
}

}  // namespace job
