#pragma once

#include <string_view>

namespace k8s {

/// Whether a header's value may be this: a line break would smuggle in other headers or requests,
/// and other control characters have no place in one either.
bool isHeaderText(std::string_view text);

/// Whether a bearer token may be this: visible ASCII, without blanks.
bool isTokenText(std::string_view text);

}  // namespace k8s
