#pragma once

#include "common/text/trimmed.h"

namespace k8s {
using text::trimmed;
}  // namespace k8s
