{{- define "opencrane.labels" -}}
app.kubernetes.io/name: opencrane
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: opencrane
{{- end }}

{{- define "opencrane.selector" -}}
app.kubernetes.io/name: opencrane
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "opencrane.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "opencrane.tenantNamespace" -}}
{{ .Values.tenants.namespace | default .Release.Namespace }}
{{- end }}
