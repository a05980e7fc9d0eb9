"""What holds of whatever the chart renders, each rule a function that yields what is wrong."""
import json
import re

CLUSTER_SCOPED = {"ClusterRole", "ClusterRoleBinding"}
LABELS = {"app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/version",
          "app.kubernetes.io/part-of", "app.kubernetes.io/managed-by", "helm.sh/chart"}
# What a pass may take beyond --timeout: kGrace in job/pass/session.h.
GRACE_SECONDS = 120
TWIN = "NOOBAA_DB_BACKUP_"


def of_kind(objects, kind):
    return [o for o in objects if o["kind"] == kind]


def pods(objects):
    """(what it is, its metadata, its spec) of each pod that the objects are or make."""
    for o in objects:
        if o["kind"] == "Pod":
            yield o["metadata"]["name"], o["metadata"], o["spec"]
        elif o["kind"] == "CronJob":
            template = o["spec"]["jobTemplate"]["spec"]["template"]
            yield o["metadata"]["name"], template["metadata"], template["spec"]


def cronjob_of(objects, command):
    for o in of_kind(objects, "CronJob"):
        if o["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]["args"][0] == command:
            return o
    return None


def environment(pod_spec):
    return {e["name"]: e.get("value", e.get("valueFrom")) for e in pod_spec["containers"][0]["env"]}


def seconds(duration):
    units = {"h": 3600, "m": 60, "s": 1, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
    return sum(float(n) * units[u] for n, u in re.findall(r"([0-9.]+)([a-z]+)", duration))


def names_and_namespaces_are_text(objects, _values, namespace):
    for o in objects:
        meta = o["metadata"]
        name = f"{o['kind']} {meta['name']}"
        if not isinstance(meta["name"], str):
            yield f"{name}: the name is no string"
        if o["kind"] in CLUSTER_SCOPED:
            if "namespace" in meta:
                yield f"{name} has no namespace, but names one"
            if namespace not in meta["name"]:
                yield f"{name} would be the same for a release in another namespace"
        elif meta.get("namespace") != namespace:
            yield f"{name}: namespace {meta.get('namespace')!r}, wanted {namespace!r}"


def objects_have_the_recommended_labels(objects, _values, _namespace):
    labelled = [(o["kind"] + " " + str(o["metadata"]["name"]), o["metadata"]) for o in objects]
    labelled += [("pod of " + str(name), meta) for name, meta, _ in pods(objects)]
    for name, meta in labelled:
        labels = meta.get("labels", {})
        missing = LABELS - labels.keys()
        if missing:
            yield f"{name} lacks {', '.join(sorted(missing))}"
        for key, value in labels.items():
            if not isinstance(value, str) or not re.fullmatch(r"([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?", value):
                yield f"{name}: label {key} is {value!r}"


def objects_are_not_twice(objects, _values, _namespace):
    seen = [(o["kind"], o["metadata"]["name"]) for o in objects]
    for one in sorted(set(seen)):
        if seen.count(one) > 1:
            yield f"{one} {seen.count(one)} times"


def pods_meet_the_restricted_standard(objects, _values, _namespace):
    for name, _, spec in pods(objects):
        context = spec.get("securityContext", {})
        if context.get("runAsNonRoot") is not True:
            yield f"{name}: runAsNonRoot is not true"
        if context.get("runAsUser") == 0:
            yield f"{name}: runs as root"
        if context.get("seccompProfile") != {"type": "RuntimeDefault"}:
            yield f"{name}: seccompProfile is not RuntimeDefault"
        for forbidden in ("hostNetwork", "hostPID", "hostIPC", "volumes", "initContainers", "ephemeralContainers", "hostUsers"):
            if spec.get(forbidden):
                yield f"{name}: has {forbidden}"
        for container in spec["containers"]:
            own = container.get("securityContext", {})
            if own.get("allowPrivilegeEscalation") is not False:
                yield f"{name}: allowPrivilegeEscalation is not false"
            if own.get("readOnlyRootFilesystem") is not True:
                yield f"{name}: the root file system can be written"
            if own.get("capabilities") != {"drop": ["ALL"]}:
                yield f"{name}: capabilities {own.get('capabilities')}"
            if set(own) - {"allowPrivilegeEscalation", "readOnlyRootFilesystem", "capabilities"}:
                yield f"{name}: the container overrides what the pod says: {own}"
            if container.get("ports"):
                yield f"{name}: has ports"


def pods_need_no_fixed_uid(objects, values, _namespace):
    """OpenShift gives each namespace uids of its own."""
    for name, _, spec in pods(objects):
        if "runAsUser" in spec["securityContext"] and "runAsUser" not in values.get("podSecurityContext", {}):
            yield f"{name}: runAsUser {spec['securityContext']['runAsUser']}"


def pods_end_as_they_should(objects, _values, _namespace):
    for name, _, spec in pods(objects):
        if spec.get("restartPolicy") != "Never":
            yield f"{name}: restartPolicy is not Never, which podFailurePolicy needs"
        if spec.get("terminationGracePeriodSeconds") != 30:
            yield f"{name}: terminationGracePeriodSeconds is not 30"
        if spec.get("enableServiceLinks") is not False:
            yield f"{name}: is told of all Services"
        if spec["containers"][0].get("terminationMessagePolicy") != "FallbackToLogsOnError":
            yield f"{name}: terminationMessagePolicy"


def variables_are_given_once_as_text(objects, _values, _namespace):
    for name, _, spec in pods(objects):
        given = [e["name"] for e in spec["containers"][0]["env"]]
        for twice in {n for n in given if given.count(n) > 1}:
            yield f"{name}: {twice} twice"
        for variable, value in environment(spec).items():
            if not isinstance(value, (str, dict)):
                yield f"{name}: {variable} is {value!r}, no string"
            if value == "":
                yield f"{name}: {variable} is empty"


def numbers_are_written_out(objects, values, _namespace):
    """Helm reads them as floating point: a million as 1e+06."""
    for name, _, spec in pods(objects):
        found = environment(spec).get(TWIN + "MAX_SNAPSHOTS", "None")
        if found != str(values.get("maxSnapshots")):
            yield f"{name}: maxSnapshots is {found}"


def nothing_works_longer_than_its_deadline(objects, _values, _namespace):
    for o in objects:
        if o["kind"] == "CronJob":
            job = o["spec"]["jobTemplate"]["spec"]
            spec, deadline = job["template"]["spec"], job.get("activeDeadlineSeconds")
        elif o["kind"] == "Pod":
            spec, deadline = o["spec"], o["spec"].get("activeDeadlineSeconds")
        else:
            continue
        needed = seconds(environment(spec)[TWIN + "TIMEOUT"]) + GRACE_SECONDS
        if not isinstance(deadline, int) or deadline <= needed:
            yield f"{o['metadata']['name']}: activeDeadlineSeconds {deadline}, but it may work for {needed:.0f} s"


def each_try_has_its_time(objects, values, _namespace):
    """Where the deadline is not given, all tries fit into it."""
    for cronjob in filter(None, (cronjob_of(objects, "run"), cronjob_of(objects, "verify"))):
        if "activeDeadlineSeconds" in values and cronjob == cronjob_of(objects, "run"):
            continue
        job = cronjob["spec"]["jobTemplate"]["spec"]
        one = seconds(environment(job["template"]["spec"])[TWIN + "TIMEOUT"]) + GRACE_SECONDS
        tries = job["backoffLimit"] + 1
        pauses = sum(min(360, 10 * 2**i) for i in range(job["backoffLimit"]))
        if job["activeDeadlineSeconds"] < one * tries + pauses:
            yield f"{cronjob['metadata']['name']}: activeDeadlineSeconds {job['activeDeadlineSeconds']} for {tries} tries of {one:.0f} s"


def cronjobs_are_ones_that_kubernetes_takes(objects, _values, _namespace):
    for o in of_kind(objects, "CronJob"):
        name, spec = o["metadata"]["name"], o["spec"]
        if len(name) > 52:
            yield f"{name}: {len(name)} characters, a CronJob's name may have 52"
        if not re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", name):
            yield f"{name}: no DNS label, which pods' names should be"
        if spec.get("concurrencyPolicy") != "Forbid":
            yield f"{name}: runs beside itself"
        if spec.get("startingDeadlineSeconds", 0) < 200:
            yield f"{name}: startingDeadlineSeconds {spec.get('startingDeadlineSeconds')} skips runs"
        if not isinstance(spec["schedule"], str) or "TZ=" in spec["schedule"] or len(spec["schedule"].split()) not in (1, 2, 5):
            yield f"{name}: schedule {spec['schedule']!r}"
        if not spec.get("timeZone"):
            yield f"{name}: the time zone is the control plane's"


def retries_follow_the_exit_codes(objects, _values, _namespace):
    not_retried = {"run": [2, 6, 77, 78], "verify": [2, 3, 6, 77, 78]}
    for command, codes in not_retried.items():
        cronjob = cronjob_of(objects, command)
        if cronjob is None:
            continue
        job = cronjob["spec"]["jobTemplate"]["spec"]
        first, second = job["podFailurePolicy"]["rules"]
        if first["action"] != "Ignore" or first["onPodConditions"] != [{"type": "DisruptionTarget", "status": "True"}]:
            yield f"{command}: a disrupted pod counts as failed: {first}"
        if second["action"] != "FailJob" or second["onExitCodes"]["values"] != codes or second["onExitCodes"]["operator"] != "In":
            yield f"{command}: what a retry can't heal is retried: {second}"
        if second["onExitCodes"]["containerName"] != job["template"]["spec"]["containers"][0]["name"]:
            yield f"{command}: the rule is for another container"


def drills_are_made_where_they_are_wanted(objects, values, _namespace):
    drill, wanted = cronjob_of(objects, "verify"), values.get("drill", {}).get("enabled", False)
    if (drill is not None) != wanted:
        yield f"drill {values.get('drill')}, but the CronJob is {'' if drill else 'not '}there"
    if drill is None:
        return
    if drill["spec"]["schedule"] != values["drill"].get("schedule", "0 4 * * 0") or drill["spec"].get("suspend"):
        yield f"it runs by {drill['spec']['schedule']!r}, suspend {drill['spec'].get('suspend')}"
    spec = drill["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    if spec["containers"][0]["args"][1] != "--restore":
        yield f"it runs {spec['containers'][0]['args']}"
    path = environment(spec).get(TWIN + "RUN_ID", {}).get("fieldRef", {}).get("fieldPath")
    if path != "metadata.labels['batch.kubernetes.io/controller-uid']":
        yield f"the run id is {path}, so a retried pod would wait for what its forerunner left"


def only_a_suspension_of_ours_is_marked(objects, values, _namespace):
    backup = cronjob_of(objects, "run")
    marked = backup["metadata"].get("annotations", {}).get("noobaa.io/db-backup-suspended") == "until-first-sync"
    waits = not values.get("schedule") and not values.get("suspend")
    if marked != waits:
        yield f"schedule {values.get('schedule')!r}, suspend {values.get('suspend')!r}: marked for sync: {marked}"
    if backup["spec"]["suspend"] is not bool(waits or values.get("suspend")):
        yield f"suspend is {backup['spec']['suspend']!r}"
    if values.get("schedule") and backup["spec"]["schedule"] != values["schedule"]:
        yield f"schedule is {backup['spec']['schedule']!r}"
    if waits and cronjob_of(objects, "sync") is None:
        yield "nothing would ever lift the suspension"
    if "noobaa.io/db-backup-suspended" not in backup["metadata"].get("annotations", {}):
        yield "an upgrade would leave an old mark of suspension"


def an_interval_fires(objects, _values, _namespace):
    """A CronJob looks back startingDeadlineSeconds at most, and @every counts from there."""
    for cronjob in of_kind(objects, "CronJob"):
        schedule = cronjob["spec"]["schedule"]
        if schedule.startswith("@every ") and seconds(schedule.removeprefix("@every ")) >= cronjob["spec"]["startingDeadlineSeconds"]:
            yield f"{cronjob['metadata']['name']}: {schedule} with startingDeadlineSeconds {cronjob['spec']['startingDeadlineSeconds']} never fires"


def times_are_in_the_zone_that_sync_writes(objects, values, _namespace):
    for cronjob in of_kind(objects, "CronJob"):
        if cronjob["spec"]["timeZone"] not in ("UTC", values.get("timeZone"), values.get("drill", {}).get("timeZone")):
            yield f"{cronjob['metadata']['name']}: {cronjob['spec']['timeZone']}, which sync would change to UTC"


def sync_changes_things_when_passes_do_not(objects, _values, _namespace):
    sync = cronjob_of(objects, "sync")
    if sync and TWIN + "DRY_RUN" in environment(sync["spec"]["jobTemplate"]["spec"]["template"]["spec"]):
        yield "sync would only say what it would do, and the suspension stay for ever"


def sync_knows_its_cronjob_and_a_run_its_job(objects, _values, _namespace):
    backup, sync = cronjob_of(objects, "run"), cronjob_of(objects, "sync")
    spec = backup["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    path = environment(spec).get(TWIN + "RUN_ID", {}).get("fieldRef", {}).get("fieldPath")
    if path != "metadata.labels['batch.kubernetes.io/controller-uid']":
        yield f"the run id is {path}, which a retried pod does not share"
    if sync is None:
        return
    env = environment(sync["spec"]["jobTemplate"]["spec"]["template"]["spec"])
    if env.get(TWIN + "CRONJOB") != backup["metadata"]["name"]:
        yield f"sync is told of CronJob {env.get(TWIN + 'CRONJOB')}"
    if "suspend" in sync["spec"]:
        yield "sync is suspended with the backups"
    for check in of_kind(objects, "Pod"):
        if environment(check["spec"]).get(TWIN + "CRONJOB") != backup["metadata"]["name"]:
            yield "check is not told of the CronJob, so it can't say whether that is in step"


def commands_agree_on_all_but_the_timeout(objects, _values, _namespace):
    """A check or sync that judged by other settings than the pass would lie."""
    own = {TWIN + "TIMEOUT", TWIN + "CRONJOB", TWIN + "RUN_ID", TWIN + "DRY_RUN"}
    settings = [{k: v for k, v in environment(spec).items() if k not in own} for _, _, spec in pods(objects)]
    if any(s != settings[0] for s in settings):
        yield f"they differ: {json.dumps(settings)}"


def zeros_are_values(objects, values, _namespace):
    for cronjob in filter(None, (cronjob_of(objects, "run"), cronjob_of(objects, "verify"))):
        found = {**cronjob["spec"], **cronjob["spec"]["jobTemplate"]["spec"]}
        if cronjob == cronjob_of(objects, "verify"):
            found["backoffLimit"] = values.get("backoffLimit")  # its own, which is fixed
        for key in ("backoffLimit", "successfulJobsHistoryLimit", "failedJobsHistoryLimit", "ttlSecondsAfterFinished"):
            if key in values and found.get(key) != values[key]:
                yield f"{cronjob['metadata']['name']}: {key} is {found.get(key)}, wanted {values[key]}"


def the_network_policy_is_for_our_pods(objects, _values, _namespace):
    for policy in of_kind(objects, "NetworkPolicy"):
        wanted = policy["spec"]["podSelector"]["matchLabels"]
        for name, meta, _ in pods(objects):
            if not wanted or not wanted.items() <= meta["labels"].items():
                yield f"it does not select the pod of {name}"
        if policy["spec"]["policyTypes"] != ["Ingress", "Egress"] or policy["spec"]["ingress"] != []:
            yield "something may come in"
        if not all(egress.get("ports") for egress in policy["spec"]["egress"]):
            yield "everything may go out"


def alerts_say_what_and_where(objects, _values, _namespace):
    for o in of_kind(objects, "PrometheusRule"):
        for rule in (r for g in o["spec"]["groups"] for r in g["rules"]):
            if not {"summary", "description"} <= rule["annotations"].keys() or "severity" not in rule["labels"]:
                yield f"{rule['alert']} lacks summary, description or severity"
            if "{ " in rule["expr"] or rule["expr"].count("{") != rule["expr"].count("}"):
                yield f"{rule['alert']}: {rule['expr']}"
            for selector in re.findall(r"\{[^}]*\}", rule["expr"]):
                if f'namespace="{o["metadata"]["namespace"]}"' not in selector:
                    yield f"{rule['alert']} looks at other namespaces: {selector}"


OF_ALL_CASES = [
    names_and_namespaces_are_text,
    objects_have_the_recommended_labels,
    objects_are_not_twice,
    pods_meet_the_restricted_standard,
    pods_need_no_fixed_uid,
    pods_end_as_they_should,
    variables_are_given_once_as_text,
    numbers_are_written_out,
    nothing_works_longer_than_its_deadline,
    each_try_has_its_time,
    cronjobs_are_ones_that_kubernetes_takes,
    retries_follow_the_exit_codes,
    drills_are_made_where_they_are_wanted,
    only_a_suspension_of_ours_is_marked,
    an_interval_fires,
    times_are_in_the_zone_that_sync_writes,
    sync_changes_things_when_passes_do_not,
    sync_knows_its_cronjob_and_a_run_its_job,
    commands_agree_on_all_but_the_timeout,
    zeros_are_values,
    the_network_policy_is_for_our_pods,
    alerts_say_what_and_where,
]


def flags_of_the_program(root):
    """Twin variables, by the reference's tables, which a test of the program holds to its flags."""
    return set(re.findall(r"^\| `-.*?\| `(NOOBAA_DB_BACKUP_[A-Z_]+)`", (root / "docs/reference.md").read_text(), re.MULTILINE))


def every_flag_can_be_set(rendered, root):
    # Not by variable: the release's namespace. Not in a pod: those of commands that people type.
    elsewhere = {TWIN + name for name in (
        "NAMESPACE", "FROM", "COUNT", "NAME", "ONLINE", "HOLD", "NO_WAIT", "PLAN", "PLAN_OUT", "INITDB", "FROM_SNAPSHOT", "IMPORT_FROM",
        "IMPORT_SECRET", "IMPORT_USER", "APPLY", "RESTORE")}
    flags = flags_of_the_program(root)
    if len(flags) < 20:
        yield f"only {len(flags)} flags found in docs/reference.md"
    given = {name for _, _, spec in pods(rendered["everything"][2]) for name in environment(spec)}
    for flag in sorted(flags - elsewhere - given):
        yield f"{flag}: no value sets it; add one, and to cases/everything.yaml"
    if not any("metadata.namespace" in json.dumps(e) for e in pods(rendered["everything"][2])):
        yield "the namespace is not the release's"


def every_value_is_in_a_case(rendered, root):
    """Each path of values.yaml is set by a case, so that a golden file shows what it does."""
    import yaml
    defaults = yaml.safe_load((root / "charts/noobaa-db-backup/values.yaml").read_text())

    def paths(values, prefix=""):
        for key, value in values.items():
            if isinstance(value, dict) and value and prefix + key not in ("resources",):
                yield from paths(value, prefix + key + ".")
            else:
                yield prefix + key

    def has(values, path):
        for key in path.split("."):
            if not isinstance(values, dict) or key not in values:
                return False
            values = values[key]
        return True

    for path in paths(defaults):
        if not any(has(values, path) for values, _, _ in rendered.values()):
            yield path


def the_schema_knows_every_value_and_no_other(_rendered, root):
    import yaml
    chart = root / "charts/noobaa-db-backup"
    schema = json.loads((chart / "values.schema.json").read_text())
    defaults = yaml.safe_load((chart / "values.yaml").read_text())

    def compare(values, node, path):
        if "properties" not in node or not isinstance(values, dict):
            return
        for key in sorted(values.keys() ^ node["properties"].keys()):
            if (path + key) != "global" and values:
                yield f"{path}{key} is only in {'values.yaml' if key in values else 'the schema'}"
        for key in values.keys() & node["properties"].keys():
            yield from compare(values[key], node["properties"][key], f"{path}{key}.")

    def strict(node, path):
        if isinstance(node, dict):
            if "properties" in node and path != "/then" and node.get("additionalProperties") is not False:
                yield f"{path} takes unknown keys"
            for key, value in node.items():
                yield from strict(value, f"{path}/{key}")

    yield from compare(defaults, schema, "")
    yield from strict(schema, "")


def the_version_is_the_program_s(_rendered, root):
    import yaml
    chart = yaml.safe_load((root / "charts/noobaa-db-backup/Chart.yaml").read_text())
    version = re.search(r"project\(\S+ VERSION (\S+)", (root / "CMakeLists.txt").read_text()).group(1)
    if chart["appVersion"] != version:
        yield f"appVersion {chart['appVersion']}, the program is {version}"


def templates_render_the_same_each_time(_rendered, root):
    """What GitOps compares must not depend on the cluster, the time or chance."""
    for path in (root / "charts/noobaa-db-backup/templates").rglob("*.*"):
        code = " ".join(re.findall(r"\{\{(?!-? /\*)(.*?)\}\}", path.read_text(), re.DOTALL))
        for word in re.findall(r"\b(lookup|rand\w+|uuidv4|now|gen\w+|htpasswd|bcrypt|Capabilities)\b", code):
            yield f"{path.name} uses {word}"


OF_THE_CASES_TOGETHER = [
    every_flag_can_be_set,
    every_value_is_in_a_case,
    the_schema_knows_every_value_and_no_other,
    the_version_is_the_program_s,
    templates_render_the_same_each_time,
]
