#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace k8s {

/// The texts of the 299 warnings in the value of one `Warning` header (RFC 7234: code, agent,
/// quoted text and perhaps a quoted date, several separated by commas). What does not read so is
/// left out.
std::vector<std::string> warningTexts(std::string_view header);

}  // namespace k8s
