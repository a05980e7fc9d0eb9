#include "job/pass/write_system_status.h"

#include <utility>

#include "job/model/names.h"
#include "job/pass/cluster_reader.h"

namespace job {

WrittenStatus writeSystemStatus(
    Session& session, NooBaaSystem& system, const std::string& doing,
    const std::function<std::optional<json::Value>(const NooBaaSystem&)>& patch_for,
    const std::function<Outcome<void>(bool changed)>& may_write) {
  constexpr int kTries = 5;
  for (int attempt = 1;; ++attempt) {
    auto patch = patch_for(system);
    if (!patch) return {};
    (*patch)["metadata"]["resourceVersion"] = system.resource_version;
    if (auto may = may_write(attempt > 1); !may) return {.failure = may.error()};
    auto answer = session.client.mergePatch(session.object(nooBaaType(), system.name), *patch,
                                            k8s::Subresource::kStatus, session.changing());
    if (answer) {
      if (auto now = readNooBaaSystem(*answer)) system.resource_version = now->resource_version;
      return {.answer = *std::move(answer)};
    }
    const bool conflict = answer.error().isConflict();
    if (!conflict || attempt == kTries) {
      return {.failure = failureOf(answer.error(),
                                   doing + " of NooBaa " + session.name_space + "/" + system.name),
              .conflicts_without_end = conflict};
    }
    auto read = readSystem(session);
    if (!read) return {.failure = read.error()};
    system = *std::move(read);
  }
}

}  // namespace job
