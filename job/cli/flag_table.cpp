#include <array>
#include <string>

#include "job/cli/flag_table.h"
#include "job/cli/flag_values.h"
#include "job/model/names.h"

namespace job {
namespace {

using enum FlagSection;

using enum Command;

constexpr FlagScope kByAll = {
    true, setOf(kRun, kBackup, kStatus, kWhy, kHistory, kSync, kPrune, kHold, kRelease, kCheck,
                kRecover, kBootstrap, kVerify, Command::kSchedule)};
constexpr FlagScope kByMakers = {true, setOf(kRun, kBackup)};
constexpr FlagScope kByMakersAndCheck = {true, setOf(kRun, kBackup, kCheck)};
constexpr FlagScope kByWriters = {
    true, setOf(kRun, kBackup, kSync, kPrune, kHold, kRelease, kRecover, kBootstrap, kVerify)};
constexpr FlagScope kByLockers = {
    true, setOf(kRun, kBackup, kPrune, kHold, kRelease, kRecover, kBootstrap, kVerify)};
constexpr FlagScope kByMeasured = {true, setOf(kRun, kBackup, kSync, kVerify)};
constexpr FlagScope kByRetried = {true, setOf(kRun, kBackup, kVerify)};
constexpr FlagScope kByRecorded = {true,
                                   setOf(kRun, kBackup, kPrune, kRecover, kVerify, kSync, kCheck)};
constexpr FlagScope kByPolicyReaders = {
    true, setOf(kRun, kBackup, kStatus, kWhy, kSync, kPrune, kRelease, kCheck, kRecover, kBootstrap,
                Command::kSchedule)};
constexpr FlagScope kByCoexisting = {true,
                                     setOf(kRun, kBackup, kWhy, kSync, kPrune, kRelease, kCheck)};
constexpr FlagScope kByCronJobsReaders = {true, setOf(kSync, kStatus, kCheck)};
constexpr FlagScope kByRecoverers = {true, setOf(kSync, kRecover, kCheck)};
constexpr FlagScope kByBackupAlone = {false, setOf(kBackup)};
constexpr FlagScope kByPruneAlone = {false, setOf(kPrune)};
constexpr FlagScope kByBootstrapAlone = {false, setOf(kBootstrap)};
constexpr FlagScope kByVerifyAlone = {false, setOf(kVerify)};
constexpr FlagScope kByScheduleAlone = {false, setOf(Command::kSchedule)};

// clang-format off
constexpr std::array kFlags = {
    Flag{"namespace", 'n', "NAME", kFirst, kByAll, "",
         "Namespace of the NooBaa CR and its database. Default: POD_NAMESPACE, the kubeconfig "
         "context's, the service account's, then \"default\".",
         storeNamespace},
    Flag{"output", 'o', "FORMAT", kFirst, kByAll, "",
         "Format of the result on stdout.",
         storeOutput},
    Flag{"dry-run", 0, "", kFirst, kByWriters, "false",
         "Change nothing: say what would be done.",
         storeBoolean<&Settings::dry_run>},
    Flag{"kubeconfig", 0, "FILE", kFirst, kByAll, "",
         "How to reach the cluster. Default: KUBECONFIG, else the pod's service account, else "
         "~/.kube/config.",
         kFile<&Settings::kubeconfig>},

    Flag{"system", 0, "NAME", kDatabase, kByAll, "noobaa", "Name of the NooBaa CR.",
         storeSystem},
    Flag{"cluster", 0, "NAME", kDatabase, kByAll, "<system>-db-pg-cluster",
         "Name of the CloudNativePG Cluster that holds the database.", storeCluster},
    Flag{"cnpg-api-group", 0, "GROUP", kDatabase, kByAll, "auto",
         "API group of CloudNativePG: postgresql.cnpg.noobaa.io (NooBaa's build), "
         "postgresql.cnpg.io (upstream), or auto to look for the Cluster in both.",
         {storeApiGroup, kApiGroups}},

    Flag{"context", 0, "NAME", kConnection, kByAll, "the kubeconfig's current one",
         "Context of the kubeconfig to use.", storeText<&Settings::context>},
    Flag{"request-timeout", 0, "DURATION", kConnection, kByAll, "30s",
         "How long one request to the API may take.", storeDuration<&Settings::request_timeout>},

    Flag{"schedule", 0, "EXPR", kPolicy, kByPolicyReaders, "the CR's",
         "Schedule that the next backup's time is computed from, such as @daily.",
         storeSchedule},
    Flag{"volume-snapshot-class", 0, "NAME", kPolicy, kByPolicyReaders, "the CR's",
         "VolumeSnapshotClass for the snapshots. Given for a CR without dbBackup, that CR is backed "
         "up too.",
         storeSnapshotClass},
    Flag{"max-snapshots", 0, "N", kPolicy, kByPolicyReaders, "the CR's",
         "How many good backups to keep, 1 or more; older ones are deleted. Held backups do not "
         "count.",
         storeMaxSnapshots},
    Flag{"time-zone", 0, "ZONE", kPolicy, kByPolicyReaders, "UTC",
         "IANA time zone that the schedule is read in, such as Europe/Berlin. The variable TZ is "
         "not read.",
         storeTimeZone},

    Flag{"cronjob", 0, "NAME", kPolicy, kByCronJobsReaders, "",
         "CronJob that starts the backups, in the same namespace: `sync` puts it in step with the "
         "NooBaa CR, the others say whether it is. Default: none is looked at.",
         storeCronJob},

    Flag{"operator-schedule", 0, "POLICY", kSafety, kByCoexisting, "defer",
         "When noobaa-operator schedules backups of the same database: defer (make none, exit 0), "
         "suspend (suspend the operator's schedule, then go on) or ignore (go on).",
         kChoice<&Settings::operator_schedule, kOperatorPolicies>},
    Flag{"operator-recovery", 0, "POLICY", kSafety, kByRecoverers, "defer",
         "When noobaa-operator is ready, which recovers the database itself: defer (look at the "
         "snapshot and report) or ignore (recover all the same).",
         kChoice<&Settings::operator_recovery, kRecoveryPolicies>},
    Flag{"allow-primary", 0, "", kSafety, kByMakersAndCheck, "false",
         "Back up even when no standby is ready: the primary may be stopped then, and with it "
         "NooBaa.",
         storeBoolean<&Settings::allow_primary>},
    Flag{"timeout", 0, "DURATION", kSafety, kByAll, "30m",
         "How long the command may take in all. What the cluster does by then goes on, and running "
         "it again takes that up.",
         storeDuration<&Settings::timeout>},
    Flag{"preflight-wait", 0, "DURATION", kSafety, kByMakers, "2m",
         "How long an unhealthy cluster may take to become healthy before the pass refuses.",
         storeDuration<&Settings::preflight_wait>},
    Flag{"lock-wait", 0, "DURATION", kSafety, kByLockers, "10m",
         "How long to wait for another pass that is alive to end.", storeDuration<&Settings::lock_wait>},
    Flag{"run-id", 0, "ID", kSafety, kByRetried, "a fresh one",
         "Identity of this run. A retry with the same one takes the backup its forerunner completed "
         "instead of making another, and a drill removes at once what its forerunner left.",
         storeRunId},

    Flag{"log-format", 0, "FORMAT", kOutput, kByAll, "auto",
         "Log on stderr as text, as json (one object a line), or auto: text on a terminal, else "
         "json.",
         kChoice<&Settings::log_format, kLogFormats>},
    Flag{"log-level", 0, "LEVEL", kOutput, kByAll, "info",
         "Least level that is logged: debug, info, warn or error.",
         kChoice<&Settings::log_level, kLogLevels>},

    Flag{"pushgateway", 0, "URL", kMetrics, kByMeasured, "",
         "Push metrics to this Prometheus Pushgateway when done: http[s]://[user:password@]host"
         "[:port][/prefix].",
         storePushgateway, true},
    Flag{"metrics-file", 0, "FILE", kMetrics, kByMeasured, "",
         "Write metrics to this file when done, for node_exporter's textfile collector: *.prom.",
         kFile<&Settings::metrics_file>},
    Flag{"history-limit", 0, "N", kMetrics, kByRecorded, "50",
         "How many runs ConfigMap noobaa-db-backup-history keeps of this database, for `history` "
         "and `why`; 0: none is written down.",
         storeHistoryLimit},

    Flag{"name", 0, "NAME", kCommand, kByBackupAlone, "backup-YYYYMMDD-HHMMSS",
         "Name of the backup, at most 63 characters and never used before.", storeBackupName},
    Flag{"online", 0, "", kCommand, kByBackupAlone, "false",
         "Snapshot a running PostgreSQL: nothing is stopped, but nothing certifies the backup "
         "either, and restoring it is a crash recovery.",
         storeBoolean<&Settings::online>},
    Flag{"hold", 0, "", kCommand, kByBackupAlone, "false",
         "Keep the backup until somebody releases it; it does not count.",
         storeBoolean<&Settings::hold>},
    Flag{"no-wait", 0, "", kCommand, kByBackupAlone, "false",
         "Exit as soon as the Backup is created, without knowing what becomes of it.",
         storeBoolean<&Settings::no_wait>},

    Flag{"plan-out", 0, "FILE", kCommand, kByPruneAlone, "",
         "Write what would be deleted to this file, and delete nothing.",
         kFile<&Settings::plan_out>},
    Flag{"plan", 0, "FILE", kCommand, kByPruneAlone, "",
         "Delete exactly what this file of --plan-out says; nothing when anything in it, or "
         "maxSnapshots, has changed.",
         kFile<&Settings::plan_in>},

    Flag{"initdb", 0, "", kCommand, kByBootstrapAlone, "false",
         "An empty database, as noobaa-operator makes it.", storeBoolean<&Settings::initdb>},
    Flag{"from-snapshot", 0, "NAME", kCommand, kByBootstrapAlone, "",
         "The database of this PG_DATA VolumeSnapshot, with its WAL and tablespace siblings.",
         storeFromSnapshot},
    Flag{"import-from", 0, "HOST", kCommand, kByBootstrapAlone, "",
         "A copy, by pg_dump, of the database of an older PostgreSQL server.", storeImportHost},
    Flag{"import-secret", 0, "NAME", kCommand, kByBootstrapAlone, "",
         "Secret whose key \"password\" lets --import-user in.", storeImportSecret,
         true},
    Flag{"import-user", 0, "USER", kCommand, kByBootstrapAlone, "noobaa",
         "Who reads the older database.", storeText<&Settings::import_user>},
    Flag{"apply", 0, "", kCommand, kByBootstrapAlone, "false",
         "Create the Cluster; else it is only printed.", storeBoolean<&Settings::apply>},

    Flag{"restore", 0, "", kCommand, kByVerifyAlone, "false",
         "By a restore drill: a throw-away Cluster is made from the backup, and removed again.",
         storeBoolean<&Settings::restore>},

    Flag{"from", 0, "TIME", kCommand, kByScheduleAlone, "now",
         "Show firings after this RFC 3339 time, such as 2025-01-15T02:00:00Z.", storeFrom},
    Flag{"count", 0, "N", kCommand, kByScheduleAlone, "5", "How many firings to show, at most 1000.",
         storeCount},
};
// clang-format on

}  // namespace

std::span<const Flag> allFlags() {
  return kFlags;
}

std::string environmentTwin(const Flag& flag) {
  std::string twin = "NOOBAA_DB_BACKUP_";
  for (const char c : flag.name) {
    twin += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  }
  return twin;
}

}  // namespace job
