#include "job/decide/recovery_status.h"

#include <array>

#include "common/json/view.h"

namespace job {
namespace {

struct Field {
  const char* name;
  const std::string& value;  // "": absent
};

std::array<Field, 3> fieldsOf(const RecoveryStatus& status) {
  return {{{"status", status.status},
           {"snapshotName", status.snapshot_name},
           {"recoveryTime", status.recovery_time}}};
}

}  // namespace

std::optional<json::Value> recoveryStatusPatch(const std::optional<RecoveryStatus>& current,
                                               const RecoveryStatus& wanted) {
  const RecoveryStatus before = current.value_or(RecoveryStatus());
  if (before == wanted) return std::nullopt;
  json::Value patch;
  json::Value& status = patch["status"]["dbStatus"]["recoveryStatus"];
  if (wanted == RecoveryStatus()) {
    status = nullptr;
    return patch;
  }
  const auto old_fields = fieldsOf(before);
  const auto new_fields = fieldsOf(wanted);
  json::Object fields;
  for (std::size_t i = 0; i < new_fields.size(); ++i) {
    const auto& [name, value] = new_fields.at(i);
    if (!value.empty()) {
      fields.set(name, value);
    } else if (!old_fields.at(i).value.empty()) {
      fields.set(name, nullptr);
    }
  }
  status = std::move(fields);
  return patch;
}

std::vector<std::string> fieldsDropped(const RecoveryStatus& wanted, const json::Value& response) {
  json::Decoder decoder(response);
  const json::View shown = decoder.root()["status"]["dbStatus"]["recoveryStatus"];
  std::vector<std::string> dropped;
  for (const auto& [name, value] : fieldsOf(wanted)) {
    if (!value.empty() && !shown[name].present()) dropped.emplace_back(name);
  }
  return dropped;
}

std::string inWords(const RecoveryStatus& status) {
  std::string text = status.status;
  if (!status.snapshot_name.empty()) text += " from " + status.snapshot_name;
  if (!status.recovery_time.empty()) text += " since " + status.recovery_time;
  return text;
}

std::optional<RecoveryStatus> unfinishedRecovery(const NooBaaSystem& system) {
  const auto& status = system.recovery_status;
  if (!status || status->status.empty() || status->status == "None") return std::nullopt;
  if (status->status == kRecoveryCompleted) return std::nullopt;
  return status;
}

}  // namespace job
