#include "job/cli/flag_combinations.h"

#include "job/cli/quoted.h"
#include "job/decide/preflight.h"

namespace job {
namespace {

using Problem = std::optional<std::string>;

Problem wrongBackup(const Settings& settings) {
  if (settings.backup_name.empty()) return std::nullopt;
  const std::string why = whyNotBackupName(settings.backup_name, settings.clusterName());
  if (why.empty()) return std::nullopt;
  return "flag --name: " + escaped(why);
}

Problem wrongPrune(const Settings& settings) {
  if (settings.plan_out == "-") {
    return "--plan-out takes the name of a file, not -: stdout has the result";
  }
  if (settings.plan_in.empty()) return std::nullopt;
  if (!settings.plan_out.empty()) return "`prune` takes --plan or --plan-out, not both";
  return std::nullopt;
}

Problem wrongBootstrap(const Settings& settings) {
  const int sources = (settings.initdb ? 1 : 0) + (settings.from_snapshot.empty() ? 0 : 1) +
                      (settings.import_host.empty() ? 0 : 1);
  if (sources != 1) {
    return "`bootstrap` takes one of --initdb, --from-snapshot NAME and --import-from HOST";
  }
  if (!settings.import_host.empty() && settings.import_secret.empty()) {
    return "--import-from needs --import-secret NAME: the Secret with the password of " +
           quoted(settings.import_user) + " there, under the key \"password\"";
  }
  if (settings.import_host.empty() && !settings.import_secret.empty()) {
    return "--import-secret is of use only with --import-from HOST";
  }
  return std::nullopt;
}

Problem wrongVerify(const Settings& settings) {
  if (settings.restore) return std::nullopt;
  return "`verify` needs --restore, which makes a throw-away Cluster from the backup; to see what "
         "is known without one, use db-backup-status";
}

}  // namespace

std::optional<std::string> wrongCombination(const Settings& settings) {
  switch (settings.command) {
    case Command::kBackup:
      return wrongBackup(settings);
    case Command::kPrune:
      return wrongPrune(settings);
    case Command::kBootstrap:
      return wrongBootstrap(settings);
    case Command::kVerify:
      return wrongVerify(settings);
    default:
      return std::nullopt;
  }
}

}  // namespace job
