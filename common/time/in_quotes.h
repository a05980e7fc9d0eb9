#pragma once

#include "common/text/in_quotes.h"

namespace timing {
using text::inQuotes;
}  // namespace timing
