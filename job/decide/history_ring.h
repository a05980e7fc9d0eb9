#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/time/instant.h"

namespace job {

/// Which runs the history lets go, so that it stays a ring. Pure. Only keys of `own`'s Cluster ever
/// go, never `own`, the run just written, nor what is no key of a run. Those dated more than a day
/// ahead go first, as a clock that was wrong once would else keep them for ever; then the oldest.

/// What `own`'s Cluster has beyond `limit`; none as long as that is at most a quarter of it, so
/// that most runs need no second write.
std::vector<std::string> keysBeyondLimit(const std::vector<std::string>& keys,
                                         const std::string& own, std::int64_t limit,
                                         timing::Instant now);

/// What has to go so that all values, `own`'s among them, take at most `most` bytes. `sizes` has
/// each value's bytes, by key. Empty: they would not even if all of them went.
std::optional<std::vector<std::string>> keysToMakeRoom(
    const std::map<std::string, std::size_t>& sizes, const std::string& own, std::size_t most,
    timing::Instant now);

}  // namespace job
