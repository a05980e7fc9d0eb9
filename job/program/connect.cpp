#include "job/program/connect.h"

#include <random>
#include <utility>

#include "common/k8s/transport/poco_transport.h"
#include "common/text/in_quotes.h"
#include "job/model/name_rules.h"
#include "job/model/names.h"
#include "job/program/version.h"

namespace job {
namespace {

k8s::RandomSource randomSource() {
  return [engine = std::minstd_rand(std::random_device{}())]() mutable {
    return std::uniform_real_distribution<double>(0.0, 1.0)(engine);
  };
}

}  // namespace

Outcome<Connected> connect(const Settings& settings, const k8s::Surroundings& surroundings,
                           timing::Clock& clock, logging::Logger& log) {
  const auto connection = k8s::findConnection(
      {.kubeconfig = settings.kubeconfig, .context = settings.context}, surroundings);
  if (!connection) return tl::unexpected(Failure{ExitCode::kConfiguration, connection.error()});
  auto transport = k8s::PocoTransport::create(*connection, clock, surroundings);
  if (!transport) {
    return tl::unexpected(Failure{ExitCode::kConfiguration, std::move(transport).error()});
  }
  if (connection->insecure_skip_tls_verify) {
    log.warn("the API server's certificate is not verified (insecure-skip-tls-verify)",
             {{"source", connection->source}});
  }

  k8s::ClientOptions options;
  options.user_agent =
      std::string(kProgramName) + "/" + std::string(kVersion) + " (" + std::string(kPlatform) + ")";
  options.field_manager = kProgramName;
  options.request_timeout =
      std::chrono::duration_cast<std::chrono::milliseconds>(settings.request_timeout);
  options.dry_run = settings.dry_run;

  Connected connected;
  connected.transport = *std::move(transport);
  connected.client =
      std::make_unique<k8s::Client>(*connected.transport, clock, randomSource(), log, options);
  connected.name_space = settings.name_space.value_or(connection->name_space);
  if (connected.name_space.empty()) connected.name_space = "default";
  if (!isDnsLabel(connected.name_space)) {
    return tl::unexpected(
        Failure{ExitCode::kConfiguration, connection->source + ": namespace " +
                                              text::inQuotes(connected.name_space) +
                                              " is not a valid name: use at most 63 lower-case "
                                              "letters, digits and dashes between them"});
  }
  log.debug("connected", {{"source", connection->source}, {"server", connection->server}});
  return connected;
}

}  // namespace job
