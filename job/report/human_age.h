#pragma once

#include <string>

#include "common/time/instant.h"

namespace job {

/// "42s", "3m", "23h59m", "2d4h", "12d": an age or a wait for people, cut to what matters. Zero
/// when it is negative, as ages are when clocks differ.
std::string humanAge(timing::Duration age);

}  // namespace job
