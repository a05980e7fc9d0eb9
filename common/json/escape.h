#pragma once

#include <string>
#include <string_view>

namespace json {

enum class Quotes { kEscaped, kKept };

/// Appends `text` as valid UTF-8 that stays on its line: everything that would steer a terminal
/// (controls of ASCII and Latin-1, line separators, changes of writing direction) as a JSON escape,
/// each byte that is no UTF-8 as U+FFFD. kEscaped does quotes and backslashes too, as the inside of
/// a JSON string needs.
void appendEscaped(std::string& out, std::string_view text, Quotes quotes);

}  // namespace json
