"""The chart's rights: no more than is used, and what docs/operations.md says of them."""
import re

from rules import of_kind

BOTH_GROUPS = ("postgresql.cnpg.noobaa.io", "postgresql.cnpg.io")


def rules_of(objects, *kinds):
    return [rule for kind in kinds or ("Role", "ClusterRole") for role in of_kind(objects, kind) for rule in role["rules"]]


def drill_roles(objects):
    """The roles of the drills' account; what remains are the backups'."""
    return [o for o in objects if o["kind"] in ("Role", "ClusterRole") and o["metadata"]["name"].endswith("-drill")]


def backup_roles(objects):
    return [o for o in objects if o["kind"] in ("Role", "ClusterRole") and o not in drill_roles(objects)]


def rights_of(objects, *kinds):
    """Each right once: (group, resource, verb, the object's name or '')."""
    return {(group, resource, verb, name)
            for rule in rules_of(objects, *kinds)
            for group in rule["apiGroups"] for resource in rule["resources"] for verb in rule["verbs"]
            for name in rule.get("resourceNames", [""])}


def documented_rights(root, heading):
    """The table under that heading, for the release's default names. A cell that is left empty is as the one above."""
    section = (root / "docs/operations.md").read_text().split(f"\n{heading}\n")[1].split("\n## ")[0]
    names = {"the drill's Cluster": "noobaa-db-pg-cluster-drill", "the drill's Lease": "noobaa-db-pg-cluster-db-backup-drill",
             "its Pod's port": "https:noobaa-db-pg-cluster-drill-1:8000",
             "the NooBaa CR": "noobaa", "the Cluster": "noobaa-db-pg-cluster", "the Lease": "noobaa-db-pg-cluster-db-backup",
             "the CronJob": "noobaa-db-backup", "the history": "noobaa-db-backup-history", "Deployment noobaa-operator": "noobaa-operator", "any": ""}
    rights, above = set(), []
    for row in re.findall(r"^\|(.*)\|$", section, re.MULTILINE)[2:]:
        cells = [cell.strip() for cell in row.split("|")]
        cells[:3] = [cell or above[i] for i, cell in enumerate(cells[:3])]
        above = cells
        groups = {"CNPG": BOTH_GROUPS, "(core)": ("",)}.get(cells[0], (cells[0],))
        rights |= {(group, cells[1], verb.strip(), names[cells[2]]) for group in groups for verb in cells[3].split(",")}
    return rights


def the_operations_guide_tells_of_each_right(rendered, root):
    yield from compare(documented_rights(root, "## Rights"), rights_of(rendered["operator-schedule-suspend"][2]))


def the_operations_guide_tells_of_each_right_of_drills(rendered, root):
    yield from compare(documented_rights(root, "### Rights of drills"), rights_of(drill_roles(rendered["drills"][2])))


def compare(documented, granted):
    for right in sorted(granted - documented):
        yield f"granted, but not in docs/operations.md: {right}"
    for right in sorted(documented - granted):
        yield f"in docs/operations.md, but not granted: {right}"


def rights_are_named_one_by_one(rendered, _root):
    for name, (_, _, objects) in rendered.items():
        for rule in rules_of(objects, "Role", "ClusterRole"):
            if "*" in rule["apiGroups"] + rule["resources"] + rule["verbs"] or "nonResourceURLs" in rule:
                yield f"{name}: a wildcard: {rule}"
            if rule.get("resourceNames") and {"list", "create", "deletecollection"} & set(rule["verbs"]):
                yield f"{name}: never granted, as such a request names no object: {rule}"
            if rule.get("resourceNames") == [] or "" in rule.get("resourceNames", []):
                yield f"{name}: no name stands for all names: {rule}"
            if {"secrets", "pods/exec", "roles", "rolebindings"} & set(rule["resources"]):
                yield f"{name}: not ours: {rule}"


def one_object_is_named_where_there_is_one(rendered, _root):
    for name, (_, _, objects) in rendered.items():
        for group, resource, verb, object_name in rights_of(objects, "Role", "ClusterRole"):
            single = resource in ("noobaas", "noobaas/status", "cronjobs", "deployments") or \
                (resource == "clusters" and verb not in ("list", "create")) or \
                (resource in ("leases", "configmaps") and verb != "create") or resource == "pods/proxy"
            if single and not object_name:
                yield f"{name}: {verb} on any of {resource}.{group}"


def a_cluster_role_grants_reading_alone(rendered, _root):
    for name, (_, _, objects) in rendered.items():
        for group, resource, verb, _ in rights_of(objects, "ClusterRole"):
            if verb != "get" or resource not in ("volumesnapshotclasses", "storageclasses"):
                yield f"{name}: {verb} {resource}.{group}"


def rights_come_with_what_uses_them(rendered, _root):
    for name, (values, _, objects) in rendered.items():
        granted = {right[1:3] for right in rights_of(backup_roles(objects), "Role")}
        if not granted:
            continue
        if (("scheduledbackups", "patch") in granted) != (values.get("operatorSchedule") == "suspend"):
            yield f"{name}: patch scheduledbackups with operatorSchedule {values.get('operatorSchedule')}"
        if (("cronjobs", "patch") in granted) != values.get("sync", {}).get("enabled", True):
            yield f"{name}: patch cronjobs with sync {values.get('sync')}"
        recovers = values.get("recovery", {}).get("enabled", True)
        for right in (("clusters", "create"), ("imagecatalogs", "get"), ("pods", "list"), ("jobs", "list"), ("deployments", "get")):
            if (right in granted) != recovers:
                yield f"{name}: {right[1]} {right[0]} with recovery {values.get('recovery')}"
        drills = rights_of(drill_roles(objects))
        if bool(drills) != values.get("drill", {}).get("enabled", False):
            yield f"{name}: {len(drills)} rights of drills with drill {values.get('drill')}"
        for rights in (granted, {right[1:3] for right in drills}):
            verbs = {verb for resource, verb in rights if resource == "configmaps"}
            if rights and verbs != ({"get", "patch", "create"} if values.get("historyLimit", 50) > 0 else set()):
                yield f"{name}: {verbs} configmaps with historyLimit {values.get('historyLimit')}"
        if ("clusters", "delete") in granted:
            yield f"{name}: the backups' account may delete Clusters"


def rights_are_bound_to_the_pods_account(rendered, _root):
    for name, (_, namespace, objects) in rendered.items():
        accounts = {}
        for o in of_kind(objects, "CronJob"):
            spec = o["spec"]["jobTemplate"]["spec"]["template"]["spec"]
            accounts.setdefault(spec["containers"][0]["args"][0] == "verify", set()).add(spec["serviceAccountName"])
        if accounts[False] & accounts.get(True, set()):
            yield f"{name}: drills run as {accounts[True]}, as the backups do"
        roles = {(role["kind"], role["metadata"]["name"]) for role in backup_roles(objects) + drill_roles(objects)}
        of_drills = {(role["kind"], role["metadata"]["name"]) for role in drill_roles(objects)}
        bound = set()
        for binding in of_kind(objects, "RoleBinding") + of_kind(objects, "ClusterRoleBinding"):
            role = (binding["roleRef"]["kind"], binding["roleRef"]["name"])
            bound.add(role)
            subjects = {(s["kind"], s["name"], s["namespace"]) for s in binding["subjects"]}
            wanted = accounts.get(role in of_drills, set())
            if subjects != {("ServiceAccount", account, namespace) for account in wanted}:
                yield f"{name}: {binding['metadata']['name']} is for {subjects}, the pods run as {wanted}"
        if roles != bound:
            yield f"{name}: roles {roles}, bound {bound}"


RULES = [
    the_operations_guide_tells_of_each_right,
    the_operations_guide_tells_of_each_right_of_drills,
    rights_are_named_one_by_one,
    one_object_is_named_where_there_is_one,
    a_cluster_role_grants_reading_alone,
    rights_come_with_what_uses_them,
    rights_are_bound_to_the_pods_account,
]
