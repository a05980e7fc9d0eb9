#pragma once

#include <memory>

#include "tests/matrix/installation.h"

namespace matrix {

/// A simulated cluster behind HTTPS, in real time and many times as fast as a real one.
std::unique_ptr<Lane> makeSimulatedLane();

}  // namespace matrix
