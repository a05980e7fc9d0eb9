#pragma once

#include <string>
#include <string_view>

namespace job {

/// The manual page, in roff's man macros (man(7)), from the same tables and texts as --help.
std::string manualPage(std::string_view version);

}  // namespace job
