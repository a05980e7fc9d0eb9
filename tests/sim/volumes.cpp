#include "tests/sim/volumes.h"

#include "tests/sim/fields.h"

namespace sim {
namespace {

std::string configured(const json::Value& cluster, std::string_view key) {
  return textAt(cluster, {"spec", "backup", "volumeSnapshot", key});
}

std::string orElse(std::string value, const std::string& fallback) {
  return value.empty() ? fallback : value;
}

Volume volume(const std::string& role, const std::string& instance, const std::string& backup,
              const std::string& suffix, const json::Value& storage) {
  return {.role = role,
          .claim = instance + suffix,
          .snapshot = backup + suffix,
          .snapshot_class = {},
          .tablespace = {},
          .size = textAt(storage, {"size"}),
          .storage_class = textAt(storage, {"storageClass"})};
}

json::Value valueOrNull(const json::Value& object, Path path) {
  const json::Value* found = valueAt(object, path);
  return found == nullptr ? json::Value() : *found;
}

}  // namespace

std::vector<Volume> volumesOf(const json::Value& cluster, const std::string& instance,
                              const std::string& backup) {
  const std::string usual_class = configured(cluster, "className");
  std::vector<Volume> volumes;
  volumes.push_back(
      volume("PG_DATA", instance, backup, "", valueOrNull(cluster, {"spec", "storage"})));
  volumes.back().snapshot_class = usual_class;
  if (hasAt(cluster, {"spec", "walStorage"})) {
    volumes.push_back(
        volume("PG_WAL", instance, backup, "-wal", valueOrNull(cluster, {"spec", "walStorage"})));
    volumes.back().snapshot_class = orElse(configured(cluster, "walClassName"), usual_class);
  }
  for (const auto& tablespace : elementsAt(cluster, {"spec", "tablespaces"})) {
    const std::string name = textAt(tablespace, {"name"});
    volumes.push_back(volume("PG_TABLESPACE", instance, backup, tablespaceSuffix(name),
                             valueOrNull(tablespace, {"storage"})));
    volumes.back().tablespace = name;
    volumes.back().snapshot_class =
        orElse(textAt(cluster, {"spec", "backup", "volumeSnapshot", "tablespaceClassName", name}),
               usual_class);
  }
  return volumes;
}

std::string tablespaceSuffix(const std::string& tablespace) {
  std::string suffix;
  for (const char c : tablespace) {
    if (c == '_' && suffix.empty()) {
      suffix += '1';
    } else if (c == '_' || c == '$') {
      suffix += '-';
    } else if (c >= 'A' && c <= 'Z') {
      suffix += static_cast<char>(c - 'A' + 'a');
    } else {
      suffix += c;
    }
  }
  return "-tbs-" + suffix;
}

}  // namespace sim
