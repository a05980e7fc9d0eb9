#include "job/cli/flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "job/cli/flag_table.h"

namespace job {

/// How a failing test calls its flag.
void PrintTo(const Flag& flag, std::ostream* out) {
  *out << flag.name;
}

namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

using Arguments = std::vector<std::string>;
using Environment = std::map<std::string, std::string>;

Settings settingsOf(const Arguments& arguments, const Environment& environment = {}) {
  const auto settings = readSettings(arguments, environment);
  EXPECT_TRUE(settings) << (settings ? "" : settings.error());
  return settings.value_or(Settings{});
}

std::string errorOf(const Arguments& arguments, const Environment& environment = {}) {
  const auto settings = readSettings(arguments, environment);
  EXPECT_FALSE(settings) << "accepted: " << testing::PrintToString(arguments);
  return settings ? "" : settings.error();
}

TEST(FlagsTest, NoArgumentsMeanARunWithTheDefaults) {
  const Settings settings = settingsOf({});
  EXPECT_EQ(settings.command, Command::kRun);
  EXPECT_EQ(settings.name_space, std::nullopt);
  EXPECT_EQ(settings.system, "noobaa");
  EXPECT_EQ(settings.clusterName(), "noobaa-db-pg-cluster");
  EXPECT_EQ(settings.cnpg_api_group, "auto");
  EXPECT_EQ(settings.timeout, 30min);
  EXPECT_EQ(settings.request_timeout, 30s);
  EXPECT_EQ(settings.preflight_wait, 2min);
  EXPECT_EQ(settings.lock_wait, 10min);
  EXPECT_FALSE(settings.dry_run);
  EXPECT_FALSE(settings.allow_primary);
  EXPECT_EQ(settings.output, Output::kText);
  EXPECT_EQ(settings.log_format, LogFormat::kAuto);
  EXPECT_EQ(settings.log_level, logging::Level::kInfo);
  EXPECT_EQ(settings.operator_schedule, OperatorSchedulePolicy::kDefer);
  EXPECT_EQ(settings.run_id, "");
  EXPECT_EQ(settings.overrides.max_snapshots, std::nullopt);
}

TEST(FlagsTest, EachFlagIsStored) {
  const Settings settings = settingsOf({"run",
                                        "--namespace=db",
                                        "--system=storage",
                                        "--cluster=pg",
                                        "--cnpg-api-group=postgresql.cnpg.io",
                                        "--kubeconfig=/k",
                                        "--context=kind",
                                        "--timeout=1h30m",
                                        "--request-timeout=5s",
                                        "--dry-run",
                                        "--log-format=json",
                                        "--log-level=debug",
                                        "--schedule=0 2 * * *",
                                        "--volume-snapshot-class=csi",
                                        "--max-snapshots=7",
                                        "--operator-schedule=suspend",
                                        "--allow-primary",
                                        "--preflight-wait=1m",
                                        "--lock-wait=2m",
                                        "--time-zone=Europe/Berlin",
                                        "--run-id=run-1",
                                        "--output=json"});
  EXPECT_EQ(settings.name_space, "db");
  EXPECT_EQ(settings.system, "storage");
  EXPECT_EQ(settings.clusterName(), "pg");
  EXPECT_EQ(settings.cnpg_api_group, "postgresql.cnpg.io");
  EXPECT_EQ(settings.kubeconfig, "/k");
  EXPECT_EQ(settings.context, "kind");
  EXPECT_EQ(settings.timeout, 90min);
  EXPECT_EQ(settings.request_timeout, 5s);
  EXPECT_TRUE(settings.dry_run);
  EXPECT_EQ(settings.log_format, LogFormat::kJson);
  EXPECT_EQ(settings.log_level, logging::Level::kDebug);
  EXPECT_EQ(settings.overrides.schedule, "0 2 * * *");
  EXPECT_EQ(settings.overrides.snapshot_class, "csi");
  EXPECT_EQ(settings.overrides.max_snapshots, 7);
  EXPECT_EQ(settings.operator_schedule, OperatorSchedulePolicy::kSuspend);
  EXPECT_TRUE(settings.allow_primary);
  EXPECT_EQ(settings.preflight_wait, 1min);
  EXPECT_EQ(settings.lock_wait, 2min);
  EXPECT_EQ(settings.overrides.time_zone, "Europe/Berlin");
  EXPECT_EQ(settings.run_id, "run-1");
  EXPECT_EQ(settings.output, Output::kJson);
}

TEST(FlagsTest, NamespaceIsReadInEverySpelling) {
  for (const Arguments& arguments : std::vector<Arguments>{{"--namespace", "ns"},
                                                           {"--namespace=ns"},
                                                           {"-n", "ns"},
                                                           {"-nns"},
                                                           {"-n=ns"},
                                                           {"run", "-n", "ns"},
                                                           {"-n", "ns", "run"},
                                                           {"-n", "other", "run", "-n", "ns"}}) {
    EXPECT_EQ(settingsOf(arguments).name_space, "ns") << testing::PrintToString(arguments);
  }
}

TEST(FlagsTest, BooleansTakeAValueOnlyByAnEqualsSign) {
  EXPECT_TRUE(settingsOf({"--dry-run"}).dry_run);
  EXPECT_TRUE(settingsOf({"--dry-run=true"}).dry_run);
  EXPECT_TRUE(settingsOf({"--dry-run=1"}).dry_run);
  EXPECT_FALSE(settingsOf({"--dry-run=false"}).dry_run);
  EXPECT_FALSE(settingsOf({"--dry-run=0"}).dry_run);
  EXPECT_TRUE(settingsOf({"--dry-run", "run"}).dry_run);
}

TEST(FlagsTest, CommandsAreReadBeforeAndAfterFlags) {
  EXPECT_EQ(settingsOf({"run"}).command, Command::kRun);
  EXPECT_EQ(settingsOf({"db-backup-status"}).command, Command::kStatus);
  EXPECT_EQ(settingsOf({"-n", "ns", "db-backup-status"}).command, Command::kStatus);
  EXPECT_EQ(settingsOf({"schedule"}).command, Command::kSchedule);
  EXPECT_EQ(settingsOf({"version"}).command, Command::kVersion);
  EXPECT_EQ(settingsOf({"--version"}).command, Command::kVersion);
  EXPECT_EQ(settingsOf({"help"}).command, Command::kHelp);
  EXPECT_EQ(settingsOf({"--", "db-backup-status"}).command, Command::kStatus);
}

TEST(FlagsTest, HelpIsGivenWhereverItIsAskedFor) {
  EXPECT_EQ(settingsOf({"--help"}).command, Command::kHelp);
  EXPECT_EQ(settingsOf({"-h"}).command, Command::kHelp);
  EXPECT_EQ(settingsOf({"--help"}).help_topic, "");
  EXPECT_EQ(settingsOf({"help", "run"}).help_topic, "run");
  EXPECT_EQ(settingsOf({"run", "--help"}).help_topic, "run");
  EXPECT_EQ(settingsOf({"-n", "ns", "db-backup-status", "-h"}).help_topic, "db-backup-status");
}

TEST(FlagsTest, HelpIsGivenHoweverWrongTheRestIs) {
  const Environment wrong = {{"NOOBAA_DB_BACKUP_TIMEOUT", "soon"}};
  EXPECT_EQ(settingsOf({"--max-snapshots", "0", "--help"}, wrong).command, Command::kHelp);
  EXPECT_EQ(settingsOf({"--bogus", "-h"}).command, Command::kHelp);
  EXPECT_EQ(settingsOf({"help"}, wrong).command, Command::kHelp);
  EXPECT_EQ(settingsOf({"version"}, wrong).command, Command::kVersion);
}

TEST(FlagsTest, OutputIsJudgedByTheCommand) {
  EXPECT_EQ(settingsOf({"-o", "json"}).output, Output::kJson);
  EXPECT_EQ(settingsOf({"-ojson"}).output, Output::kJson);
  EXPECT_EQ(settingsOf({"db-backup-status"}).output, Output::kTable);
  EXPECT_EQ(settingsOf({"db-backup-status", "-o", "text"}).output, Output::kTable);
  EXPECT_EQ(settingsOf({"db-backup-status", "-o", "wide"}).output, Output::kWide);
  EXPECT_EQ(settingsOf({"db-backup-status", "-o", "yaml"}).output, Output::kYaml);
  EXPECT_EQ(settingsOf({"-o", "name", "db-backup-status"}).output, Output::kName);
  EXPECT_EQ(settingsOf({"schedule", "-o", "text"}).output, Output::kText);
}

TEST(FlagsTest, ScheduleTakesAnExpressionAndItsOwnFlags) {
  const Settings settings =
      settingsOf({"schedule", "0 2 * * *", "--from", "2025-01-15T02:00:00Z", "--count", "3"});
  EXPECT_EQ(settings.schedule_expression, "0 2 * * *");
  EXPECT_EQ(settings.from, "2025-01-15T02:00:00Z");
  EXPECT_EQ(settings.count, 3);
  EXPECT_EQ(settingsOf({"schedule"}).count, 5);
  EXPECT_EQ(settingsOf({"schedule", "@every 90m"}).schedule_expression, "@every 90m");
  EXPECT_EQ(settingsOf({"schedule", "0 0 2 * * *"}).schedule_expression, "0 0 2 * * *");
}

TEST(FlagsTest, ABackupOfOnesOwnIsReadWhole) {
  const Settings settings =
      settingsOf({"db-backup", "--name", "before-upgrade", "--online", "--hold", "--no-wait"});
  EXPECT_EQ(settings.command, Command::kBackup);
  EXPECT_EQ(settings.backup_name, "before-upgrade");
  EXPECT_TRUE(settings.online);
  EXPECT_TRUE(settings.hold);
  EXPECT_TRUE(settings.no_wait);
  EXPECT_FALSE(settingsOf({"db-backup"}).online);
}

TEST(FlagsTest, ABackupIsNamedByAnArgument) {
  EXPECT_EQ(settingsOf({"hold", "before-upgrade"}).backup_name, "before-upgrade");
  EXPECT_EQ(settingsOf({"release", "before-upgrade"}).backup_name, "before-upgrade");
  EXPECT_EQ(settingsOf({"verify", "--restore"}).backup_name, "");
  EXPECT_EQ(settingsOf({"verify", "--restore", "nightly"}).backup_name, "nightly");
  // Whoever made it: only a new one must not take the operator's names.
  EXPECT_EQ(settingsOf({"hold", "noobaa-db-pg-cluster-backup-1"}).backup_name,
            "noobaa-db-pg-cluster-backup-1");
}

TEST(FlagsTest, WhyTakesASnapshotsNameToo) {
  const std::string snapshot(100, 's');
  EXPECT_EQ(settingsOf({"why", snapshot}).backup_name, snapshot);
  EXPECT_EQ(settingsOf({"why", "nightly"}).output, Output::kText);
}

TEST(FlagsTest, NoHistoryIsALimitOfNone) {
  EXPECT_EQ(settingsOf({"run"}).history_limit, 50);
  EXPECT_EQ(settingsOf({"run", "--history-limit", "0"}).history_limit, 0);
  EXPECT_EQ(settingsOf({"run", "--history-limit", "80"}).history_limit, 80);
  EXPECT_EQ(settingsOf({"history", "-o", "text"}).output, Output::kTable);
}

TEST(FlagsTest, APlanIsWrittenOrApplied) {
  EXPECT_EQ(settingsOf({"prune", "--plan-out", "p.json"}).plan_out, "p.json");
  EXPECT_EQ(settingsOf({"prune", "--plan", "p.json"}).plan_in, "p.json");
}

TEST(FlagsTest, ADatabaseIsBootstrappedFromOneSource) {
  EXPECT_TRUE(settingsOf({"bootstrap", "--initdb", "--apply"}).apply);
  EXPECT_EQ(settingsOf({"bootstrap", "--from-snapshot", "s"}).from_snapshot, "s");
  EXPECT_EQ(settingsOf({"bootstrap", "--initdb"}).output, Output::kYaml);
  const Settings import = settingsOf({"bootstrap", "--import-from", "old", "--import-secret", "s"});
  EXPECT_EQ(import.import_host, "old");
  EXPECT_EQ(import.import_secret, "s");
  EXPECT_EQ(import.import_user, "noobaa");
}

TEST(FlagsTest, CompletionKnowsItsShells) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    EXPECT_EQ(settingsOf({"completion", shell}).shell, shell);
  }
}

TEST(FlagsTest, SharedFlagsAreAcceptedByEveryCommand) {
  for (const char* command : {"run", "db-backup-status", "schedule", "version", "help"}) {
    EXPECT_EQ(settingsOf({command, "-n", "ns", "--max-snapshots", "3", "--dry-run"}).name_space,
              "ns")
        << command;
  }
}

struct BadCommandLine {
  Arguments arguments;
  std::vector<std::string> named;  // what the message has to say
};

void PrintTo(const BadCommandLine& line, std::ostream* out) {
  *out << testing::PrintToString(line.arguments);
}

class BadCommandLineTest : public testing::TestWithParam<BadCommandLine> {};

TEST_P(BadCommandLineTest, IsRefusedByOneLineThatNamesIt) {
  const auto& [arguments, named] = GetParam();
  const std::string error = errorOf(arguments);
  for (const std::string& text : named) EXPECT_THAT(error, HasSubstr(text));
  EXPECT_THAT(error, Not(HasSubstr("\n")));
  EXPECT_FALSE(error.empty());
}

const std::string kLong(64, 'a');

INSTANTIATE_TEST_SUITE_P(
    Commands, BadCommandLineTest,
    testing::Values(
        BadCommandLine{{"rnu"}, {"unknown command \"rnu\"; did you mean run?"}},
        BadCommandLine{{"status"}, {"did you mean db-backup-status?"}},
        BadCommandLine{{"frobnicate"}, {"unknown command \"frobnicate\"; see --help"}},
        BadCommandLine{{""}, {"unknown command \"\""}},
        BadCommandLine{{"Run"}, {"did you mean run?"}},
        BadCommandLine{{"restore"}, {"unknown command \"restore\""}},
        BadCommandLine{{"hold"}, {"`hold` needs an argument: hold NAME"}},
        BadCommandLine{{"release"}, {"`release` needs an argument: release NAME"}},
        BadCommandLine{{"hold", "a", "b"}, {"`hold` takes one argument, got 2"}},
        BadCommandLine{{"completion"}, {"`completion` needs an argument: completion SHELL"}},
        BadCommandLine{{"man", "run"}, {"`man` takes no arguments", "\"run\""}},
        BadCommandLine{{"run", "run"}, {"`run` takes no arguments", "\"run\""}},
        BadCommandLine{{"version", "now"}, {"`version` takes no arguments", "\"now\""}},
        BadCommandLine{{"help", "runn"}, {"unknown command \"runn\"", "did you mean run?"}},
        BadCommandLine{{"help", "run", "version"}, {"`help` takes one argument, got 2"}},
        BadCommandLine{{"two\nlines"}, {"two\\nlines"}}));

INSTANTIATE_TEST_SUITE_P(
    Flags, BadCommandLineTest,
    testing::Values(
        BadCommandLine{{"--max-snapshot", "3"},
                       {"unknown flag --max-snapshot; did you mean --max-snapshots?"}},
        BadCommandLine{{"--max-snapshot=3"}, {"did you mean --max-snapshots?"}},
        BadCommandLine{{"--verison"}, {"did you mean --version?"}},
        BadCommandLine{{"--online"}, {"flag --online does not apply to `run`"}},
        BadCommandLine{{"prune", "--hold"}, {"flag --hold does not apply to `prune`"}},
        BadCommandLine{{"--push-to=x"}, {"unknown flag --push-to"}},
        BadCommandLine{{"--"
                        "xyzzy"},
                       {"unknown flag --xyzzy; see --help"}},
        BadCommandLine{{"--dryrun"}, {"did you mean --dry-run?"}},
        BadCommandLine{{"-x"}, {"unknown flag -x"}},
        BadCommandLine{{"--=x"}, {"unknown flag --; see --help"}},
        BadCommandLine{{"-namespace", "ns"}, {"unknown flag -namespace", "--namespace?"}},
        BadCommandLine{{"-help"}, {"unknown flag -help; did you mean --help?"}},
        BadCommandLine{{"--version=1"}, {"flag --version takes no value"}},
        BadCommandLine{{"--namespace"}, {"flag --namespace needs a value"}},
        BadCommandLine{{"--kubeconfig", "--dry-run"}, {"flag --kubeconfig needs a value"}},
        BadCommandLine{{"-n"}, {"flag --namespace needs a value"}},
        BadCommandLine{{"run", "--from", "2025-01-15T02:00:00Z"},
                       {"flag --from does not apply to `run`"}},
        BadCommandLine{{"db-backup-status", "--count", "3"},
                       {"flag --count does not apply to `db-backup-status`"}}));

INSTANTIATE_TEST_SUITE_P(
    Values, BadCommandLineTest,
    testing::Values(
        BadCommandLine{{"--cronjob", "Nightly"}, {"--cronjob", "\"Nightly\"", "at most 52"}},
        BadCommandLine{{"--cronjob", std::string(53, 'n')}, {"--cronjob", "at most 52"}},
        BadCommandLine{{"--max-snapshots", "0"}, {"--max-snapshots", "\"0\"", "1 or more"}},
        BadCommandLine{{"--max-snapshots", "-1"}, {"--max-snapshots", "\"-1\"", "1 or more"}},
        BadCommandLine{{"--max-snapshots", "3.5"}, {"\"3.5\"", "whole number"}},
        BadCommandLine{{"--max-snapshots", "three"}, {"\"three\"", "whole number"}},
        BadCommandLine{{"--max-snapshots", "99999999999999999999"}, {"whole number"}},
        BadCommandLine{{"--max-snapshots="}, {"--max-snapshots is empty", "whole number"}},
        BadCommandLine{{"--timeout", "5"}, {"--timeout", "\"5\"", "90s", "1h30m"}},
        BadCommandLine{{"--timeout", "0"}, {"--timeout", "\"0\"", "greater than 0"}},
        BadCommandLine{{"--timeout", "-5m"}, {"\"-5m\"", "greater than 0"}},
        BadCommandLine{{"--timeout", "1d"}, {"\"1d\"", "such as 90s"}},
        BadCommandLine{{"--request-timeout", "soon"}, {"--request-timeout", "\"soon\""}},
        BadCommandLine{{"--preflight-wait", "0s"}, {"--preflight-wait", "\"0s\""}},
        BadCommandLine{{"--lock-wait", "2"}, {"--lock-wait", "\"2\""}},
        BadCommandLine{{"--namespace", "Not_A_Name"}, {"--namespace", "\"Not_A_Name\""}},
        BadCommandLine{{"--namespace", "a.b"}, {"--namespace", "\"a.b\""}},
        BadCommandLine{{"--namespace", kLong}, {"--namespace", "63"}},
        BadCommandLine{{"--namespace="}, {"--namespace is empty"}},
        BadCommandLine{{"--kubeconfig="}, {"--kubeconfig is empty, but must be a FILE"}},
        BadCommandLine{{"--system", "-noobaa"}, {"--system"}},
        BadCommandLine{{"--system", "noobaa-"}, {"--system", "\"noobaa-\""}},
        BadCommandLine{{"--cluster", "pg_1"}, {"--cluster", "\"pg_1\""}},
        BadCommandLine{{"--cluster", kLong}, {"--cluster", "63"}},
        BadCommandLine{{"--cnpg-api-group", "cnpg"}, {"--cnpg-api-group", "auto"}},
        BadCommandLine{{"--cnpg-api-group", "Postgresql.cnpg.io"}, {"postgresql.cnpg.noobaa.io"}},
        BadCommandLine{{"--log-level", "trace"}, {"--log-level", "debug, info, warn, error"}},
        BadCommandLine{{"--log-format", "xml"}, {"--log-format", "auto, text, json"}},
        BadCommandLine{{"--operator-schedule", "fight"}, {"defer, suspend, ignore"}},
        BadCommandLine{{"--schedule", "12345"}, {"--schedule", "\"12345\"", "schedule"}},
        BadCommandLine{{"--schedule", "0 25 * * *"}, {"--schedule", "\"0 25 * * *\""}},
        BadCommandLine{{"--time-zone", "Europe/Atlantis"}, {"--time-zone", "Europe/Atlantis"}},
        BadCommandLine{{"--time-zone", "Local"}, {"--time-zone", "IANA"}},
        BadCommandLine{{"--volume-snapshot-class", "A class"}, {"--volume-snapshot-class"}},
        BadCommandLine{{"--run-id", kLong}, {"--run-id", "63"}},
        BadCommandLine{{"--run-id", "a b"}, {"--run-id", "\"a b\""}},
        BadCommandLine{{"--run-id", "a\nb"}, {"--run-id", "a\\nb"}},
        BadCommandLine{{"--dry-run=yes"}, {"--dry-run", "\"yes\"", "true, false, 1 or 0"}},
        BadCommandLine{{"--dry-run="}, {"--dry-run is empty", "true, false, 1 or 0"}},
        BadCommandLine{{"-o", "table"}, {"--output", "\"table\"", "text|json for `run`"}},
        BadCommandLine{{"-o", "text|json"}, {"--output"}},
        BadCommandLine{{"db-backup-status", "-o", "xml"}, {"table|wide|json|yaml|name"}},
        BadCommandLine{{"schedule", "-o", "json"}, {"--output", "text for `schedule`"}},
        BadCommandLine{{"hold", "-o", "json"}, {"--output", "text for `hold`"}},
        BadCommandLine{{"bootstrap", "--initdb", "-o", "text"}, {"yaml|json for `bootstrap`"}},
        BadCommandLine{{"hold", "No"}, {"`hold NAME` is \"No\"", "must be the name of a backup"}},
        BadCommandLine{{"release", kLong}, {"`release NAME`", "at most 63"}},
        BadCommandLine{{"verify", "a_b", "--restore"}, {"`verify [NAME]` is \"a_b\""}},
        BadCommandLine{{"completion", "tcsh"},
                       {"`completion SHELL` is \"tcsh\"", "one of bash, zsh, fish"}},
        BadCommandLine{{"db-backup", "--name", "Before"}, {"--name", "\"Before\"", "a backup"}},
        BadCommandLine{{"db-backup", "--name", kLong}, {"--name", "at most 63"}},
        BadCommandLine{{"bootstrap", "--from-snapshot", "a_b"}, {"--from-snapshot", "\"a_b\""}},
        BadCommandLine{{"bootstrap", "--import-from", "db:5432"}, {"--import-from", "host name"}},
        BadCommandLine{{"bootstrap", "--import-secret", "a/b"}, {"--import-secret", "a Secret"}},
        BadCommandLine{{"recover", "--operator-recovery", "fight"}, {"defer, ignore"}},
        BadCommandLine{{"schedule", "0 2 * *"},
                       {"`schedule [EXPR]` is \"0 2 * *\"", "must be a schedule"}},
        BadCommandLine{{"schedule", ""}, {"must be a schedule"}},
        BadCommandLine{{"schedule", "@reboot"}, {"is \"@reboot\", but must be a schedule"}},
        BadCommandLine{{"schedule", "0", "2", "*", "*", "*"}, {"got 5 words", "quotes"}},
        BadCommandLine{{"schedule", "@daily", "--schedule", "@daily"}, {"not both"}},
        BadCommandLine{{"schedule", "--from", "yesterday"}, {"--from", "RFC 3339"}},
        BadCommandLine{{"schedule", "--from", "2025-02-30T00:00:00Z"}, {"--from"}},
        BadCommandLine{{"schedule", "--count", "0"}, {"--count", "1 to 1000"}},
        BadCommandLine{{"schedule", "--count", "1001"}, {"--count", "1 to 1000"}}));

INSTANTIATE_TEST_SUITE_P(
    Combinations, BadCommandLineTest,
    testing::Values(
        BadCommandLine{{"db-backup", "--name", "noobaa-db-pg-cluster-backup-1"},
                       {"--name: \"noobaa-db-pg-cluster-backup-1\"", "operator"}},
        BadCommandLine{{"db-backup", "--cluster", "pg", "--name", "pg-scheduled-backup-1"},
                       {"--name: \"pg-scheduled-backup-1\""}},
        BadCommandLine{{"prune", "--plan", "a", "--plan-out", "b"}, {"--plan or --plan-out"}},
        BadCommandLine{{"prune", "--plan-out", "-"}, {"--plan-out takes the name of a file"}},
        BadCommandLine{{"bootstrap"}, {"one of --initdb, --from-snapshot NAME and --import-from"}},
        BadCommandLine{{"bootstrap", "--initdb", "--from-snapshot", "a"}, {"takes one of"}},
        BadCommandLine{{"bootstrap", "--from-snapshot", "a", "--import-from", "b"},
                       {"takes one of"}},
        BadCommandLine{{"bootstrap", "--import-from", "db"},
                       {"--import-from needs --import-secret NAME", "\"noobaa\""}},
        BadCommandLine{{"bootstrap", "--initdb", "--import-secret", "db"},
                       {"--import-secret", "--import-from"}},
        BadCommandLine{{"run", "--history-limit", "81"},
                       {"--history-limit", "from 0 (none) to 80"}},
        BadCommandLine{{"run", "--history-limit", "-1"}, {"--history-limit", "\"-1\""}},
        BadCommandLine{{"why"}, {"`why` needs an argument: why NAME"}},
        BadCommandLine{{"why", "a_b"}, {"`why NAME` is \"a_b\""}},
        BadCommandLine{{"verify"}, {"`verify` needs --restore", "db-backup-status"}},
        BadCommandLine{{"verify", "before-upgrade"}, {"`verify` needs --restore"}}));

/// A value for each flag that is accepted and is not the default.
std::string goodValue(const Flag& flag) {
  static const std::map<std::string_view, std::string> kValues = {
      {"output", "text"},
      {"cnpg-api-group", "postgresql.cnpg.io"},
      {"schedule", "@daily"},
      {"time-zone", "UTC"},
      {"operator-schedule", "ignore"},
      {"log-format", "text"},
      {"log-level", "warn"},
      {"from", "2025-01-15T02:00:00Z"},
      {"operator-recovery", "ignore"},
      {"pushgateway", "http://host"}};
  if (const auto known = kValues.find(flag.name); known != kValues.end()) return known->second;
  if (flag.isBoolean()) return "true";
  if (flag.value == "DURATION") return "7s";
  if (flag.value == "N") return "7";
  return "name";
}

/// What a command needs besides the flag, to be complete.
Arguments companionsOf(const Flag& flag) {
  static const std::map<std::string_view, Arguments> kCompanions = {
      {"import-from", {"--import-secret=s"}},
      {"import-secret", {"--import-from=h"}},
      {"import-user", {"--import-from=h", "--import-secret=s"}},
      {"apply", {"--initdb"}}};
  const auto known = kCompanions.find(flag.name);
  return known == kCompanions.end() ? Arguments{} : known->second;
}

class EveryFlagTest : public testing::TestWithParam<Flag> {
 protected:
  /// The first command that the flag has an effect on, and what that needs besides.
  static Arguments command() {
    for (const CommandInfo& info : allCommands()) {
      if (!GetParam().isUsedBy(info.command)) continue;
      Arguments arguments = companionsOf(GetParam());
      arguments.insert(arguments.begin(), std::string(info.name));
      return arguments;
    }
    return {};
  }
  static std::string longForm() { return "--" + std::string(GetParam().name); }
};

TEST_P(EveryFlagTest, IsReadFromItsVariable) {
  EXPECT_TRUE(readSettings(command(), {{environmentTwin(GetParam()), goodValue(GetParam())}}));
}

TEST_P(EveryFlagTest, IsUnsetByAnEmptyVariable) {
  const std::string twin = environmentTwin(GetParam());
  const auto unset = readSettings(command(), {});
  const auto empty = readSettings(command(), {{twin, ""}});
  EXPECT_EQ(empty.has_value(), unset.has_value());
  EXPECT_EQ(empty ? "" : empty.error(), unset ? "" : unset.error());
}

TEST_P(EveryFlagTest, IsReadFromTheCommandLine) {
  Arguments arguments = command();
  arguments.push_back(longForm() + "=" + goodValue(GetParam()));
  EXPECT_TRUE(readSettings(arguments, {}));
}

TEST_P(EveryFlagTest, NamesItsVariableWhenTheValueIsBad) {
  for (const char* any_text_will_do :
       {"kubeconfig", "context", "metrics-file", "plan", "plan-out", "import-user"}) {
    if (GetParam().name == any_text_will_do) return;
  }
  const std::string twin = environmentTwin(GetParam());
  const std::string error = errorOf(command(), {{twin, "!"}});
  const std::string shown = GetParam().is_secret ? "wrong (and not shown" : "\"!\", but must be ";
  EXPECT_THAT(error, HasSubstr(twin + " is " + shown));
}

TEST_P(EveryFlagTest, HidesABadVariable) {
  Arguments arguments = command();
  arguments.push_back(longForm() + "=" + goodValue(GetParam()));
  EXPECT_TRUE(readSettings(arguments, {{environmentTwin(GetParam()), "!"}}));
}

TEST_P(EveryFlagTest, IsToldByHelp) {
  EXPECT_THAT(helpText(command()[0]), HasSubstr(longForm()));
  EXPECT_FALSE(GetParam().help.empty());
}

INSTANTIATE_TEST_SUITE_P(Table, EveryFlagTest,
                         testing::ValuesIn(allFlags().begin(), allFlags().end()),
                         [](const auto& test) {
                           std::string name(test.param.name);
                           std::erase(name, '-');
                           return name;
                         });

TEST(EnvironmentTest, OfADrillSaysWhereItsMetricsGoAndWhoseRetryItIs) {
  const Settings settings = settingsOf({"verify"}, {{"NOOBAA_DB_BACKUP_RESTORE", "true"},
                                                    {"NOOBAA_DB_BACKUP_PUSHGATEWAY", "http://host"},
                                                    {"NOOBAA_DB_BACKUP_METRICS_FILE", "/x.prom"},
                                                    {"NOOBAA_DB_BACKUP_RUN_ID", "job-1"}});
  EXPECT_TRUE(settings.pushgateway);
  EXPECT_EQ(settings.metrics_file, "/x.prom");
  EXPECT_EQ(settings.run_id, "job-1");
}

TEST(EnvironmentTest, TwinsAreNamedAfterTheFlags) {
  EXPECT_EQ(settingsOf({}, {{"NOOBAA_DB_BACKUP_MAX_SNAPSHOTS", "5"}}).overrides.max_snapshots, 5);
  EXPECT_EQ(
      settingsOf({}, {{"NOOBAA_DB_BACKUP_CNPG_API_GROUP", "postgresql.cnpg.io"}}).cnpg_api_group,
      "postgresql.cnpg.io");
  EXPECT_TRUE(settingsOf({}, {{"NOOBAA_DB_BACKUP_DRY_RUN", "1"}}).dry_run);
}

TEST(EnvironmentTest, FlagBeatsVariable) {
  const Environment environment = {{"NOOBAA_DB_BACKUP_MAX_SNAPSHOTS", "5"},
                                   {"NOOBAA_DB_BACKUP_DRY_RUN", "true"}};
  const Settings settings = settingsOf({"--max-snapshots", "9", "--dry-run=false"}, environment);
  EXPECT_EQ(settings.overrides.max_snapshots, 9);
  EXPECT_FALSE(settings.dry_run);
}

TEST(EnvironmentTest, NamespaceComesFromThePodLast) {
  const Environment both = {{"NOOBAA_DB_BACKUP_NAMESPACE", "twin"}, {"POD_NAMESPACE", "pod"}};
  EXPECT_EQ(settingsOf({"-n", "flag"}, both).name_space, "flag");
  EXPECT_EQ(settingsOf({}, both).name_space, "twin");
  EXPECT_EQ(settingsOf({}, {{"POD_NAMESPACE", "pod"}}).name_space, "pod");
  EXPECT_EQ(
      settingsOf({}, {{"NOOBAA_DB_BACKUP_NAMESPACE", ""}, {"POD_NAMESPACE", "pod"}}).name_space,
      "pod");
  EXPECT_EQ(settingsOf({}, {{"POD_NAMESPACE", ""}}).name_space, std::nullopt);
  EXPECT_THAT(errorOf({}, {{"POD_NAMESPACE", "No"}}), HasSubstr("POD_NAMESPACE is \"No\""));
}

TEST(EnvironmentTest, VariablesOfOtherCommandsAreNotJudged) {
  EXPECT_TRUE(readSettings({"db-backup-status"}, {{"NOOBAA_DB_BACKUP_RUN_ID", "a b"}}));
  EXPECT_TRUE(readSettings({"run"}, {{"NOOBAA_DB_BACKUP_COUNT", "many"}}));
}

TEST(EnvironmentTest, AFormatThatOnlyOtherCommandsHaveIsLeftToThem) {
  const Environment json = {{"NOOBAA_DB_BACKUP_OUTPUT", "json"}};
  for (const char* command : {"hold", "release"})
    EXPECT_EQ(settingsOf({command, "before-upgrade"}, json).output, Output::kText);
  EXPECT_EQ(settingsOf({"schedule"}, json).output, Output::kText);
  EXPECT_EQ(settingsOf({"check"}, json).output, Output::kJson);
  const Environment wide = {{"NOOBAA_DB_BACKUP_OUTPUT", "wide"}};
  EXPECT_EQ(settingsOf({"check"}, wide).output, Output::kText);
  EXPECT_EQ(settingsOf({"bootstrap", "--initdb"}, wide).output, Output::kYaml);
  EXPECT_EQ(settingsOf({"db-backup-status"}, wide).output, Output::kWide);
  EXPECT_THAT(errorOf({"check"}, {{"NOOBAA_DB_BACKUP_OUTPUT", "xml"}}), HasSubstr("xml"));
  EXPECT_THAT(errorOf({"check", "-o", "wide"}), HasSubstr("wide"));
}

TEST(EnvironmentTest, WhatAReleaseForetellsIsByThePolicyOfThePasses) {
  const Settings settings = settingsOf(
      {"release", "before-upgrade"},
      {{"NOOBAA_DB_BACKUP_MAX_SNAPSHOTS", "1"}, {"NOOBAA_DB_BACKUP_OPERATOR_SCHEDULE", "ignore"}});
  EXPECT_EQ(settings.overrides.max_snapshots, 1);
  EXPECT_EQ(settings.operator_schedule, OperatorSchedulePolicy::kIgnore);
}

TEST(EnvironmentTest, AServiceOfTheSameNameDoesNoHarm) {
  EXPECT_TRUE(readSettings({}, {{"NOOBAA_DB_BACKUP_SERVICE_HOST", "10.0.0.1"},
                                {"NOOBAA_DB_BACKUP_PORT", "tcp://10.0.0.1:80"}}));
}

RC_GTEST_PROP(CommandLineTest, WhateverIsTypedIsSettingsOrOneLine, ()) {
  static const Arguments kPieces = {"run",    "schedule", "help",    "--",        "-",
                                    "-n",     "-o",       "--count", "--dry-run", "--schedule",
                                    "@daily", "=",        "--=",     "-=",        "x\ny"};
  const auto piece = rc::gen::oneOf(rc::gen::elementOf(kPieces), rc::gen::arbitrary<std::string>());
  const auto settings = readSettings(*rc::gen::container<Arguments>(piece), {});
  if (settings) return;
  RC_ASSERT(!settings.error().empty());
  RC_ASSERT(settings.error().find('\n') == std::string::npos);
}

TEST(FlagTableTest, NamesAndLettersAreUnique) {
  std::map<std::string_view, int> names;
  std::map<char, int> letters;
  for (const Flag& flag : allFlags()) {
    EXPECT_EQ(++names[flag.name], 1) << flag.name;
    if (flag.letter != 0) {
      EXPECT_EQ(++letters[flag.letter], 1) << flag.letter;
    }
  }
}

}  // namespace
}  // namespace job
