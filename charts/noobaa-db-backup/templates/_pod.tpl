{{- /* Is there a Pushgateway: by its value, or by extraEnv where the URL is a secret? Empty: no. */ -}}
{{- define "noobaa-db-backup.pushes" -}}
{{- if .Values.metrics.pushgateway.url -}}true{{- end -}}
{{- range .Values.extraEnv -}}
{{- if eq .name "NOOBAA_DB_BACKUP_PUSHGATEWAY" -}}true{{- end -}}
{{- end -}}
{{- end -}}

{{- /* The program's flags by their environment twins, those alone that are set, and what the pod knows of itself:
       (dict "root" $ "timeout" DURATION "flags" (dict FLAG VALUE) "acts" BOOL). A command judges only the variables that it uses. */ -}}
{{- define "noobaa-db-backup.env" -}}
{{- $values := .root.Values -}}
{{- $flags := dict
      "TIMEOUT" .timeout
      "SYSTEM" $values.system
      "CLUSTER" $values.cluster
      "SCHEDULE" $values.schedule
      "TIME_ZONE" $values.timeZone
      "VOLUME_SNAPSHOT_CLASS" $values.volumeSnapshotClass
      "OPERATOR_SCHEDULE" $values.operatorSchedule
      "PREFLIGHT_WAIT" $values.preflightWait
      "LOCK_WAIT" $values.lockWait
      "REQUEST_TIMEOUT" $values.requestTimeout
      "OUTPUT" $values.output
      "LOG_FORMAT" $values.logFormat
      "LOG_LEVEL" $values.logLevel
      "PUSHGATEWAY" $values.metrics.pushgateway.url -}}
{{- if $values.maxSnapshots -}}{{- $_ := set $flags "MAX_SNAPSHOTS" (int64 $values.maxSnapshots) -}}{{- end -}}
{{- if ne $values.recovery.operator "defer" -}}{{- $_ := set $flags "OPERATOR_RECOVERY" $values.recovery.operator -}}{{- end -}}
{{- if ne 50 (int $values.historyLimit) -}}{{- $_ := set $flags "HISTORY_LIMIT" (int $values.historyLimit) -}}{{- end -}}
{{- if $values.allowPrimary -}}{{- $_ := set $flags "ALLOW_PRIMARY" true -}}{{- end -}}
{{- /* sync brings the schedule also to passes that only say what they would do. */ -}}
{{- if and $values.dryRun (not .acts) -}}{{- $_ := set $flags "DRY_RUN" true -}}{{- end -}}
{{- if eq 1 (len $values.cnpgApiGroups) -}}{{- $_ := set $flags "CNPG_API_GROUP" (first $values.cnpgApiGroups) -}}{{- end -}}
{{- $flags = merge (.flags | default dict) $flags -}}
{{- $env := list
      (dict "name" "POD_NAME" "valueFrom" (dict "fieldRef" (dict "fieldPath" "metadata.name")))
      (dict "name" "POD_NAMESPACE" "valueFrom" (dict "fieldRef" (dict "fieldPath" "metadata.namespace"))) -}}
{{- if .runId -}}
{{- /* The Job's uid, which a retried pod shares: it takes up what its forerunner began. */ -}}
{{- $env = append $env (dict "name" "NOOBAA_DB_BACKUP_RUN_ID" "valueFrom"
      (dict "fieldRef" (dict "fieldPath" "metadata.labels['batch.kubernetes.io/controller-uid']"))) -}}
{{- end -}}
{{- range $flag, $value := $flags -}}
{{- if ne "" (toString $value) -}}
{{- $env = append $env (dict "name" (printf "NOOBAA_DB_BACKUP_%s" $flag) "value" (toString $value)) -}}
{{- end -}}
{{- end -}}
{{- $taken := dict "NOOBAA_DB_BACKUP_RUN_ID" true "NOOBAA_DB_BACKUP_CRONJOB" true -}}
{{- range $env -}}{{- $_ := set $taken .name true -}}{{- end -}}
{{- range $values.extraEnv -}}
{{- if hasKey $taken .name -}}
{{- fail (printf "extraEnv names %s, which the chart sets: use the value that it comes from, or give it once" .name) -}}
{{- end -}}
{{- $_ := set $taken .name true -}}
{{- $env = append $env . -}}
{{- end -}}
{{- toYaml $env -}}
{{- end -}}

{{- /* A pod that runs one command, within the restricted Pod Security Standard:
       (dict "root" $ "command" NAME "options" (list ARGUMENT) "timeout" DURATION "flags" (dict FLAG VALUE) "runId" BOOL "account" NAME). */ -}}
{{- define "noobaa-db-backup.podSpec" -}}
{{- $root := .root -}}
{{- $values := $root.Values -}}
{{- $ofTheChart := dict
      "--timeout" "which the Jobs' deadlines would know nothing of: use the value timeout"
      "--run-id" "by which each Job would take an old backup for its own: leave it out"
      "--cronjob" "which the chart sets: leave it out"
      "--namespace" "but the chart's rights are in its own namespace: install it in NooBaa's"
      "-n" "but the chart's rights are in its own namespace: install it in NooBaa's"
      "--system" "which the rights have to be for: use the value system"
      "--cluster" "which the rights have to be for: use the value cluster"
      "--dry-run" "which would keep sync from its work: use the value dryRun" -}}
{{- range $values.extraArgs -}}
{{- $flag := regexFind "^[^= ]+" . -}}
{{- if hasKey $ofTheChart $flag -}}
{{- fail (printf "extraArgs has %s, %s" $flag (get $ofTheChart $flag)) -}}
{{- end -}}
{{- end -}}
restartPolicy: Never
serviceAccountName: {{ .account | default (include "noobaa-db-backup.serviceAccountName" $root) | quote }}
automountServiceAccountToken: true
enableServiceLinks: false
terminationGracePeriodSeconds: 30
securityContext:
  {{- $restricted := dict "runAsNonRoot" true "seccompProfile" (dict "type" "RuntimeDefault") }}
  {{- merge $restricted $values.podSecurityContext | toYaml | nindent 2 }}
{{- with $values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- with $values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
containers:
  - name: noobaa-db-backup
    image: {{ include "noobaa-db-backup.image" $root | quote }}
    imagePullPolicy: {{ $values.image.pullPolicy }}
    args:
      {{- concat (list .command) (.options | default list) $values.extraArgs | toYaml | nindent 6 }}
    env:
      {{- include "noobaa-db-backup.env" . | nindent 6 }}
    # The program writes its result there; the log's end where it could not.
    terminationMessagePolicy: FallbackToLogsOnError
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      capabilities:
        drop: [ALL]
    {{- with $values.resources }}
    resources:
      {{- toYaml . | nindent 6 }}
    {{- end }}
{{- end -}}
