#pragma once

#include <map>
#include <optional>
#include <string>

#include "common/k8s/connection/exec_plugin.h"
#include "common/k8s/transport/credential_source.h"
#include "common/k8s/transport/exec_credential.h"
#include "common/k8s/transport/run_program.h"

namespace k8s {

/// Credentials that a plugin makes. It is run when there are none, shortly before they expire, and
/// after refuse(). When it fails, the credentials it made before serve on until they have expired:
/// the server, not the plugin, says whether they are good.
class PluginCredentials final : public CredentialSource {
 public:
  /// `environment` is ours; the plugin's own additions beat it. What it writes to stderr is passed
  /// on with `shows_stderr` alone.
  PluginCredentials(ExecPlugin plugin, std::map<std::string, std::string> environment,
                    bool shows_stderr = false);

  tl::expected<Credentials, TransportError> current(const Interruption& interruption) override;
  bool isRenewable() const override { return true; }
  void refuse(const Credentials& used) override;

 private:
  bool isDue(timing::Instant now) const;
  bool mayServeOn(timing::Instant now) const;
  tl::expected<ExecReply, TransportError> fetch(const Interruption& interruption);
  tl::expected<ExecReply, TransportError> understand(const std::string& output) const;
  /// For people: the kubeconfig's entry, the command and what is wrong.
  std::string complaint(const std::string& problem) const;
  TransportError failed(const std::string& problem) const;
  TransportError failed(const ProgramFailure& failure) const;

  ExecPlugin plugin_;
  Program program_;
  /// Outlives the request that needed it first: one with little time must not kill a plugin that
  /// takes its own.
  std::optional<RunningProgram> running_;
  std::optional<ExecReply> last_;
  bool refused_ = false;
};

}  // namespace k8s
