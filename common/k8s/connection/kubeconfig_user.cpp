#include "common/k8s/connection/kubeconfig_user.h"

#include "common/k8s/connection/kubeconfig_exec.h"
#include "common/text/ascii.h"
#include "common/text/trimmed.h"

namespace k8s {
namespace {

using text::trimmed;

void readToken(const EntryReader& user, Connection& connection) {
  // A block scalar ends in a line break.
  const std::string token = user.text("token");
  connection.token = trimmed(token);
  if (connection.token.empty() && !token.empty()) {
    user.complain("token is blank: fill it in, or remove it");
  }
  const bool is_visible = text::isVisibleAscii(connection.token);
  if (!is_visible) {
    user.complain("token has blanks or line breaks in it: write it on one line");
  }
  const std::string path = user.text("tokenFile");
  if (path.empty()) return;
  connection.token_file = user.resolved(path);
  // Only to say it early and along with the rest: the transport reads the token itself.
  const auto content = user.contentOf(connection.token_file);
  if (!content) {
    user.complain("can't read tokenFile " + connection.token_file + ": " + content.error());
  } else if (trimmed(*content).empty()) {
    user.complain("tokenFile " + connection.token_file + " is empty");
  }
}

void readCertificate(const EntryReader& user, Connection& connection) {
  connection.client_certificate = user.material("client-certificate");
  connection.client_key = user.material("client-key");
  const bool has_certificate = user.hasMaterial("client-certificate");
  const bool has_key = user.hasMaterial("client-key");
  if (has_certificate && !has_key) {
    user.complain("has a client-certificate without client-key: add its key");
  } else if (has_key && !has_certificate) {
    user.complain("has a client-key without client-certificate: add its certificate");
  }
}

/// Old files have one beside a client certificate, which is what servers go by. Beside a token
/// client-go refuses it (tools/clientcmd/validation.go, transport/round_trippers.go), and because
/// of it does not run exec.
bool mayIgnorePassword(const EntryReader& user) {
  return user.hasMaterial("client-certificate") && !user.isSet("token") && !user.isSet("tokenFile");
}

/// What would be ignored makes somebody else of us, or nobody. True when there was something.
bool refuseOldWays(const EntryReader& user) {
  const bool has_password = user.isSet("username") || user.isSet("password");
  const bool is_password_refused = has_password && !mayIgnorePassword(user);
  if (is_password_refused) {
    user.complain(
        "API servers take no username and password since Kubernetes 1.19: remove them and use a "
        "token or a client certificate");
  }
  const bool has_provider = user.has("auth-provider");
  if (has_provider) {
    user.complain(
        "auth-provider is not supported: use exec with the provider's plugin (for example "
        "gke-gcloud-auth-plugin, kubelogin, aws eks get-token)");
  }
  return is_password_refused || has_provider;
}

std::map<std::string, std::vector<std::string>> extraOf(const EntryReader& user) {
  std::map<std::string, std::vector<std::string>> extra;
  const EntryReader fields = user.section("as-user-extra");
  for (const auto& field : fields.entry().body) {
    const std::string key = field.first.Scalar();
    extra[key] = fields.texts(key);
    for (const std::string& value : extra[key]) fields.requireOneLine(key, value);
  }
  return extra;
}

void readImpersonation(const EntryReader& user, Impersonation& impersonation) {
  impersonation.user = user.text("as");
  impersonation.uid = user.text("as-uid");
  impersonation.groups = user.texts("as-groups");
  impersonation.extra = extraOf(user);
  user.requireOneLine("as", impersonation.user);
  user.requireOneLine("as-uid", impersonation.uid);
  for (const std::string& group : impersonation.groups) user.requireOneLine("as-groups", group);
  if (impersonation.user.empty() && (!impersonation.uid.empty() || !impersonation.groups.empty() ||
                                     !impersonation.extra.empty())) {
    user.complain("has as-uid, as-groups or as-user-extra without as: name the user in as");
  }
}

}  // namespace

void readUser(const EntryReader& user, Connection& connection) {
  readToken(user, connection);
  readCertificate(user, connection);
  if (user.has("exec")) connection.exec = readExec(user);
  readImpersonation(user, connection.impersonation);
  const bool is_refused = refuseOldWays(user);
  const bool has_fixed_credentials = user.isSet("token") || user.isSet("tokenFile") ||
                                     user.hasMaterial("client-certificate") ||
                                     user.hasMaterial("client-key");
  if (!has_fixed_credentials && !connection.exec && !is_refused) {
    user.complain("has no credentials: give it a token, a tokenFile, a client certificate or exec");
  }
  if (has_fixed_credentials) connection.exec.reset();
}

}  // namespace k8s
