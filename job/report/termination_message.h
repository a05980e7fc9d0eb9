#pragma once

#include <cstddef>

#include "common/json/value.h"

namespace job {

/// What Kubernetes keeps of a container's termination message, in bytes.
inline constexpr std::size_t kTerminationMessageLimit = 4096;

/// A result object (reference.md) cut so that it takes at most `limit` bytes when written, with
/// every key and every number as it was. In this order, each only as far as it has to be: texts
/// without end are cut ("reason" to half the limit, a list's entries to an eighth, texts deeper
/// within to a thirty-second) and marked with "..."; lists of texts are shortened from their end,
/// and a last entry of "warnings" counts what each has lost; the other texts are cut, "reason"
/// first. A limit below 1 KiB may be too little for the keys, and is then exceeded.
json::Object cutToFit(const json::Object& result, std::size_t limit = kTerminationMessageLimit);

}  // namespace job
