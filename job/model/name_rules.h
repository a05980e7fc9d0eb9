#pragma once

#include <string_view>

namespace job {

/// Kubernetes' rules for names, as its API server applies them.
bool isDnsLabel(std::string_view text);      // RFC 1123 label: namespaces
bool isDnsSubdomain(std::string_view text);  // labels joined by dots, at most 253 characters
bool isLabelValue(std::string_view text);    // at most 63 characters, not empty here

bool isUuid(std::string_view text);  // 8-4-4-4-12 hexadecimal digits

}  // namespace job
