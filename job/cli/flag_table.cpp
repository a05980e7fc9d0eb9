#include "job/cli/flag_table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

#include "common/cron/schedule.h"
#include "common/cron/time_zone.h"
#include "common/time/go_duration.h"
#include "common/time/rfc3339.h"
#include "job/model/name_rules.h"
#include "job/model/names.h"

namespace job {
namespace {

constexpr std::array kCommands = {
    CommandInfo{
        Command::kRun, "run", "", "make a backup, verify it, prune old ones, write the status",
        "Makes one offline backup of the system's PostgreSQL cluster by volume snapshots, "
        "waits for it, verifies that PostgreSQL was shut down cleanly in it, deletes backups "
        "beyond maxSnapshots and writes the NooBaa CR's backupStatus. It does what the NooBaa CR "
        "says (spec.dbSpec.dbBackup), and nothing when that is absent. Nothing is pruned unless "
        "the new backup was verified. A pass that was killed is finished by the next one.",
        "text|json"},
    CommandInfo{
        Command::kSync, "sync", "",
        "put the CronJob in step with the NooBaa CR, refresh the status",
        "Makes the CronJob that starts the backups (--cronjob) fire by the schedule of the NooBaa "
        "CR, and suspends it while none are configured; one that was suspended by hand stays so. "
        "Writes the NooBaa CR's backupStatus where backups came or went, and warns of a missed "
        "backup and of an instance that stays fenced for nobody. It makes and deletes no backup. "
        "Meant to run every few minutes; while a pass is at work it leaves the status to that.",
        "text|json"},
    CommandInfo{
        Command::kStatus, "db-backup-status", "", "show the backups there are; changes nothing",
        "Reads the cluster and shows when the last good backup was made, when the next is due, "
        "whether one is overdue, and every backup with its verdict and whether the next pass keeps "
        "it. It only reads.",
        "table|wide|json|yaml|name"},
    CommandInfo{
        Command::kCheck, "check", "", "show whether a backup could be made now; changes nothing",
        "Looks at everything a pass depends on and prints a line for each: what is wrong, what to "
        "do and the command for it. Covers the API, the NooBaa CR and its backup configuration, "
        "the CloudNativePG Cluster and its fences, other schedules, Backups in flight, rights, "
        "snapshot classes and the backups there are. All of it is looked at, also after something "
        "was found to be wrong. The exit code is the one that `run` would end with now; warnings "
        "alone are 0. It only reads, and does not wait for what may pass.",
        "text|json"},
    CommandInfo{
        Command::kSchedule, "schedule", "[EXPR]", "show when a schedule fires next",
        "Prints the next firings of EXPR, one a line, in the local time of --time-zone. Without "
        "EXPR it reads the schedule of the NooBaa CR; with EXPR it needs no cluster. EXPR has 5 "
        "fields as in a CronJob (minute hour day month weekday), or 6 with seconds first, or is "
        "@hourly, @daily, @weekly, @monthly, @yearly or @every DURATION.",
        "text"},
    CommandInfo{Command::kVersion, "version", "", "print the version",
                "Prints the version of this program.", ""},
    CommandInfo{Command::kHelp, "help", "[COMMAND]", "explain a command and its flags",
                "Explains the program, or one command and its flags.", ""},
};

tl::unexpected<std::string> accepted(std::string_view what) {
  return tl::unexpected(std::string(what));
}

template <auto Member>
Stored storeText(Settings& settings, const std::string& value) {
  settings.*Member = value;
  return {};
}

template <auto Member>
Stored storeBoolean(Settings& settings, const std::string& value) {
  const bool yes = value == "true" || value == "1";
  if (!yes && value != "false" && value != "0") return accepted("true, false, 1 or 0");
  settings.*Member = yes;
  return {};
}

template <auto Member>
Stored storeDuration(Settings& settings, const std::string& value) {
  const auto duration = timing::parseGoDuration(value);
  if (!duration || *duration <= timing::Duration::zero()) {
    return accepted("a duration greater than 0, such as 90s, 30m or 1h30m");
  }
  settings.*Member = *duration;
  return {};
}

/// Nothing for what is no decimal number, is less than 1 or more than `most`.
template <typename Number>
std::optional<Number> readCount(const std::string& value, Number most) {
  Number number = 0;
  const char* end = value.data() + value.size();
  const auto [stop, error] = std::from_chars(value.data(), end, number);
  if (error != std::errc{} || stop != end || number < 1 || number > most) return std::nullopt;
  return number;
}

template <typename Choice>
using Word = std::pair<std::string_view, Choice>;

template <auto Member, const auto& kWords>
Stored storeChoice(Settings& settings, const std::string& value) {
  const auto word =
      std::ranges::find_if(kWords, [&](const auto& candidate) { return candidate.first == value; });
  if (word == std::end(kWords)) {
    std::string words;
    for (const auto& [name, choice] : kWords)
      words += (words.empty() ? "" : ", ") + std::string(name);
    return accepted("one of " + words);
  }
  settings.*Member = word->second;
  return {};
}

constexpr std::array kLogFormats = {
    Word<LogFormat>{"auto", LogFormat::kAuto},
    Word<LogFormat>{"text", LogFormat::kText},
    Word<LogFormat>{"json", LogFormat::kJson},
};
constexpr std::array kLogLevels = {
    Word<logging::Level>{"debug", logging::Level::kDebug},
    Word<logging::Level>{"info", logging::Level::kInfo},
    Word<logging::Level>{"warn", logging::Level::kWarn},
    Word<logging::Level>{"error", logging::Level::kError},
};
constexpr std::array kOperatorPolicies = {
    Word<OperatorSchedulePolicy>{"defer", OperatorSchedulePolicy::kDefer},
    Word<OperatorSchedulePolicy>{"suspend", OperatorSchedulePolicy::kSuspend},
    Word<OperatorSchedulePolicy>{"ignore", OperatorSchedulePolicy::kIgnore},
};
constexpr std::array kOutputs = {
    Word<Output>{"text", Output::kText}, Word<Output>{"table", Output::kTable},
    Word<Output>{"wide", Output::kWide}, Word<Output>{"json", Output::kJson},
    Word<Output>{"yaml", Output::kYaml}, Word<Output>{"name", Output::kName},
};

Stored storeNamespace(Settings& settings, const std::string& value) {
  if (!isDnsLabel(value)) {
    return accepted("a namespace's name: at most 63 of a-z, 0-9 and -, such as openshift-storage");
  }
  settings.name_space = value;
  return {};
}

Stored storeSystem(Settings& settings, const std::string& value) {
  if (!isDnsSubdomain(value)) {
    return accepted("the name of a NooBaa CR: a-z, 0-9, - and ., such as noobaa");
  }
  settings.system = value;
  return {};
}

Stored storeCluster(Settings& settings, const std::string& value) {
  // The name becomes the value of label cnpg.io/cluster.
  if (!isDnsSubdomain(value) || !isLabelValue(value)) {
    return accepted(
        "the name of a Cluster: at most 63 of a-z, 0-9, - and ., such as noobaa-db-pg-cluster");
  }
  settings.cluster = value;
  return {};
}

Stored storeApiGroup(Settings& settings, const std::string& value) {
  if (value != "auto" && (!isDnsSubdomain(value) || value.find('.') == std::string::npos)) {
    return accepted("auto or an API group such as " + std::string(kUpstreamCnpgGroup) + " or " +
                    std::string(kNooBaaCnpgGroup));
  }
  settings.cnpg_api_group = value;
  return {};
}

Stored storeSchedule(Settings& settings, const std::string& value) {
  if (const auto schedule = cron::Schedule::parse(value, cron::TimeZone::utc()); !schedule) {
    return accepted("a schedule such as \"0 2 * * *\", @daily or \"@every 12h\": " +
                    schedule.error());
  }
  settings.overrides.schedule = value;
  return {};
}

Stored storeSnapshotClass(Settings& settings, const std::string& value) {
  if (!isDnsSubdomain(value)) {
    return accepted("the name of a VolumeSnapshotClass: a-z, 0-9, - and ., such as csi-snapclass");
  }
  settings.overrides.snapshot_class = value;
  return {};
}

Stored storeMaxSnapshots(Settings& settings, const std::string& value) {
  const auto count = readCount<std::int64_t>(value, std::numeric_limits<std::int64_t>::max());
  if (!count) return accepted("a whole number of backups to keep, 1 or more");
  settings.overrides.max_snapshots = *count;
  return {};
}

Stored storeTimeZone(Settings& settings, const std::string& value) {
  if (const auto zone = cron::TimeZone::find(value); !zone) {
    return accepted("an IANA time zone such as UTC or Europe/Berlin: " + zone.error());
  }
  settings.overrides.time_zone = value;
  return {};
}

Stored storeRunId(Settings& settings, const std::string& value) {
  if (!isLabelValue(value)) {
    return accepted(
        "a label value: at most 63 letters, digits, -, _ and ., the first and last a letter or "
        "digit");
  }
  settings.run_id = value;
  return {};
}

Stored storeCronJob(Settings& settings, const std::string& value) {
  // The API server's limit: a Job's name is this one's and eleven characters more.
  constexpr std::size_t kLongest = 52;
  if (!isDnsSubdomain(value) || value.size() > kLongest) {
    return accepted(
        "the name of a CronJob: at most 52 of a-z, 0-9, - and ., such as noobaa-db-backup");
  }
  settings.cron_job = value;
  return {};
}

Stored storeOutput(Settings& settings, const std::string& value) {
  const CommandInfo& info = infoOf(settings.command);
  const auto outputs = outputsOf(info);
  if (outputs.empty()) return {};
  // People who are used to -o text elsewhere get the table.
  const bool wants_table = value == "text" && info.command == Command::kStatus;
  const std::string wanted = wants_table ? "table" : value;
  if (std::ranges::find(outputs, wanted) == outputs.end()) {
    return accepted(std::string(info.outputs) + " for `" + std::string(info.name) + "`");
  }
  return storeChoice<&Settings::output, kOutputs>(settings, wanted);
}

Stored storePushgateway(Settings& settings, const std::string& value) {
  auto url = parsePushgatewayUrl(value);
  if (!url) return tl::unexpected(url.error());
  settings.pushgateway = *std::move(url);
  return {};
}

Stored storeFrom(Settings& settings, const std::string& value) {
  if (!timing::parseRfc3339(value)) {
    return accepted("an RFC 3339 time such as 2025-01-15T02:00:00Z");
  }
  settings.from = value;
  return {};
}

Stored storeCount(Settings& settings, const std::string& value) {
  constexpr int kMost = 1000;
  const auto count = readCount<int>(value, kMost);
  if (!count) return accepted("a whole number from 1 to 1000");
  settings.count = *count;
  return {};
}

using enum FlagSection;

constexpr FlagScope kByAll = {true, setOf(Command::kRun, Command::kSync, Command::kStatus,
                                          Command::kCheck, Command::kSchedule)};
constexpr FlagScope kByPasses = {true, setOf(Command::kRun)};
constexpr FlagScope kByWriters = {true, setOf(Command::kRun, Command::kSync)};
constexpr FlagScope kByPassesAndCheck = {true, setOf(Command::kRun, Command::kCheck)};
constexpr FlagScope kByWritersAndCheck = {true,
                                          setOf(Command::kRun, Command::kSync, Command::kCheck)};
constexpr FlagScope kByCronJobsReaders = {true,
                                          setOf(Command::kSync, Command::kStatus, Command::kCheck)};
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
         "Change nothing: say what would be done, and which backups a pass would delete.",
         storeBoolean<&Settings::dry_run>},
    Flag{"kubeconfig", 0, "FILE", kFirst, kByAll, "",
         "How to reach the cluster. Default: KUBECONFIG, else the pod's service account, else "
         "~/.kube/config.",
         storeText<&Settings::kubeconfig>},

    Flag{"system", 0, "NAME", kDatabase, kByAll, "noobaa", "Name of the NooBaa CR.",
         storeSystem},
    Flag{"cluster", 0, "NAME", kDatabase, kByAll, "<system>-db-pg-cluster",
         "Name of the CloudNativePG Cluster that holds the database.", storeCluster},
    Flag{"cnpg-api-group", 0, "GROUP", kDatabase, kByAll, "auto",
         "API group of CloudNativePG: postgresql.cnpg.noobaa.io (NooBaa's build), "
         "postgresql.cnpg.io (upstream), or auto to look for the Cluster in both.",
         storeApiGroup},

    Flag{"context", 0, "NAME", kConnection, kByAll, "the kubeconfig's current one",
         "Context of the kubeconfig to use.", storeText<&Settings::context>},
    Flag{"request-timeout", 0, "DURATION", kConnection, kByAll, "30s",
         "How long one request to the API may take.", storeDuration<&Settings::request_timeout>},

    Flag{"schedule", 0, "EXPR", kPolicy, kByAll, "the CR's",
         "Schedule that the next backup's time is computed from, such as @daily.",
         storeSchedule},
    Flag{"volume-snapshot-class", 0, "NAME", kPolicy, kByAll, "the CR's",
         "VolumeSnapshotClass for the snapshots. Given for a CR without dbBackup, that CR is backed "
         "up too.",
         storeSnapshotClass},
    Flag{"max-snapshots", 0, "N", kPolicy, kByAll, "the CR's",
         "How many good backups to keep, 1 or more; older ones are deleted. Held backups do not "
         "count.",
         storeMaxSnapshots},
    Flag{"time-zone", 0, "ZONE", kPolicy, kByAll, "UTC",
         "IANA time zone that the schedule is read in, such as Europe/Berlin. The variable TZ is "
         "not read.",
         storeTimeZone},

    Flag{"cronjob", 0, "NAME", kPolicy, kByCronJobsReaders, "",
         "CronJob that starts the backups, in the same namespace: `sync` puts it in step with the "
         "NooBaa CR, the others say whether it is. Default: none is looked at.",
         storeCronJob},

    Flag{"operator-schedule", 0, "POLICY", kSafety, kByWritersAndCheck, "defer",
         "When noobaa-operator schedules backups of the same database: defer (make none, exit 0), "
         "suspend (suspend the operator's schedule, then go on) or ignore (go on).",
         storeChoice<&Settings::operator_schedule, kOperatorPolicies>},
    Flag{"allow-primary", 0, "", kSafety, kByPassesAndCheck, "false",
         "Back up even when no standby is ready: the primary may be stopped then, and with it "
         "NooBaa.",
         storeBoolean<&Settings::allow_primary>},
    Flag{"timeout", 0, "DURATION", kSafety, kByAll, "30m",
         "How long the command may take in all. A backup still running then is left to finish, and "
         "the next pass goes on with it.",
         storeDuration<&Settings::timeout>},
    Flag{"preflight-wait", 0, "DURATION", kSafety, kByPasses, "2m",
         "How long an unhealthy cluster may take to become healthy before the pass refuses.",
         storeDuration<&Settings::preflight_wait>},
    Flag{"lock-wait", 0, "DURATION", kSafety, kByPasses, "10m",
         "How long to wait for another pass that is alive to end.", storeDuration<&Settings::lock_wait>},
    Flag{"run-id", 0, "ID", kSafety, kByPasses, "a fresh one",
         "Identity of this run. A retry with the same one takes the backup its forerunner completed "
         "instead of making another.",
         storeRunId},

    Flag{"log-format", 0, "FORMAT", kOutput, kByAll, "auto",
         "Log on stderr as text, as json (one object a line), or auto: text on a terminal, else "
         "json.",
         storeChoice<&Settings::log_format, kLogFormats>},
    Flag{"log-level", 0, "LEVEL", kOutput, kByAll, "info",
         "Least level that is logged: debug, info, warn or error.",
         storeChoice<&Settings::log_level, kLogLevels>},

    Flag{"pushgateway", 0, "URL", kMetrics, kByWriters, "",
         "Push metrics to this Prometheus Pushgateway when done: http[s]://[user:password@]host"
         "[:port][/prefix].",
         storePushgateway, true},
    Flag{"metrics-file", 0, "FILE", kMetrics, kByWriters, "",
         "Write metrics to this file when done, for node_exporter's textfile collector: *.prom.",
         storeText<&Settings::metrics_file>},

    Flag{"from", 0, "TIME", kSchedule, kByScheduleAlone, "now",
         "Show firings after this RFC 3339 time, such as 2025-01-15T02:00:00Z.", storeFrom},
    Flag{"count", 0, "N", kSchedule, kByScheduleAlone, "5", "How many firings to show, at most 1000.",
         storeCount},
};
// clang-format on

}  // namespace

std::span<const Flag> allFlags() {
  return kFlags;
}
std::span<const CommandInfo> allCommands() {
  return kCommands;
}

const CommandInfo& infoOf(Command command) {
  return *std::ranges::find_if(kCommands,
                               [&](const CommandInfo& info) { return info.command == command; });
}

std::vector<std::string_view> outputsOf(const CommandInfo& info) {
  std::vector<std::string_view> outputs;
  for (std::string_view rest = info.outputs; !rest.empty();) {
    outputs.push_back(rest.substr(0, rest.find('|')));
    rest.remove_prefix(std::min(rest.size(), outputs.back().size() + 1));
  }
  return outputs;
}

std::string environmentTwin(const Flag& flag) {
  std::string twin = "NOOBAA_DB_BACKUP_";
  for (const char c : flag.name) {
    twin += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  }
  return twin;
}

}  // namespace job
