#include "job/cli/flag_values.h"

#include <charconv>
#include <limits>
#include <optional>

#include "common/cron/schedule.h"
#include "common/cron/time_zone.h"
#include "common/time/rfc3339.h"
#include "job/model/name_rules.h"
#include "job/model/names.h"

namespace job {
namespace {

/// Nothing for what is no decimal number, is less than `least` or more than `most`.
template <typename Number>
std::optional<Number> readCount(const std::string& value, Number most, Number least = 1) {
  Number number = 0;
  const char* end = value.data() + value.size();
  const auto [stop, error] = std::from_chars(value.data(), end, number);
  if (error != std::errc{} || stop != end || number < least || number > most) return std::nullopt;
  return number;
}

constexpr std::array kOutputs = {
    Word<Output>{"text", Output::kText}, Word<Output>{"table", Output::kTable},
    Word<Output>{"wide", Output::kWide}, Word<Output>{"json", Output::kJson},
    Word<Output>{"yaml", Output::kYaml}, Word<Output>{"name", Output::kName},
};

}  // namespace

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
  const bool wants_table = value == "text" && outputs.front() == "table";
  const std::string wanted = wants_table ? "table" : value;
  if (std::ranges::find(outputs, wanted) == outputs.end()) {
    return accepted(std::string(info.outputs) + " for `" + std::string(info.name) + "`");
  }
  return storeChoice<&Settings::output, kOutputs>(settings, wanted);
}

Output defaultOutput(Command command) {
  Settings settings;
  settings.command = command;
  const auto outputs = outputsOf(infoOf(command));
  if (!outputs.empty()) storeOutput(settings, std::string(outputs.front()));
  return settings.output;
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

Stored storeBackupName(Settings& settings, const std::string& value) {
  if (!isDnsSubdomain(value) || !isLabelValue(value)) {
    return accepted(
        "the name of a backup: at most 63 of a-z, 0-9, - and ., such as before-upgrade");
  }
  settings.backup_name = value;
  return {};
}

Stored storeBackupOrSnapshotName(Settings& settings, const std::string& value) {
  if (!isDnsSubdomain(value)) {
    return accepted("the name of a backup or of a VolumeSnapshot: a-z, 0-9, - and .");
  }
  settings.backup_name = value;
  return {};
}

Stored storeHistoryLimit(Settings& settings, const std::string& value) {
  // Of this many, and a quarter more, a ConfigMap holds the largest: 8 KiB each, of 1 MiB.
  constexpr std::int64_t kMost = 80;
  const auto count = readCount<std::int64_t>(value, kMost, 0);
  if (!count) return accepted("a whole number of runs to keep from 0 (none) to 80");
  settings.history_limit = *count;
  return {};
}

Stored storeScheduleArgument(Settings& settings, const std::string& value) {
  if (const auto schedule = cron::Schedule::parse(value, cron::TimeZone::utc()); !schedule) {
    return accepted("a schedule such as \"0 2 * * *\": " + schedule.error());
  }
  settings.schedule_expression = value;
  return {};
}

Stored storeFromSnapshot(Settings& settings, const std::string& value) {
  if (!isDnsSubdomain(value)) {
    return accepted("the name of a VolumeSnapshot, as db-backup-status -o name prints it");
  }
  settings.from_snapshot = value;
  return {};
}

Stored storeImportHost(Settings& settings, const std::string& value) {
  if (!isDnsSubdomain(value)) {
    return accepted("the host name or address of a PostgreSQL server, such as noobaa-db-pg");
  }
  settings.import_host = value;
  return {};
}

Stored storeImportSecret(Settings& settings, const std::string& value) {
  if (!isDnsSubdomain(value)) {
    return accepted("the name of a Secret: a-z, 0-9, - and ., such as noobaa-db");
  }
  settings.import_secret = value;
  return {};
}

}  // namespace job
