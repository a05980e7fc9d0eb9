#include <algorithm>
#include <string>

#include "job/cli/pushgateway_url.h"
#include "tests/fuzz/fuzz.h"

namespace {

/// What goes into a request's head, or to people.
bool isOneWord(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace

void fuzz::testOne(std::string_view input) {
  const auto url = job::parsePushgatewayUrl(input);
  if (!url) {
    fuzz::require(url.error().starts_with("an address such as "), "it says what is accepted");
    return;
  }
  fuzz::require(!url->host.empty() && url->port != 0, "there is somebody to connect to");
  fuzz::require(isOneWord(url->authority) && isOneWord(url->prefix),
                "no header can be smuggled in");
  fuzz::require(url->prefix.empty() || url->prefix.starts_with('/'), "a path begins with a slash");
  fuzz::require(!url->prefix.ends_with('/'), "and has none at its end");
  fuzz::require(url->prefix.find_first_of("?#") == std::string::npos, "and is nothing but a path");
  fuzz::require(url->authority.find('@') == std::string::npos,
                "credentials are not in the address");
  fuzz::require(url->credentials.empty() || url->credentials.find(':') > 0, "a user has a name");

  const auto shown = job::parsePushgatewayUrl(url->address());
  fuzz::require(shown.has_value(), "what people are shown is an address");
  fuzz::require(shown->host == url->host && shown->port == url->port &&
                    shown->prefix == url->prefix && shown->encrypted == url->encrypted,
                "of the same place");
  fuzz::require(shown->credentials.empty(), "without credentials");
}
