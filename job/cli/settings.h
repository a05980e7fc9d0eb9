#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/log/logger.h"
#include "job/cli/pushgateway_url.h"
#include "job/decide/backup_policy.h"
#include "job/decide/coexistence.h"

namespace job {

enum class Command {
  kRun,
  kBackup,
  kStatus,
  kWhy,
  kHistory,
  kSync,
  kPrune,
  kHold,
  kRelease,
  kCheck,
  kRecover,
  kBootstrap,
  kVerify,
  kSchedule,
  kCompletion,
  kMan,
  kVersion,
  kHelp
};
enum class Output { kText, kTable, kWide, kJson, kYaml, kName };
/// Whether a recovery is left to a noobaa-operator that is ready, which would rebuild the Cluster
/// itself.
enum class OperatorRecoveryPolicy { kDefer, kIgnore };
enum class LogFormat { kAuto, kText, kJson };

/// Flags and their environment twins, resolved: flag beats environment beats default. What the CR
/// can say too stays optional here.
struct Settings {
  Command command = Command::kRun;
  std::string help_topic;  // for kHelp: a command's name, or empty

  std::optional<std::string> name_space;  // --namespace, its environment twin, or POD_NAMESPACE
  std::string system = "noobaa";
  std::optional<std::string> cluster;  // default <system>-db-pg-cluster
  std::string cnpg_api_group = "auto";
  std::string kubeconfig;
  std::string context;
  std::chrono::nanoseconds timeout = std::chrono::minutes(30);
  std::chrono::nanoseconds request_timeout = std::chrono::seconds(30);
  bool dry_run = false;
  LogFormat log_format = LogFormat::kAuto;
  logging::Level log_level = logging::Level::kInfo;
  PolicyOverrides overrides;
  OperatorSchedulePolicy operator_schedule = OperatorSchedulePolicy::kDefer;
  bool allow_primary = false;
  std::chrono::nanoseconds preflight_wait = std::chrono::minutes(2);
  std::chrono::nanoseconds lock_wait = std::chrono::minutes(10);
  std::string run_id;    // empty: a fresh one is made
  std::string cron_job;  // --cronjob: the one that starts the passes; empty: not told
  Output output = Output::kText;
  std::optional<PushgatewayUrl> pushgateway;
  std::string metrics_file;         // empty: none
  std::int64_t history_limit = 50;  // entries of one Cluster; 0: none is written

  /// What db-backup makes; what hold, release, why and verify are about. Of why it may be a
  /// VolumeSnapshot's name too. Empty: not told.
  std::string backup_name;
  bool online = false;
  bool hold = false;
  bool no_wait = false;

  /// prune.
  std::string plan_out;  // a file's path; empty: none
  std::string plan_in;   // --plan

  /// recover, and sync where it drives recovery.
  OperatorRecoveryPolicy operator_recovery = OperatorRecoveryPolicy::kDefer;

  /// bootstrap: one of the three says from what.
  bool initdb = false;
  std::string from_snapshot;  // a PG_DATA VolumeSnapshot's name
  std::string import_host;    // of an older, standalone PostgreSQL
  std::string import_secret;  // name of the Secret with its user's password
  std::string import_user = "noobaa";
  bool apply = false;

  bool restore = false;  // verify: by a restore drill
  std::string shell;     // completion: bash, zsh or fish

  /// schedule command.
  std::optional<std::string> schedule_expression;
  std::optional<std::string> from;
  int count = 5;

  std::string clusterName() const { return cluster.value_or(system + "-db-pg-cluster"); }
};

}  // namespace job
