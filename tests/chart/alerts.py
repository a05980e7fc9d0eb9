"""The chart's alerts, by promtool: each fires when it should and only then, as *_test.yaml here has it, and goes by metrics that there
are."""
import pathlib
import re
import shutil
import subprocess
import tempfile

import yaml

from rules import of_kind

HERE = pathlib.Path(__file__).resolve().parent
# Each file of tests: the case whose alerts it is about.
TESTS = {"alerts_test.yaml": "alerts", "alerts_with_max_age_test.yaml": "everything",
         "alerts_without_pushgateway_test.yaml": "drills", "alerts_without_sync_test.yaml": "pushgateway-from-secret"}
# What kube-state-metrics tells of Jobs and CronJobs, as far as it is used here.
OF_KUBE_STATE_METRICS = {"kube_cronjob_created", "kube_cronjob_next_schedule_time", "kube_cronjob_spec_suspend",
                         "kube_cronjob_status_last_schedule_time", "kube_cronjob_status_last_successful_time",
                         "kube_job_failed", "kube_job_status_start_time"}


def groups_of(objects):
    return [group for o in of_kind(objects, "PrometheusRule") for group in o["spec"]["groups"]]


def alerts_of(objects):
    return [rule for group in groups_of(objects) for rule in group["rules"]]


def promtool(*arguments):
    program = shutil.which("promtool")
    if program is None:
        return "promtool is not installed: scripts/install-packages chart"
    result = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, check=False)
    return "" if result.returncode == 0 else result.stdout + result.stderr


def promtool_accepts_the_alerts(rendered, _root):
    for name, (_, _, objects) in rendered.items():
        groups = groups_of(objects)
        if not groups:
            continue
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            yaml.safe_dump({"groups": groups}, file)
            file.flush()
            complaint = promtool("check", "rules", file.name)
        if complaint:
            yield f"{name}: {complaint}"


def alerts_fire_when_they_should(rendered, _root):
    for tests, case in TESTS.items():
        groups = groups_of(rendered[case][2])
        # Else each test would have to repeat their texts.
        bare = [{"name": g["name"], "rules": [{k: v for k, v in r.items() if k != "annotations"} for r in g["rules"]]} for g in groups]
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "rules.yaml").write_text(yaml.safe_dump({"groups": bare}))
            shutil.copy(HERE / tests, folder)
            complaint = promtool("test", "rules", pathlib.Path(folder) / tests)
        if complaint:
            yield f"{tests}: {complaint}"


def each_alert_is_tested_both_ways(rendered, _root):
    fires, rests = set(), set()
    for tests in TESTS:
        for group in yaml.safe_load((HERE / tests).read_text())["tests"]:
            for test in group["alert_rule_test"]:
                (fires if test["exp_alerts"] else rests).add(test["alertname"])
    there_are = {rule["alert"] for _, _, objects in rendered.values() for rule in alerts_of(objects)}
    for alert in sorted(there_are - fires):
        yield f"{alert}: no test in which it fires"
    for alert in sorted(there_are - rests):
        yield f"{alert}: no test in which it does not"
    for alert in sorted((fires | rests) - there_are):
        yield f"{alert} is tested, and no case has it"


def alerts_go_by_metrics_that_there_are(rendered, root):
    documented = {"noobaa_db_backup_" + name
                  for name in re.findall(r"^\| `([a-z_]+)` \|", (root / "docs/metrics.md").read_text(), re.MULTILINE)}
    if len(documented) < 12:
        yield f"only {len(documented)} metrics found in docs/metrics.md"
    for name, (_, _, objects) in rendered.items():
        for rule in alerts_of(objects):
            for metric in sorted(set(re.findall(r"\b(?:noobaa|kube)_[a-z_]+", rule["expr"])) - documented - OF_KUBE_STATE_METRICS):
                yield f"{name}: {rule['alert']} goes by {metric}, which is not in docs/metrics.md"


RULES = [
    promtool_accepts_the_alerts,
    alerts_fire_when_they_should,
    each_alert_is_tested_both_ways,
    alerts_go_by_metrics_that_there_are,
]
