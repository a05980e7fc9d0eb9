#include "common/k8s/transport/plugin_credentials.h"

#include <chrono>
#include <string_view>
#include <utility>

#include "common/json/escape.h"
#include "common/k8s/transport/tls_context.h"
#include "common/text/ascii.h"
#include "common/text/in_quotes.h"
#include "common/text/trimmed.h"

namespace k8s {
namespace {

using Kind = TransportError::Kind;

/// So that credentials don't expire on their way to the server.
constexpr auto kLeeway = std::chrono::seconds(5);

Program programOf(const ExecPlugin& plugin, std::map<std::string, std::string> environment,
                  bool shows_stderr) {
  std::string search_path = environment["PATH"];
  for (const auto& [name, value] : plugin.environment) environment[name] = value;
  environment["KUBERNETES_EXEC_INFO"] = execInfoFor(plugin);
  return {.path = plugin.command,
          .search_path = std::move(search_path),
          .arguments = plugin.arguments,
          .environment = std::move(environment),
          .shows_stderr = shows_stderr};
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
    const char character = text::isControl(text[at]) ? ' ' : text[at];
    if (character != ' ' || !line.ends_with(' ')) line += character;
    ++at;
  }
  std::string shown;
  json::appendEscaped(shown, text::trimmed(line), json::Quotes::kKept);
  return shown;
}

}  // namespace

PluginCredentials::PluginCredentials(ExecPlugin plugin,
                                     std::map<std::string, std::string> environment,
                                     bool shows_stderr)
    : plugin_(std::move(plugin)),
      program_(programOf(plugin_, std::move(environment), shows_stderr)) {}

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

void PluginCredentials::refuse(const Credentials& used) {
  if (last_ && last_->credentials == used) refused_ = true;
}

tl::expected<ExecReply, TransportError> PluginCredentials::fetch(const Interruption& interruption) {
  if (const auto cause = interruption.cause()) {
    return tl::unexpected(TransportError{*cause, complaint("was not run"), false});
  }
  if (!running_) {
    auto started = RunningProgram::start(program_, interruption.clock());
    if (!started) return tl::unexpected(failed(started.error()));
    running_ = *std::move(started);
  }
  const auto output = running_->output(interruption);
  if (output && !*output) {
    return tl::unexpected(TransportError{interruption.cause().value_or(Kind::kTimeout),
                                         complaint("still runs"), false});
  }
  running_.reset();
  if (!output) return tl::unexpected(failed(output.error()));
  return understand(**output);
}

tl::expected<ExecReply, TransportError> PluginCredentials::understand(
    const std::string& output) const {
  auto reply = parseExecReply(output, plugin_);
  if (!reply) return tl::unexpected(failed("gave no credentials: its output " + reply.error()));
  const Credentials& made = reply->credentials;
  if (made.client_certificate_pem.empty()) return *std::move(reply);
  if (const auto problem = problemWithIdentity(made.client_certificate_pem, made.client_key_pem)) {
    return tl::unexpected(failed("gave unusable credentials: " + *problem));
  }
  return *std::move(reply);
}

std::string PluginCredentials::complaint(const std::string& problem) const {
  return plugin_.label + ": the credential plugin " + text::inQuotes(plain(plugin_.command)) + " " +
         problem;
}

TransportError PluginCredentials::failed(const std::string& problem) const {
  return {last_ ? Kind::kConnect : Kind::kCredentials, complaint(problem), false};
}

TransportError PluginCredentials::failed(const ProgramFailure& failure) const {
  const bool may_pass = failure.kind == ProgramFailure::Kind::kFailed ||
                        failure.kind == ProgramFailure::Kind::kTimedOut;
  // What the plugin itself asks may be out of order for a moment.
  if (may_pass) {
    const char* const why = program_.shows_stderr
                                ? ""
                                : " (what it writes to stderr is shown on a terminal only, as it "
                                  "may hold secrets)";
    return {Kind::kConnect, complaint(failure.message + why), false};
  }
  const bool is_missing = failure.kind == ProgramFailure::Kind::kNotFound;
  if (!is_missing || plugin_.install_hint.empty()) return failed(failure.message);
  return failed(failure.message + ". " + plain(plugin_.install_hint));
}

}  // namespace k8s
