#include "tests/sim/operator_options.h"

namespace sim {

OperatorTiming OperatorTiming::fasterBy(double factor) const {
  const auto scaled = [&](timing::Duration duration) {
    return std::chrono::duration_cast<timing::Duration>(duration / factor);
  };
  return {.reaction = scaled(reaction),
          .poll = scaled(poll),
          .missing_retry = scaled(missing_retry),
          .shutdown = scaled(shutdown),
          .restart = scaled(restart),
          .fence_to_snapshot = scaled(fence_to_snapshot),
          .snapshot_to_unfence = scaled(snapshot_to_unfence),
          .unfence_to_finalizing = scaled(unfence_to_finalizing),
          .finalizing_to_completed = scaled(finalizing_to_completed),
          .bootstrap = scaled(bootstrap),
          .source_retry = scaled(source_retry),
          .claim_removal = scaled(claim_removal)};
}

}  // namespace sim
