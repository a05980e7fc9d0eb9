#include "common/k8s/transport/plugin_credentials.h"

#include <chrono>
#include <string_view>
#include <utility>

#include "common/json/escape.h"
#include "common/k8s/connection/trimmed.h"
#include "common/k8s/transport/tls_context.h"
#include "common/time/in_quotes.h"

namespace k8s {
namespace {

using Kind = TransportError::Kind;

/// So that credentials don't expire on their way to the server.
constexpr auto kLeeway = std::chrono::seconds(5);

Program programOf(const ExecPlugin& plugin, std::map<std::string, std::string> environment) {
  for (const auto& [name, value] : plugin.environment) environment[name] = value;
  environment["KUBERNETES_EXEC_INFO"] = execInfoFor(plugin);
  return {
      .path = plugin.command, .arguments = plugin.arguments, .environment = std::move(environment)};
}

bool isControl(char character) {
  return static_cast<unsigned char>(character) < ' ' || character == '\x7f';
}

/// Where the escape sequence that begins at `at` ends: behind ESC [ parameters letter, or behind
/// the character after another ESC.
std::size_t endOfEscape(std::string_view text, std::size_t at) {
  if (text.substr(at + 1, 1) != "[") return at + 2;
  for (at += 2; at < text.size() && text[at] >= ' ' && text[at] < '@';) ++at;
  return at + 1;
}

/// A kubeconfig's words as one line of plain text.
std::string plain(std::string_view text) {
  std::string line;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '\x1b') {
      at = endOfEscape(text, at);
      continue;
    }
    const char character = isControl(text[at]) ? ' ' : text[at];
    if (character != ' ' || !line.ends_with(' ')) line += character;
    ++at;
  }
  std::string shown;
  json::appendEscaped(shown, trimmed(line), json::Quotes::kKept);
  return shown;
}

}  // namespace

PluginCredentials::PluginCredentials(ExecPlugin plugin,
                                     std::map<std::string, std::string> environment)
    : plugin_(std::move(plugin)), program_(programOf(plugin_, std::move(environment))) {}

tl::expected<Credentials, TransportError> PluginCredentials::current(
    const Interruption& interruption) {
  if (!isDue(interruption.clock().now())) return last_->credentials;
  auto fetched = fetch(interruption);
  if (fetched) {
    last_ = *std::move(fetched);
  } else if (interruption.cause() || !mayServeOn(interruption.clock().now())) {
    return tl::unexpected(std::move(fetched).error());
  }
  refused_ = false;
  return last_->credentials;
}

bool PluginCredentials::isDue(timing::Instant now) const {
  return !last_ || refused_ || (last_->expires && now + kLeeway >= *last_->expires);
}

bool PluginCredentials::mayServeOn(timing::Instant now) const {
  return last_ && (!last_->expires || now < *last_->expires);
}

tl::expected<ExecReply, TransportError> PluginCredentials::fetch(
    const Interruption& interruption) const {
  const auto output = outputOf(program_, interruption);
  if (!output) return tl::unexpected(errorOf(output.error(), interruption));
  const auto unusable = [this](const std::string& problem) {
    return tl::unexpected(TransportError{Kind::kCredentials, complaint(problem), false});
  };
  auto reply = parseExecReply(*output, plugin_);
  if (!reply) return unusable("gave no credentials: its output " + reply.error());
  const Credentials& made = reply->credentials;
  if (made.client_certificate_pem.empty()) return *std::move(reply);
  if (const auto problem = problemWithIdentity(made.client_certificate_pem, made.client_key_pem)) {
    return unusable("gave unusable credentials: " + *problem);
  }
  return *std::move(reply);
}

std::string PluginCredentials::complaint(const std::string& problem) const {
  return plugin_.label + ": the credential plugin " + timing::inQuotes(plain(plugin_.command)) +
         " " + problem;
}

TransportError PluginCredentials::errorOf(const ProgramFailure& failure,
                                          const Interruption& interruption) const {
  std::string message = complaint(failure.message);
  if (failure.kind == ProgramFailure::Kind::kNotFound && !plugin_.install_hint.empty()) {
    message += ". " + plain(plugin_.install_hint);
  }
  return {interruption.cause().value_or(Kind::kCredentials), std::move(message), false};
}

}  // namespace k8s
