#!/usr/bin/env bash
# A backup of NooBaa's database as many a CronJob does it: kubectl, jq and a loop. It exists to be measured;
# docs/performance.md says what it leaves out.
# environment: NAMESPACE, SYSTEM, CNPG_GROUP, POLL (seconds between looks at the Backup)
set -euo pipefail
namespace=${NAMESPACE:-noobaa} system=${SYSTEM:-noobaa} group=${CNPG_GROUP:-postgresql.cnpg.io}
cluster=$system-db-pg-cluster

max=$(kubectl -n "$namespace" get noobaas.noobaa.io "$system" -o json |
  jq -er .spec.dbSpec.dbBackup.volumeSnapshot.maxSnapshots)

name=backup-$(date -u +%Y%m%d-%H%M%S)
kubectl create --validate=false -f - >/dev/null <<EOF
apiVersion: $group/v1
kind: Backup
metadata:
  name: $name
  namespace: $namespace
spec:
  cluster:
    name: $cluster
  method: volumeSnapshot
  online: false
EOF

while true; do
  phase=$(kubectl -n "$namespace" get "backups.$group" "$name" -o 'jsonpath={.status.phase}')
  case $phase in
    completed) break ;;
    failed) echo "backup $name failed" >&2; exit 1 ;;
  esac
  sleep "${POLL:-5}"
done

# Ready ones, the oldest first: name, the Backup it is of, time.
snapshots=$(kubectl -n "$namespace" get volumesnapshots.snapshot.storage.k8s.io -l "cnpg.io/cluster=$cluster" -o json |
  jq -r '[.items[] | select(.status.readyToUse)] | sort_by(.status.creationTime, .metadata.name)[]
    | [.metadata.name, .metadata.labels["cnpg.io/backupName"], .status.creationTime] | @tsv')

excess=$(($(wc -l <<<"$snapshots") - max))
if ((excess > 0)); then
  head -n "$excess" <<<"$snapshots" | while IFS=$'\t' read -r snapshot backup _; do
    kubectl -n "$namespace" delete volumesnapshots.snapshot.storage.k8s.io "$snapshot" --wait=false
    kubectl -n "$namespace" delete "backups.$group" "$backup" --wait=false
  done
  snapshots=$(tail -n +"$((excess + 1))" <<<"$snapshots")
fi

jq -Rsc 'split("\n") | map(select(. != "") | split("\t")) |
  {status: {dbStatus: {backupStatus: {
    lastBackupTime: last[2], totalSnapshots: length, availableSnapshots: map(.[0])}}}}' \
  <<<"$snapshots" >"${TMPDIR:-/tmp}/status-$$.json"
kubectl -n "$namespace" patch noobaas.noobaa.io "$system" --subresource=status --type=merge \
  --patch-file "${TMPDIR:-/tmp}/status-$$.json"
rm -f "${TMPDIR:-/tmp}/status-$$.json"
