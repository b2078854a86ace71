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

{{/* The labels of this chart itself, which nobody else may set. */}}
{{- define "opencrane.ownLabels" -}}
app.kubernetes.io/name: {{ include "opencrane.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: opencrane
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "opencrane.labels" -}}
{{ merge (include "opencrane.ownLabels" . | fromYaml) (.Values.commonLabels | default dict) | toYaml }}
{{- end }}

{{/* Labels of an object of one component; needs root and component. */}}
{{- define "opencrane.componentLabels" -}}
{{ merge (dict "app.kubernetes.io/component" .component) (include "opencrane.labels" .root | fromYaml) | toYaml }}
{{- end }}

{{/* Labels of the pods of a component; needs root and component. */}}
{{- define "opencrane.podLabels" -}}
{{- $own := merge (dict "app.kubernetes.io/component" .component) (include "opencrane.ownLabels" .root | fromYaml) -}}
{{ merge $own (.root.Values.podLabels | default dict) (.root.Values.commonLabels | default dict) | toYaml }}
{{- end }}

{{/* A value as text. Numbers of a file of values are floating-point ones, which would become 2.097152e+06. */}}
{{- define "opencrane.text" -}}
{{ if kindIs "string" . }}{{ . }}{{ else }}{{ toJson . }}{{ end }}
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
{{ .Values.tenants.namespace | default .Values.operator.watchNamespace | default (printf "%s-tenants" (include "opencrane.fullname" .)) }}
{{- end }}

{{/* The ServiceAccount of a component: operator or control-plane. In one pod there is one. */}}
{{- define "opencrane.serviceAccount" -}}
{{- if and (eq .component "control-plane") (eq .root.Values.controlPlane.mode "deployment") -}}
{{ .root.Values.controlPlane.serviceAccount.name | default (printf "%s-control-plane" (include "opencrane.fullname" .root)) }}
{{- else -}}
{{ .root.Values.operator.serviceAccount.name | default (include "opencrane.fullname" .root) }}
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

{{/* How many proxies stand before the API. */}}
{{- define "opencrane.trustedProxies" -}}
{{- $told := toString .Values.controlPlane.trustedProxies -}}
{{ if $told }}{{ $told }}{{ else if .Values.controlPlane.ingress.enabled }}1{{ else }}0{{ end }}
{{- end }}

{{/* Whether existingSecret has the static token: it is wanted, and does not come from a file. */}}
{{- define "opencrane.tokenInSecret" -}}
{{ if and .Values.auth.staticToken (not (hasKey (.Values.controlPlane.env | default dict) "OPENCRANE_API_TOKEN_FILE")) }}true{{ end }}
{{- end }}

{{- define "opencrane.databaseVariables" -}}
- name: DATABASE_URL
  valueFrom: {secretKeyRef: {name: {{ .Values.database.existingSecret | default .Values.existingSecret | quote }}, key: {{ .Values.database.key | quote }}}}
{{- if .Values.database.caSecret }}
# For libpq; what the address says itself goes before these.
- {name: PGSSLMODE, value: verify-full}
- {name: PGSSLROOTCERT, value: /etc/opencrane/database/ca.crt}
{{- end }}
{{- end }}

{{- define "opencrane.databaseMount" -}}
{{- if .Values.database.caSecret }}
- {name: database-ca, mountPath: /etc/opencrane/database, readOnly: true}
{{- end }}
{{- end }}

{{- define "opencrane.databaseVolume" -}}
{{- with .Values.database }}
{{- if .caSecret }}
- {name: database-ca, secret: {secretName: {{ .caSecret | quote }}, items: [{key: {{ .caKey | quote }}, path: ca.crt}]}}
{{- end }}
{{- end }}
{{- end }}

{{/* A variable of the control plane from existingSecret, unless it comes from a file; needs key, optional and root. */}}
{{- define "opencrane.secretVariable" -}}
{{- if not (hasKey (.root.Values.controlPlane.env | default dict) (printf "%s_FILE" .key)) }}
- name: {{ .key }}
  valueFrom: {secretKeyRef: {name: {{ .root.Values.existingSecret | quote }}, key: {{ .key }}, optional: {{ .optional }}}}
{{- end }}
{{- end }}

{{/* Further variables of a container. */}}
{{- define "opencrane.furtherVariables" -}}
{{- range $name, $value := . }}
- {name: {{ $name }}, value: {{ include "opencrane.text" $value | quote }}}
{{- end }}
{{- end }}

{{/* Where a pod runs; needs root and component. What a component says itself goes before what is said for all. */}}
{{- define "opencrane.scheduling" -}}
{{- $own := get (dict "operator" .root.Values.operator "control-plane" .root.Values.controlPlane) .component | default dict }}
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $own.priorityClassName | default .root.Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $own.nodeSelector | default .root.Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $own.tolerations | default .root.Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $own.affinity | default .root.Values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- if and .root.Values.topologySpread $own }}
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

{{/* The port of a URL. */}}
{{- define "opencrane.port" -}}
{{- $url := urlParse . -}}
{{ regexFind ":[0-9]+$" $url.host | trimPrefix ":" | default (ternary "80" "443" (eq $url.scheme "http")) }}
{{- end }}

{{/* The ports of what the control plane calls by the values, between commas. */}}
{{- define "opencrane.calledPorts" -}}
{{- $ports := list -}}
{{- $env := omit (.Values.controlPlane.env | default dict) "MCP_GATEWAY_URL" "SKILL_REGISTRY_URL" "HTTPS_PROXY" "HTTP_PROXY" "https_proxy" "http_proxy" -}}
{{- range concat (list .Values.auth.oidc.issuerUrl .Values.litellm.endpoint) (values $env) -}}
{{- if regexMatch "^https?://." (toString .) }}{{ $ports = append $ports (include "opencrane.port" .) }}{{ end -}}
{{- end -}}
{{ $ports | uniq | sortAlpha | join "," }}
{{- end }}

{{/* The ports of the proxies that the API server is reached through, between commas. */}}
{{- define "opencrane.proxyPorts" -}}
{{- $ports := list -}}
{{- range $env := list .Values.operator.env .Values.controlPlane.env -}}
{{- range $name := list "HTTPS_PROXY" "HTTP_PROXY" "https_proxy" "http_proxy" -}}
{{- with get ($env | default dict) $name }}{{ $ports = append $ports (include "opencrane.port" .) }}{{ end -}}
{{- end -}}
{{- end -}}
{{ $ports | uniq | sortAlpha | join "," }}
{{- end }}
