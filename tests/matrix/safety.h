#pragma once

#include <string>
#include <vector>

#include "tests/matrix/cluster_view.h"

namespace matrix {

/// docs/safety.md: what must hold. Each returns what is broken, one clause each.

/// At any moment: every good backup of `before` that is still among the newest `max_snapshots` good
/// ones is good in `now`, and there is one where there was one.
std::vector<std::string> lostCopies(const ClusterView& before, const ClusterView& now,
                                    int max_snapshots);

/// All five, after the pass `run` and its undisturbed repetition.
std::vector<std::string> brokenPromises(const ClusterView& before, const ClusterView& now,
                                        const std::string& run, int max_snapshots);

}  // namespace matrix
