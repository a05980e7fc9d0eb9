#include <algorithm>
#include <array>

#include "job/cli/flag_table.h"
#include "job/cli/flag_values.h"

namespace job {
namespace {

using enum CommandSection;

Stored storeHelpTopic(Settings& settings, const std::string& value) {
  if (commandNamed(value) == nullptr) return accepted("a command");
  settings.help_topic = value;
  return {};
}

constexpr std::array kCommands = {
    CommandInfo{
        Command::kRun, kBackups, "run", "",
        "make a backup, verify it, prune old ones, write the status",
        "Makes one offline backup of the system's PostgreSQL cluster by volume snapshots, "
        "waits for it, verifies that PostgreSQL was shut down cleanly in it, deletes backups "
        "beyond maxSnapshots and writes the NooBaa CR's backupStatus. It does what the NooBaa CR "
        "says (spec.dbSpec.dbBackup), and nothing when that is absent. Nothing is pruned unless "
        "the new backup was verified. A pass that was killed is finished by the next one.",
        "text|json"},
    CommandInfo{
        Command::kBackup, kBackups, "db-backup", "",
        "make a backup now, by a name of its own if you like",
        "Makes a backup now, whatever the schedule: offline unless --online is given, verified, "
        "then old ones are pruned and the status is written, as `run` does. A backup in flight is "
        "waited for, and this one made after it. With --hold it is kept until `release`. Where "
        "noobaa-operator schedules the backups it is made all the same, and nothing is pruned or "
        "written.",
        "text|json"},
    CommandInfo{
        Command::kStatus, kBackups, "db-backup-status", "",
        "show the backups there are; changes nothing",
        "Reads the cluster and shows when the last good backup was made, when the next is due, "
        "whether one is overdue, and every backup with its verdict and whether the next pass keeps "
        "it. It only reads.",
        "table|wide|json|yaml|name"},
    CommandInfo{
        Command::kWhy, kBackups, "why", "NAME",
        "say why a backup is kept, was deleted, or does not count; changes nothing",
        "Says of one backup, by its name or by that of one of its VolumeSnapshots, what its "
        "verdict "
        "is and why, whether it counts, what retention decides of it, and which run made it. Of "
        "one that is gone: when it was deleted, by which run and for what reason, as the history "
        "has it. It only reads.",
        "text|json", storeBackupOrSnapshotName},
    CommandInfo{
        Command::kPrune, kBackups, "prune", "", "delete the backups that exceed maxSnapshots",
        "Decides for every backup whether it is kept, and why, and deletes the others as a pass "
        "does after a backup. --dry-run shows the decisions; --plan-out writes them to a file, and "
        "--plan applies that file later, or refuses when anything in it has changed.",
        "text|json"},
    CommandInfo{Command::kHold, kBackups, "hold", "NAME", "keep a backup until it is released",
                "Marks a backup as held, on its Backup and its VolumeSnapshots: it is not pruned "
                "and does not count.",
                "text", storeBackupName},
    CommandInfo{Command::kRelease, kBackups, "release", "NAME", "let a held backup go",
                "Takes the mark of `hold`, or of db-backup --hold, from a backup: from then on it "
                "counts, and is pruned like any other.",
                "text", storeBackupName},
    CommandInfo{
        Command::kRecover, kRecovery, "recover", "",
        "bring the database back from the snapshot the CR names",
        "Makes the Cluster anew from the VolumeSnapshot in spec.dbSpec.dbRecovery, once somebody "
        "has deleted the Cluster and all of it is gone, waits until the database is up and proven "
        "to come from that snapshot, and says so in the NooBaa CR's recoveryStatus. It deletes "
        "nothing, and does nothing while a Cluster is there or no recovery is asked for.",
        "text|json"},
    CommandInfo{
        Command::kBootstrap, kRecovery, "bootstrap", "",
        "print, or create, a Cluster where there is none",
        "Prints the Cluster that holds the database: empty (--initdb), from a backup "
        "(--from-snapshot) or copied from an older PostgreSQL (--import-from), with instances, "
        "sizes and classes as the NooBaa CR says. --apply creates it, never when one is there.",
        "yaml|json"},
    CommandInfo{
        Command::kVerify, kRecovery, "verify", "[NAME]",
        "prove by a restore drill (--restore) that a backup is good",
        "Restores the newest good backup, or the one named, into a throw-away Cluster of one "
        "instance beside the live one, waits until PostgreSQL answers, compares its system "
        "identifier and checkpoint with what the backup says, and removes what it made. What an "
        "interrupted drill left is removed by the next. It never touches the live Cluster.",
        "text|json", storeBackupName},
    CommandInfo{
        Command::kCheck, kCare, "check", "",
        "show whether a backup could be made now; changes nothing",
        "Looks at everything a pass depends on and prints a line for each: what is wrong, what to "
        "do and the command for it. Covers the API and its clock, the NooBaa CR and its "
        "configuration, "
        "the CloudNativePG Cluster and its fences, other schedules, Backups in flight, rights, "
        "snapshot classes, quotas, recovery and the backups there are. All of it is looked at, "
        "also after something "
        "was found to be wrong. The exit code is the one that `run` would end with now; warnings "
        "alone are 0. It only reads, and does not wait for what may pass.",
        "text|json"},
    CommandInfo{
        Command::kHistory, kCare, "history", "", "show what the last runs did; changes nothing",
        "Shows the last runs of `run`, `db-backup`, `prune`, `recover` and `verify`, newest first: "
        "when each ended, how, which backup it made and how many it deleted. It reads ConfigMap "
        "noobaa-db-backup-history, to which each adds its result when it ends.",
        "table|json"},
    CommandInfo{
        Command::kSchedule, kCare, "schedule", "[EXPR]", "show when a schedule fires next",
        "Prints the next firings of EXPR, one a line, in the local time of --time-zone. Without "
        "EXPR it reads the schedule of the NooBaa CR; with EXPR it needs no cluster. EXPR has 5 "
        "fields as in a CronJob (minute hour day month weekday), or 6 with seconds first, or is "
        "@hourly, @daily, @weekly, @monthly, @yearly or @every DURATION.",
        "text", storeScheduleArgument},
    CommandInfo{
        Command::kSync, kCare, "sync", "",
        "put the CronJob in step with the NooBaa CR, refresh the status",
        "Makes the CronJob that starts the backups (--cronjob) fire by the schedule of the NooBaa "
        "CR, and suspends it while none are configured; one that was suspended by hand stays so. "
        "Writes the NooBaa CR's backupStatus where backups came or went, drives a recovery that "
        "the CR asks for, and warns of a missed backup and of an instance that stays fenced for "
        "nobody. It makes and deletes no backup. Meant to run every few minutes; while a pass is "
        "at work it leaves the status to that.",
        "text|json"},
    CommandInfo{Command::kHelp, kProgram, "help", "[COMMAND]", "explain a command and its flags",
                "Explains the program, or one command and its flags.", "", storeHelpTopic},
    CommandInfo{Command::kVersion, kProgram, "version", "", "print the version",
                "Prints the version of this program.", ""},
    CommandInfo{Command::kCompletion, kProgram, "completion", "SHELL", "print a completion script",
                "Prints a script that completes commands, flags and values in bash, zsh or fish: "
                "source <(noobaa-db-backup completion bash).",
                "", kChoice<&Settings::shell, kShells>},
    CommandInfo{Command::kMan, kProgram, "man", "", "print the manual page",
                "Prints the manual page in roff: noobaa-db-backup man | man -l -.", ""},
};

}  // namespace

std::span<const CommandInfo> allCommands() {
  return kCommands;
}

const CommandInfo* commandNamed(std::string_view name) {
  const auto* info = std::ranges::find(kCommands, name, &CommandInfo::name);
  return info == std::end(kCommands) ? nullptr : info;
}

const CommandInfo& infoOf(Command command) {
  return *std::ranges::find(kCommands, command, &CommandInfo::command);
}

std::vector<std::string_view> outputsOf(const CommandInfo& info) {
  std::vector<std::string_view> outputs;
  for (std::string_view rest = info.outputs; !rest.empty();) {
    outputs.push_back(rest.substr(0, rest.find('|')));
    rest.remove_prefix(std::min(rest.size(), outputs.back().size() + 1));
  }
  return outputs;
}

}  // namespace job
