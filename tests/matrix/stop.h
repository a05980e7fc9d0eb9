#pragma once

#include <chrono>

namespace matrix {

/// From the first SIGINT, SIGTERM or SIGHUP on no cell is begun, those under way are cut short, and
/// what was made in a cluster is removed. Handlers and no mask: a child would inherit that.
void stopOnSignals();
bool isStopping();
/// False when it was cut short by a signal.
bool pauseFor(std::chrono::milliseconds time);

}  // namespace matrix
