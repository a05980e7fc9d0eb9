{{- /* Whole seconds of a duration as Go writes it, rounded up. */ -}}
{{- define "noobaa-db-backup.seconds" -}}
{{- $units := dict "h" 3600 "m" 60 "s" 1 "ms" 0.001 "us" 0.000001 "µs" 0.000001 "μs" 0.000001 "ns" 0.000000001 -}}
{{- $seconds := 0 -}}
{{- range regexFindAll "[0-9.]+[^0-9.]+" . -1 -}}
{{- $unit := get $units (regexFind "[^0-9.]+$" .) -}}
{{- $seconds = addf $seconds (mulf (regexFind "^[0-9.]+" .) $unit) -}}
{{- end -}}
{{- ceil $seconds | int64 -}}
{{- end -}}

{{- /* When a pass has ended at the latest: it takes up to two minutes more to prune, write the status and say what is fenced. */ -}}
{{- define "noobaa-db-backup.passSeconds" -}}
{{- add 120 (include "noobaa-db-backup.seconds" .) -}}
{{- end -}}

{{- /* What all tries of a Job may take, of a command with that timeout: its time for each, a minute to be started in and the Job
       controller's pause before the next (10 s, doubled each time, at most 6 minutes): (dict "timeout" DURATION "backoffLimit" N). */ -}}
{{- define "noobaa-db-backup.allTriesSeconds" -}}
{{- $pass := include "noobaa-db-backup.passSeconds" .timeout | int64 -}}
{{- $total := add $pass 60 -}}
{{- $pause := 10 -}}
{{- range until (int .backoffLimit) -}}
  {{- $total = add $total $pass 60 $pause -}}
  {{- $pause = min 360 (mul 2 $pause) -}}
{{- end -}}
{{- $total -}}
{{- end -}}

{{- /* Ends a pod that hangs, never a pass that works. */ -}}
{{- define "noobaa-db-backup.activeDeadlineSeconds" -}}
{{- $pass := include "noobaa-db-backup.passSeconds" .Values.timeout | int64 -}}
{{- $given := .Values.activeDeadlineSeconds -}}
{{- if kindIs "invalid" $given -}}
  {{- include "noobaa-db-backup.allTriesSeconds" .Values -}}
{{- else if le (int64 $given) $pass -}}
  {{- fail (printf "activeDeadlineSeconds is %d, which would end a pass that still works: with timeout %s a pass may take %d seconds. Give more, or leave it out" (int64 $given) .Values.timeout $pass) -}}
{{- else -}}
  {{- int64 $given -}}
{{- end -}}
{{- end -}}

{{- /* A CronJob looks back no further than this for what is due. @every counts from there: with a longer interval it would
       never fire. */ -}}
{{- define "noobaa-db-backup.startingDeadlineSeconds" -}}
{{- $given := int64 .Values.startingDeadlineSeconds -}}
{{- if hasPrefix "@every " .Values.schedule -}}
  {{- $every := include "noobaa-db-backup.seconds" (trimPrefix "@every " .Values.schedule) | int64 -}}
  {{- le $given $every | ternary (add $every 3600) $given -}}
{{- else -}}
  {{- $given -}}
{{- end -}}
{{- end -}}
