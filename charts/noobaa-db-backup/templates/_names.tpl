{{- define "noobaa-db-backup.name" -}}
{{- .Values.nameOverride | default .Chart.Name -}}
{{- end -}}

{{- /* At most 47 characters: a CronJob's name may have 52, and one of ours ends in -sync. Without dots, as pods are named after it. */ -}}
{{- define "noobaa-db-backup.fullname" -}}
{{- $name := include "noobaa-db-backup.name" . -}}
{{- $both := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) -}}
{{- .Values.fullnameOverride | default ($both | replace "." "-" | trunc 47 | trimSuffix "-") -}}
{{- end -}}

{{- /* At most 52 characters too, and -drill is one more than -sync. */ -}}
{{- define "noobaa-db-backup.drillName" -}}
{{- printf "%s-drill" (include "noobaa-db-backup.fullname" . | trunc 46 | trimSuffix "-") -}}
{{- end -}}

{{- define "noobaa-db-backup.serviceAccountName" -}}
{{- .Values.serviceAccount.name | default (.Values.serviceAccount.create | ternary (include "noobaa-db-backup.fullname" .) "default") -}}
{{- end -}}

{{- define "noobaa-db-backup.clusterRoleName" -}}
{{- /* Cluster-scoped, and two namespaces may have a release of one name. */ -}}
{{- printf "%s-%s" .Release.Namespace (include "noobaa-db-backup.fullname" .) -}}
{{- end -}}

{{- define "noobaa-db-backup.cluster" -}}
{{- .Values.cluster | default (printf "%s-db-pg-cluster" .Values.system) -}}
{{- end -}}

{{- define "noobaa-db-backup.drillAccountName" -}}
{{- $account := .Values.drill.serviceAccountName | default (include "noobaa-db-backup.drillName" .) -}}
{{- if eq $account (include "noobaa-db-backup.serviceAccountName" .) -}}
{{- fail (printf "drill.serviceAccountName and serviceAccount.name both come to %s, so backups would get the drills' right to delete a Cluster: give one of them another name" $account) -}}
{{- end -}}
{{- $account -}}
{{- end -}}

{{- /* The throw-away Cluster of a drill; the program cuts a longer name, with a hash that no template can compute. */ -}}
{{- define "noobaa-db-backup.drillCluster" -}}
{{- $cluster := include "noobaa-db-backup.cluster" . -}}
{{- if gt (len $cluster) 44 -}}
{{- fail (printf "drill.enabled: the Cluster's name %s has more than 44 characters, so the rights for its drill can't be limited to a name: set rbac.create: false and grant them, or drill by hand" $cluster) -}}
{{- end -}}
{{- printf "%s-drill" $cluster -}}
{{- end -}}

{{- define "noobaa-db-backup.image" -}}
{{- $image := .Values.image -}}
{{- $name := empty $image.registry | ternary $image.repository (printf "%s/%s" $image.registry $image.repository) -}}
{{- empty $image.digest | ternary (printf "%s:%s" $name ($image.tag | default .Chart.AppVersion)) (printf "%s@%s" $name $image.digest) -}}
{{- end -}}

{{- define "noobaa-db-backup.selectorLabels" -}}
app.kubernetes.io/name: {{ include "noobaa-db-backup.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{- /* Ours win over commonLabels. */ -}}
{{- define "noobaa-db-backup.labels" -}}
{{- $labels := include "noobaa-db-backup.selectorLabels" . | fromYaml -}}
{{- $_ := set $labels "app.kubernetes.io/version" .Chart.AppVersion -}}
{{- $_ := set $labels "app.kubernetes.io/part-of" "noobaa" -}}
{{- $_ := set $labels "app.kubernetes.io/managed-by" .Release.Service -}}
{{- $_ := set $labels "helm.sh/chart" (printf "%s-%s" .Chart.Name (.Chart.Version | replace "+" "_") | trunc 63 | trimSuffix "-") -}}
{{- merge $labels .Values.commonLabels | toYaml -}}
{{- end -}}

{{- /* Of a pod or of what makes it: (dict "root" $ "component" NAME). */ -}}
{{- define "noobaa-db-backup.componentLabels" -}}
{{- merge (dict "app.kubernetes.io/component" .component) (include "noobaa-db-backup.labels" .root | fromYaml) | toYaml -}}
{{- end -}}

{{- define "noobaa-db-backup.podLabels" -}}
{{- merge (include "noobaa-db-backup.componentLabels" . | fromYaml) .root.Values.podLabels | toYaml -}}
{{- end -}}
