#pragma once

#include <string_view>
#include <vector>

namespace job {

/// The word of `known` that somebody who typed `typed` most likely meant: a few letters changed,
/// swapped, left out or added, or one a part of the other. Empty when none is near.
std::string_view nearest(std::string_view typed, const std::vector<std::string_view>& known);

}  // namespace job
