#!/usr/bin/python3
"""Writes 31 days of example metrics, as a Prometheus would have scraped them every five minutes, in the OpenMetrics format.

usage: example_data.py END_IN_UNIX_SECONDS

A backup each night at 02:00 UTC, seven of them kept; one night fails, one backup is held, a drill each Sunday at 04:00.
"""
import sys

PREFIX = "noobaa_db_backup_"
LABELS = 'namespace="openshift-storage",cluster="noobaa-db-pg-cluster"'
DAY, SCRAPE = 86400, 300
VERDICTS = ("certified", "uncertified", "unclean", "incomplete", "failed", "pending", "terminating")
KEPT, FAILED_NIGHT, HELD_SINCE = 7, 26, 12


def wobble(number, width):
    """Not by chance, so that the picture is the same each time."""
    return (number * 7919 % 101) / 101 * width


class Database:
    """What a Pushgateway has of it: the last value of each."""

    def __init__(self):
        self.values = {f'{PREFIX}backups{{{LABELS},verdict="{verdict}"}}': 0 for verdict in VERDICTS}
        self.good = KEPT
        self.set("pruned_total", 1)
        self.backups(failed=0, held=0)

    def set(self, name, value):
        self.values[f"{PREFIX}{name}{{{LABELS}}}"] = value

    def backups(self, failed, held):
        self.values[f'{PREFIX}backups{{{LABELS},verdict="certified"}}'] = self.good + held
        self.values[f'{PREFIX}backups{{{LABELS},verdict="failed"}}'] = failed
        self.set("backups_held", held)

    def night(self, number, at):
        took = 205 + wobble(number, 60)
        failed, held = number == FAILED_NIGHT, int(number >= HELD_SINCE)
        self.set("last_attempt_timestamp_seconds", int(at + took))
        self.set("last_attempt_exit_code", 3 if failed else 0)
        self.set("duration_seconds", round(took, 3))
        self.set("fence_seconds", round(48 + wobble(number + 3, 25), 3))
        self.backups(int(failed), held)
        if not failed:
            # 02:00 of the night after the next one: the second firing of the schedule.
            self.set("overdue_timestamp_seconds", at + 2 * DAY)
            self.set("last_success_timestamp_seconds", int(at + took - 20))
            self.set("pruned_total", 2 if number == FAILED_NIGHT + 1 else 1)
            self.set("prune_failures", 0)

    def sync(self, now):
        self.set("next_run_timestamp_seconds", (now - 7200) // DAY * DAY + DAY + 7200)
        self.set("fence_left_over", 0)
        self.set("schedule_in_sync", 1)

    def drill(self, number, at):
        took = 410 + wobble(number, 90)
        self.set("last_drill_timestamp_seconds", int(at + took))
        self.set("last_drill_success_timestamp_seconds", int(at + took))
        self.set("last_drill_exit_code", 0)
        self.set("drill_duration_seconds", round(took, 3))


def main(end):
    database, lines = Database(), {}
    first = end - 31 * DAY
    night = 0
    for now in range(first - DAY, end + 1, SCRAPE):
        at = now // DAY * DAY + 7200
        if at + 300 <= now < at + 300 + SCRAPE:
            database.night(night, at)
            night += 1
        # 1970-01-01 was a Thursday.
        sunday = now // DAY % 7 == 3
        if sunday and at + 7800 <= now < at + 7800 + SCRAPE:
            database.drill(night, at + 7200)
        database.sync(now)
        if now >= first:
            for series, value in database.values.items():
                lines.setdefault(series, []).append(f"{series} {value} {now}")
    families = {}
    for series, samples in lines.items():
        families.setdefault(series.split("{")[0], []).extend(samples)
    for family, samples in families.items():
        print(f"# TYPE {family} unknown")
        print("\n".join(samples))
    print("# EOF")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(int(sys.argv[1]))
