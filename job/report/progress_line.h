#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/time/instant.h"

namespace job {

/// "what (2:05)", cut so that a terminal of so many columns shows it on one line: only that can be
/// rewritten in place. `what` may hold a server's text; it is made fit for one line.
std::string progressLine(std::string_view what, timing::Duration elapsed, std::size_t columns);

}  // namespace job
