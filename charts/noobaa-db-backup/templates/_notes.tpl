{{- define "noobaa-db-backup.notes" -}}
{{- $name := include "noobaa-db-backup.fullname" . -}}
{{- $n := printf "-n %s" .Release.Namespace -}}
{{- if .Values.schedule -}}
Backups of NooBaa {{ .Values.system }}'s database run by the schedule of these values: {{ .Values.schedule }}
{{- if .Values.suspend }}
but are suspended (suspend: true)
{{- end }}
{{- else if .Values.suspend -}}
Backups on schedule are suspended (suspend: true).
{{- else -}}
Backups run by the schedule of NooBaa {{ .Values.system }}: spec.dbSpec.dbBackup.schedule. CronJob {{ $name }}
is suspended until {{ $name }}-sync has brought that schedule, within minutes:

  kubectl {{ $n }} get cronjob {{ $name }}
{{- end }}

What is wrong, if anything; changes nothing:

  helm {{ $n }} test {{ .Release.Name }} --logs

A backup now:

  kubectl {{ $n }} create job --from=cronjob/{{ $name }} {{ $name }}-manual-1
  kubectl {{ $n }} logs -f job/{{ $name }}-manual-1

The backups there are, from the status and read live:

  kubectl {{ $n }} get noobaas.noobaa.io {{ .Values.system }} -o jsonpath='{.status.dbStatus.backupStatus}'
  {{ include "noobaa-db-backup.statusCommand" . | nindent 2 | trim }}

{{- if .Values.drill.enabled }}

Whether the newest good backup can be restored is tried by {{ include "noobaa-db-backup.drillName" . }}: {{ .Values.drill.schedule }}
{{- $drill := include "noobaa-db-backup.drillName" . }} Now:

  kubectl {{ $n }} create job --from=cronjob/{{ $drill }} {{ $drill }}-manual-1
  kubectl {{ $n }} logs -f job/{{ $drill }}-manual-1
{{- end }}

To bring the database back from a backup: docs/recovery.md
{{- if .Values.recovery.enabled }}
(set spec.dbSpec.dbRecovery, delete the Cluster{{ if .Values.sync.enabled }}; {{ $name }}-sync does the rest{{ end }})
{{- end }}

`helm uninstall` leaves the backups, their Lease and the NooBaa CR's status alone. Nothing prunes them any more.
{{- end -}}
