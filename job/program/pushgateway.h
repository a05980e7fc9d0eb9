#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "common/time/clock.h"
#include "common/time/deadline.h"
#include "job/cli/pushgateway_url.h"

namespace job {

/// POSTs `text` to `path` of the Pushgateway, which replaces the metrics in it and keeps the
/// group's others. Once: no retry, no redirect followed, no proxy used. Looking up the name,
/// connecting and waiting for the answer all end at the deadline or on a stop. Over https the
/// system's CAs are trusted. What went wrong, for people, names the server and no credentials;
/// empty: nothing.
std::optional<std::string> push(const PushgatewayUrl& url, const std::string& path,
                                const std::string& text, const timing::Clock& clock,
                                timing::Deadline deadline, const std::stop_token& stop);

}  // namespace job
