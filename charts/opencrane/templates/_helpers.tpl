{{- define "opencrane.name" -}}
{{ .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* Names of objects; short enough for what is appended. */}}
{{- define "opencrane.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{ .Values.fullnameOverride | trunc 45 | trimSuffix "-" }}
{{- else if contains (include "opencrane.name" .) .Release.Name -}}
{{ .Release.Name | trunc 45 | trimSuffix "-" }}
{{- else -}}
{{ printf "%s-%s" .Release.Name (include "opencrane.name" .) | trunc 45 | trimSuffix "-" }}
{{- end -}}
{{- end }}

{{- define "opencrane.labels" -}}
app.kubernetes.io/name: {{ include "opencrane.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: opencrane
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "opencrane.selector" -}}
app.kubernetes.io/name: {{ include "opencrane.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "opencrane.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}

{{- define "opencrane.tenantNamespace" -}}
{{ .Values.tenants.namespace | default .Release.Namespace }}
{{- end }}

{{/* The ServiceAccount of a component: operator or control-plane. In one pod there is one. */}}
{{- define "opencrane.serviceAccount" -}}
{{- if and (eq .component "control-plane") (eq .root.Values.controlPlane.mode "deployment") -}}
{{ include "opencrane.fullname" .root }}-control-plane
{{- else -}}
{{ include "opencrane.fullname" .root }}
{{- end -}}
{{- end }}

{{/* The component whose pods hold the control plane. */}}
{{- define "opencrane.controlPlaneComponent" -}}
{{- if eq .Values.controlPlane.mode "deployment" }}control-plane{{ else }}operator{{ end -}}
{{- end }}

{{- define "opencrane.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{- define "opencrane.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "opencrane.databaseVariable" -}}
- name: DATABASE_URL
  valueFrom: {secretKeyRef: {name: {{ .Values.database.existingSecret | default .Values.existingSecret | quote }}, key: {{ .Values.database.key | quote }}}}
{{- end }}

{{/* A variable from existingSecret; needs key, optional and root. */}}
{{- define "opencrane.secretVariable" -}}
- name: {{ .key }}
  valueFrom: {secretKeyRef: {name: {{ .root.Values.existingSecret | quote }}, key: {{ .key }}, optional: {{ .optional }}}}
{{- end }}

{{/* What each pod has in common; needs root and component. */}}
{{- define "opencrane.scheduling" -}}
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .root.Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- if .root.Values.topologySpread }}
topologySpreadConstraints:
{{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "opencrane.selector" $.root | nindent 8 }}
        app.kubernetes.io/component: {{ $.component }}
{{- end }}
{{- end }}
{{- end }}

{{/* What has to be right before anything is made. */}}
{{- define "opencrane.check" -}}
{{- if and (not .Values.auth.staticToken) (not .Values.auth.oidc.issuerUrl) }}
{{- fail "auth: nobody could come in. Set auth.staticToken (with OPENCRANE_API_TOKEN in existingSecret), or auth.oidc." }}
{{- end }}
{{- if and .Values.auth.oidc.issuerUrl (or (not .Values.auth.oidc.clientId) (not .Values.auth.oidc.redirectUri)) }}
{{- fail "auth.oidc: clientId and redirectUri are required with issuerUrl." }}
{{- end }}
{{- if and .Values.machines.providers (not .Values.machines.controlPlaneUrl) }}
{{- fail "machines: controlPlaneUrl, the control plane as machines reach it, is required with providers." }}
{{- end }}
{{- if and (has "gce" .Values.machines.providers) (not .Values.machines.gceZone) }}
{{- fail "machines: gceZone is required with the provider gce." }}
{{- end }}
{{- if and (gt (int .Values.operator.shards) 1) (lt (int .Values.operator.replicas) 2) }}
{{- fail "operator: shards are for more than one replica." }}
{{- end }}
{{- end }}
