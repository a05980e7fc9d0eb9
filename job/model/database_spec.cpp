#include "job/model/database_spec.h"

namespace job {

tl::expected<DatabaseSpec, json::Error> readDatabaseSpec(const json::Value&) {
  return DatabaseSpec{};
}

}  // namespace job
