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
/// after expire(). When it fails, the credentials it made before serve on until they have expired:
/// the server, not the plugin, says whether they are good.
class PluginCredentials final : public CredentialSource {
 public:
  /// `environment` is ours; the plugin's own additions beat it.
  PluginCredentials(ExecPlugin plugin, std::map<std::string, std::string> environment);

  tl::expected<Credentials, TransportError> current(const Interruption& interruption) override;
  bool isRenewable() const override { return true; }
  void expire() override { refused_ = true; }

 private:
  bool isDue(timing::Instant now) const;
  bool mayServeOn(timing::Instant now) const;
  tl::expected<ExecReply, TransportError> fetch(const Interruption& interruption) const;
  /// For people: the kubeconfig's entry, the command and what is wrong.
  std::string complaint(const std::string& problem) const;
  TransportError errorOf(const ProgramFailure& failure, const Interruption& interruption) const;

  ExecPlugin plugin_;
  Program program_;
  std::optional<ExecReply> last_;
  bool refused_ = false;
};

}  // namespace k8s
