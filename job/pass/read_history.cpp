#include "job/pass/read_history.h"

#include "job/model/names.h"

namespace job {

Outcome<std::optional<History>> findHistory(Session& session) {
  const std::string name(kHistoryName);
  const auto object = session.client.get(session.object(configMapType(), name), session.context());
  if (object) return readHistory(*object, session.cluster());
  if (object.error().isNotFound()) return std::optional<History>();
  return tl::unexpected(failureOf(object.error(), "read the history, ConfigMap " + name));
}

}  // namespace job
