#include "common/k8s/transport/exec_credential.h"

#include <utility>

#include "common/json/parse.h"
#include "common/json/view.h"
#include "common/json/write.h"
#include "common/k8s/transport/header_text.h"
#include "common/time/rfc3339.h"

namespace k8s {
namespace {

constexpr const char* kKind = "ExecCredential";

tl::unexpected<std::string> wrong(std::string problem) {
  return tl::unexpected(std::move(problem));
}

/// What can't be right whatever the server would say to it.
std::optional<std::string> problemOf(const Credentials& credentials) {
  if (credentials.client_certificate_pem.empty() != credentials.client_key_pem.empty()) {
    return "status has one of clientCertificateData and clientKeyData without the other";
  }
  if (credentials.token.empty() && credentials.client_key_pem.empty()) {
    return "status has neither a token nor a certificate";
  }
  if (!isTokenText(credentials.token)) {
    return "status.token holds blanks, control characters or other than ASCII";
  }
  return {};
}

}  // namespace

std::string execInfoFor(const ExecPlugin& plugin) {
  json::Value info(json::Object{{"apiVersion", plugin.api_version}, {"kind", kKind}});
  info["spec"]["interactive"] = false;
  if (plugin.cluster_info) info["spec"]["cluster"] = *plugin.cluster_info;
  return json::write(info);
}

tl::expected<ExecReply, std::string> parseExecReply(std::string_view text,
                                                    const ExecPlugin& plugin) {
  const auto parsed = json::parse(text);
  // Its own words may echo some characters.
  if (!parsed) return wrong("is not JSON");
  json::Decoder decoder(*parsed);
  const json::View root = decoder.root();
  const json::View status = root["status"];
  const std::string api_version = root["apiVersion"].stringOr("");
  const std::string kind = root["kind"].stringOr("");
  const auto expiration = status["expirationTimestamp"].optionalString();
  ExecReply reply;
  reply.credentials = {.token = status["token"].stringOr(""),
                       .client_certificate_pem = status["clientCertificateData"].stringOr(""),
                       .client_key_pem = status["clientKeyData"].stringOr("")};
  // The path alone: the rest would show what is there.
  if (decoder.error())
    return wrong("has something else than it should at " + decoder.error()->path);

  if (kind != kKind) return wrong(std::string("is not of kind ") + kKind);
  if (api_version != plugin.api_version) {
    return wrong("is not of apiVersion " + plugin.api_version + ", which was asked for");
  }
  if (!status.present()) return wrong("has no status");
  if (auto problem = problemOf(reply.credentials)) return wrong(*std::move(problem));
  if (expiration) {
    const auto expires = timing::parseRfc3339(*expiration);
    if (!expires) return wrong("has a status.expirationTimestamp that is not an RFC 3339 time");
    reply.expires = *expires;
  }
  return reply;
}

}  // namespace k8s
