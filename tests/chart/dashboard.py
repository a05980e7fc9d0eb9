"""The chart's dashboard: that Grafana can load it, that it shows every metric and no other, and that its colours say what the alerts say."""
import json
import pathlib
import re
import tempfile

import yaml

from alerts import alerts_of, promtool
from rules import GRACE_SECONDS, of_kind, seconds

HERE = pathlib.Path(__file__).resolve().parent
FILE = HERE.parent.parent / "charts/noobaa-db-backup/dashboards/noobaa-db-backup.json"
TEXT = FILE.read_text()
# Panels that Grafana draws without plugins; graph, singlestat and table-old were Angular's and are gone.
KINDS = {"row", "stat", "state-timeline", "table", "timeseries"}
# Metrics that no panel shows, and why.
LEFT_OUT = {}
SELECTOR = '{namespace="$namespace",cluster="$cluster"'


def dashboard():
    return json.loads(TEXT)


def panels():
    return [p for p in dashboard()["panels"] if p["type"] != "row"]


def panel(title, kind="stat"):
    return next(p for p in panels() if (p["title"], p["type"]) == (title, kind))


def variables():
    return {v["name"]: v for v in dashboard()["templating"]["list"]}


def expressions():
    """(where it stands, expression) of each query."""
    for p in panels():
        for target in p["targets"]:
            yield f"{p['title']} {target['refId']}", target["expr"]


def filled_in(expression):
    """As Grafana sends it to Prometheus."""
    known = {"namespace": "ns", "cluster": "pg"} | {n: v["query"] for n, v in variables().items() if v["type"] == "constant"}
    return re.sub(r"\$(\w+)", lambda name: known[name.group(1)], expression)


def documented_metrics(root):
    text = (root / "docs/metrics.md").read_text()
    return {"noobaa_db_backup_" + name for name in re.findall(r"^\| `([a-z_]+)` \| (?:gauge|untyped) \|", text, re.MULTILINE)}


def everything_in(node):
    """Each object of the JSON."""
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else []:
        yield from everything_in(child)


def the_dashboard_is_one_that_grafana_takes(_rendered, _root):
    board = dashboard()
    # A dashboard of another uid is another dashboard: links and bookmarks would be lost.
    if board["uid"] != "noobaa-db-backup":
        yield f"the uid is {board['uid']!r}"
    if "id" in board or "__inputs" in board or "__requires" in board:
        yield "it was exported from one Grafana, and has that one's id or asks for inputs, which no sidecar gives"
    if board["schemaVersion"] < 42:
        yield f"schemaVersion {board['schemaVersion']} is of an old Grafana"
    ids = [p["id"] for p in board["panels"]]
    if len(ids) != len(set(ids)):
        yield f"panels share an id: {sorted(ids)}"
    for p in board["panels"]:
        if p["type"] not in KINDS:
            yield f"{p['title']}: panels of type {p['type']} may need a plugin"


def panels_do_not_overlap(_rendered, _root):
    taken = {}
    for p in dashboard()["panels"]:
        place = p["gridPos"]
        if place["x"] < 0 or place["x"] + place["w"] > 24:
            yield f"{p['title']} sticks out of the 24 columns"
        for cell in ((x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])):
            if cell in taken:
                yield f"{p['title']} lies on {taken[cell]}"
                break
            taken[cell] = p["title"]


def panels_say_what_they_show(_rendered, _root):
    for p in panels():
        defaults = p["fieldConfig"]["defaults"]
        if not p.get("description") or "\n" in p["description"]:
            yield f"{p['title']}: a description of one line is missing"
        if not defaults.get("unit"):
            yield f"{p['title']}: the unit is missing"
        if not defaults.get("noValue"):
            yield f"{p['title']}: what it says without data is missing"
        if p["type"] != "stat":
            continue
        # Else it would be shown in the colour of the lowest threshold, as if all were well.
        none = [m["options"]["result"] for m in defaults["mappings"] if m["type"] == "special" and m["options"]["match"] == "null+nan"]
        if len(none) != 1 or none[0]["text"] != defaults["noValue"] or none[0]["color"] != "#8e8e8e":
            yield f"{p['title']}: without data it is not grey"


def the_data_source_and_the_database_are_chosen(_rendered, _root):
    for node in everything_in(dashboard()):
        source = node.get("datasource")
        if source is not None and source != {"type": "prometheus", "uid": "${datasource}"}:
            yield f"{node.get('title', node.get('refId'))}: data source {source}"
    for p in panels():
        if "datasource" not in p or not all("datasource" in t for t in p["targets"]):
            yield f"{p['title']} takes whatever data source is the default"
    for where, expression in expressions():
        for metric, rest in re.findall(r"(noobaa_db_backup_[a-z_]+)(.{%d})" % len(SELECTOR), expression + " " * len(SELECTOR)):
            if rest != SELECTOR:
                yield f"{where}: {metric} of any namespace or cluster"


def every_metric_is_shown_and_no_other(_rendered, root):
    documented = documented_metrics(root)
    if len(documented) < 12:
        yield f"only {len(documented)} metrics found in docs/metrics.md"
    shown = {metric for _, expression in expressions() for metric in re.findall(r"noobaa_db_backup_[a-z_]+", expression)}
    for metric in sorted(documented - shown - LEFT_OUT.keys()):
        yield f"no panel shows {metric}: add one, or to LEFT_OUT why not"
    for metric in sorted((shown | LEFT_OUT.keys()) - documented):
        yield f"{metric} is not in docs/metrics.md"
    for metric in sorted(shown & LEFT_OUT.keys()):
        yield f"{metric} is shown after all"


def promtool_accepts_the_queries(_rendered, _root):
    queries = [{"record": f"query_{i}", "expr": filled_in(expression)} for i, (_, expression) in enumerate(expressions())]
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.safe_dump({"groups": [{"name": "dashboard", "rules": queries}]}, file)
        file.flush()
        complaint = promtool("check", "rules", file.name)
    if complaint:
        yield complaint


def panels_show_what_they_should(_rendered, _root):
    """dashboard_test.yaml, by promtool."""
    tests = []
    for test in yaml.safe_load((HERE / "dashboard_test.yaml").read_text()):
        wanted = []
        for title, by_query in test["shows"].items():
            for target in panel(title)["targets"]:
                value = by_query.get(target["refId"])
                samples = [] if value is None else [{"labels": "{}", "value": value}]
                wanted.append({"expr": filled_in(target["expr"]), "eval_time": test["at"], "exp_samples": samples})
        series = [{"series": f'noobaa_db_backup_{name}{{namespace="ns",cluster="pg"}}', "values": f"{value}x10000"}
                  for name, value in test["metrics"].items()]
        # What is another database's must not be seen.
        series += [{"series": s["series"].replace("pg", "other"), "values": "999999999x10000"} for s in series]
        tests.append({"name": test["name"], "interval": "1m", "input_series": series, "promql_expr_test": wanted})
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.safe_dump({"tests": tests}, file)
        file.flush()
        complaint = promtool("test", "rules", file.name)
    if complaint:
        yield complaint


def exit_codes(root):
    reference = (root / "docs/reference.md").read_text()
    return set(re.findall(r"^\| (\d+) \|", reference.split("## Exit codes")[1].split("\n## ")[0], re.MULTILINE))


def exit_codes_are_in_words(_rendered, root):
    codes = exit_codes(root)
    # Only `recover` ends with 7.
    for title, wanted in (("Last attempt", codes), ("Last drill", codes - {"7"})):
        mapped = next(m["options"] for m in panel(title)["fieldConfig"]["defaults"]["mappings"] if m["type"] == "value")
        if mapped.keys() != wanted:
            yield f"{title}: {sorted(mapped.keys() ^ wanted)} not in docs/reference.md or without words"
        words = {code: (m["text"], m["color"]) for code, m in mapped.items()}
        for other in panels():
            for node in everything_in({k: v for k, v in other.items() if k != "title"}):
                same = node.get("options") if node.get("type") == "value" else None
                if same and same.keys() == mapped.keys() and {c: (m["text"], m["color"]) for c, m in same.items()} != words:
                    yield f"{other['title']} has other words or colours than {title}"


def colours_are_those_of_the_alerts(rendered, _root):
    """Red is a critical one, orange a warning; what is no alert is neither."""
    # Those by metrics that are pushed: what kube-state-metrics tells has no exit codes.
    there_are = {rule["alert"]: rule for rule in alerts_of(rendered["alerts"][2])}
    for p in panels():
        for name in re.findall(r"NooBaaDbBackup\w+", p["description"]):
            if name not in there_are:
                yield f"{p['title']}: there is no alert {name}"
    colour = {"critical": "red", "warning": "orange"}
    for title, alert, other in (("Last attempt", "NooBaaDbBackupAttemptFailed", {"4": "orange"}), ("Last drill", "NooBaaDbBackupDrillFailed", {})):
        rule = there_are[alert]
        quiet = set(re.findall(r"[!=]= (\d+)", rule["expr"]))
        bad = colour[rule["labels"]["severity"]]
        defaults = panel(title)["fieldConfig"]["defaults"]
        if defaults["thresholds"]["steps"] != [{"color": bad, "value": None}]:
            yield f"{title}: a code that is not known is not {bad}"
        for code, result in next(m["options"] for m in defaults["mappings"] if m["type"] == "value").items():
            wanted = {other.get(code, "green" if code == "0" else "blue")} if code in quiet else {bad}
            if result["color"] not in wanted:
                yield f"{title}: {code} is {result['color']}, by {alert} it would be {', '.join(wanted)}"


def limits_are_the_chart_s(_rendered, root):
    values = yaml.safe_load((root / "charts/noobaa-db-backup/values.yaml").read_text())
    limits = {"grace": seconds(values["timeout"]) + GRACE_SECONDS, "drill_max_age": seconds(values["drill"]["maxAge"]),
              "max_age": seconds(values["metrics"]["prometheusRule"]["maxAge"] or "48h")}
    for name, wanted in limits.items():
        if float(variables()[name]["query"]) != wanted:
            yield f"${name} is {variables()[name]['query']}, by values.yaml it is {wanted:.0f}"


def the_config_map_is_the_file(rendered, _root):
    found = 0
    for name, (values, _, objects) in rendered.items():
        wanted = values.get("metrics", {}).get("grafanaDashboard", {})
        maps = of_kind(objects, "ConfigMap")
        if bool(maps) != wanted.get("enabled", False):
            yield f"{name}: {len(maps)} ConfigMaps, enabled is {wanted.get('enabled', False)}"
        for o in maps:
            found += 1
            if o["data"] != {"noobaa-db-backup.json": TEXT.strip()}:
                yield f"{name}: it differs from {FILE.name}"
            if "grafana_dashboard" not in o["metadata"]["labels"]:
                yield f"{name}: no sidecar would find it"
    if not found:
        yield "no case has the dashboard"


RULES = [
    the_dashboard_is_one_that_grafana_takes,
    panels_do_not_overlap,
    panels_say_what_they_show,
    the_data_source_and_the_database_are_chosen,
    every_metric_is_shown_and_no_other,
    promtool_accepts_the_queries,
    panels_show_what_they_should,
    exit_codes_are_in_words,
    colours_are_those_of_the_alerts,
    limits_are_the_chart_s,
    the_config_map_is_the_file,
]
