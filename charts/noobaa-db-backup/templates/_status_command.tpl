{{- /* A pod for one look at the backups. The overrides put it within the restricted Pod Security Standard. */ -}}
{{- define "noobaa-db-backup.statusCommand" -}}
{{- $values := .Values -}}
{{- $container := dict "name" "db-backup-status" "securityContext" (dict
      "allowPrivilegeEscalation" false "readOnlyRootFilesystem" true "capabilities" (dict "drop" (list "ALL"))) -}}
{{- with $values.resources -}}{{- $_ := set $container "resources" . -}}{{- end -}}
{{- $spec := dict
      "automountServiceAccountToken" true
      "serviceAccountName" (include "noobaa-db-backup.serviceAccountName" .)
      "securityContext" (merge (dict "runAsNonRoot" true "seccompProfile" (dict "type" "RuntimeDefault")) $values.podSecurityContext)
      "containers" (list $container) -}}
{{- with $values.nodeSelector -}}{{- $_ := set $spec "nodeSelector" . -}}{{- end -}}
{{- with $values.tolerations -}}{{- $_ := set $spec "tolerations" . -}}{{- end -}}
{{- with $values.imagePullSecrets -}}{{- $_ := set $spec "imagePullSecrets" . -}}{{- end -}}
{{- $flags := printf "--system=%s --cluster=%s" $values.system (include "noobaa-db-backup.cluster" .) -}}
{{- if $values.sync.enabled -}}{{- $flags = printf "%s --cronjob=%s" $flags (include "noobaa-db-backup.fullname" .) -}}{{- end -}}
{{- if eq 1 (len $values.cnpgApiGroups) -}}{{- $flags = printf "%s --cnpg-api-group=%s" $flags (first $values.cnpgApiGroups) -}}{{- end -}}
{{- with $values.schedule -}}{{- $flags = printf "%s --schedule='%s'" $flags . -}}{{- end -}}
{{- with $values.timeZone -}}{{- $flags = printf "%s --time-zone=%s" $flags . -}}{{- end -}}
{{- with $values.volumeSnapshotClass -}}{{- $flags = printf "%s --volume-snapshot-class=%s" $flags . -}}{{- end -}}
{{- with $values.maxSnapshots -}}{{- $flags = printf "%s --max-snapshots=%d" $flags (int64 .) -}}{{- end -}}
kubectl -n {{ .Release.Namespace }} run db-backup-status --rm -i --quiet --restart=Never --image={{ include "noobaa-db-backup.image" . }} \
  --override-type=strategic --overrides='{{ dict "spec" $spec | toJson }}' \
  -- db-backup-status {{ $flags }}
{{- end -}}
