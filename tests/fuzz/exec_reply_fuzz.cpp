#include <algorithm>

#include "common/k8s/transport/exec_credential.h"
#include "tests/fuzz/fuzz.h"

namespace {

// Seeds have it where a plugin's secrets stand, and everything a plugin prints may be one.
constexpr std::string_view kMarker = "s3cr3t";

void isSound(const k8s::Credentials& credentials) {
  fuzz::require(std::all_of(credentials.token.begin(), credentials.token.end(),
                            [](char c) { return c > ' ' && c < '\x7f'; }),
                "a token is one word");
  fuzz::require(credentials.client_certificate_pem.empty() == credentials.client_key_pem.empty(),
                "certificate and key come together");
  fuzz::require(!credentials.token.empty() || !credentials.client_key_pem.empty(),
                "there are credentials");
}

}  // namespace

void fuzz::testOne(std::string_view input) {
  std::size_t accepted = 0;
  for (const char* version :
       {"client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"}) {
    k8s::ExecPlugin plugin;
    plugin.api_version = version;
    const auto reply = k8s::parseExecReply(input, plugin);
    if (reply) {
      ++accepted;
      isSound(reply->credentials);
      fuzz::require(input.find("status") != std::string_view::npos, "it comes from the status");
    } else {
      fuzz::require(!reply.error().empty() && reply.error().size() < 200, "the error is short");
      fuzz::require(reply.error().find(kMarker) == std::string::npos, "a message quotes nothing");
    }
  }
  fuzz::require(accepted < 2, "a reply is of one version");
}
