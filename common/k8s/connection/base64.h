#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace k8s {

/// Standard base64 with padding; line breaks are skipped, and bits of the last digit that belong to
/// no byte, as Go has it. Nothing when the text is not base64, or is made of line breaks alone:
/// what was meant to say something must not decode to nothing.
std::optional<std::string> decodeBase64(std::string_view text);

/// Standard base64 with padding, in one line.
std::string encodeBase64(std::string_view bytes);

}  // namespace k8s
