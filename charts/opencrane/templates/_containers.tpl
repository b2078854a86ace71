{{/* The operator's container. */}}
{{- define "opencrane.operatorContainer" -}}
- name: operator
  image: {{ include "opencrane.image" . | quote }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  args: [operator]
  envFrom: [{configMapRef: {name: {{ include "opencrane.fullname" . }}}}]
  env:
    - name: POD_NAMESPACE
      valueFrom: {fieldRef: {fieldPath: metadata.namespace}}
    - name: POD_NAME
      valueFrom: {fieldRef: {fieldPath: metadata.name}}
    {{- include "opencrane.databaseVariable" . | nindent 4 }}
    {{- range $name, $value := .Values.operator.env }}
    - {name: {{ $name }}, value: {{ $value | quote }}}
    {{- end }}
  ports: [{name: health, containerPort: 8081}]
  startupProbe: {httpGet: {path: /healthz, port: health}, periodSeconds: 2, failureThreshold: 60}
  livenessProbe: {httpGet: {path: /healthz, port: health}, periodSeconds: 20, timeoutSeconds: 5}
  readinessProbe: {httpGet: {path: /readyz, port: health}, periodSeconds: 10, timeoutSeconds: 5}
  resources: {{- toYaml .Values.operator.resources | nindent 4 }}
  securityContext: {{- include "opencrane.containerSecurity" . | nindent 4 }}
{{- end }}

{{/* The control plane's container. */}}
{{- define "opencrane.controlPlaneContainer" -}}
- name: control-plane
  image: {{ include "opencrane.image" . | quote }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  args: [control-plane{{ if .Values.migrations.job }}, --skip-migrations{{ end }}]
  envFrom: [{configMapRef: {name: {{ include "opencrane.fullname" . }}}}]
  env:
    - name: POD_NAMESPACE
      valueFrom: {fieldRef: {fieldPath: metadata.namespace}}
    {{- include "opencrane.databaseVariable" . | nindent 4 }}
    {{- if .Values.auth.staticToken }}
    {{- include "opencrane.secretVariable" (dict "root" . "key" "OPENCRANE_API_TOKEN" "optional" false) | nindent 4 }}
    {{- end }}
    {{- if and .Values.auth.oidc.issuerUrl .Values.auth.oidc.clientSecret }}
    {{- include "opencrane.secretVariable" (dict "root" . "key" "OIDC_CLIENT_SECRET" "optional" false) | nindent 4 }}
    {{- end }}
    {{- if .Values.litellm.endpoint }}
    {{- include "opencrane.secretVariable" (dict "root" . "key" "LITELLM_MASTER_KEY" "optional" false) | nindent 4 }}
    {{- end }}
    {{- range $key := list "OPENCRANE_PLATFORM_TOKEN" "OPENCRANE_SEALING_KEYS" "SKILL_OCI_PASSWORD" "SKILL_SCANNER_TOKEN" "COGNEE_API_TOKEN" }}
    {{- include "opencrane.secretVariable" (dict "root" $ "key" $key "optional" true) | nindent 4 }}
    {{- end }}
    {{- range $name, $value := .Values.controlPlane.env }}
    - {name: {{ $name }}, value: {{ $value | quote }}}
    {{- end }}
  ports:
    - {name: http, containerPort: 8080}
    - {name: cp-health, containerPort: 9090}
  startupProbe: {httpGet: {path: /healthz, port: cp-health}, periodSeconds: 2, failureThreshold: 60}
  livenessProbe: {httpGet: {path: /healthz, port: cp-health}, periodSeconds: 20, timeoutSeconds: 5}
  readinessProbe: {httpGet: {path: /readyz, port: cp-health}, periodSeconds: 10, timeoutSeconds: 5}
  resources: {{- toYaml .Values.controlPlane.resources | nindent 4 }}
  securityContext: {{- include "opencrane.containerSecurity" . | nindent 4 }}
  # Repositories of third-party sources are fetched here.
  volumeMounts: [{name: tmp, mountPath: /tmp}]
{{- end }}

{{/* A Deployment; needs root, component, name, replicas and containers. */}}
{{- define "opencrane.deployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "opencrane.labels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .component }}
spec:
  replicas: {{ .replicas }}
  revisionHistoryLimit: 3
  selector:
    matchLabels:
      {{- include "opencrane.selector" .root | nindent 6 }}
      app.kubernetes.io/component: {{ .component }}
  template:
    metadata:
      labels:
        {{- include "opencrane.labels" .root | nindent 8 }}
        app.kubernetes.io/component: {{ .component }}
        {{- with .root.Values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      annotations:
        kubectl.kubernetes.io/default-container: {{ .component }}
        checksum/config: {{ include (print .root.Template.BasePath "/config.yaml") .root | sha256sum }}
        {{- with .root.Values.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      serviceAccountName: {{ include "opencrane.serviceAccount" (dict "root" .root "component" .component) }}
      automountServiceAccountToken: true
      # Longer than the programs take to stop, 30 s at most.
      terminationGracePeriodSeconds: 40
      securityContext: {{- include "opencrane.podSecurity" . | nindent 8 }}
      {{- include "opencrane.scheduling" . | nindent 6 }}
      containers:
        {{- range .containers }}
        {{- include . $.root | nindent 8 }}
        {{- end }}
      volumes: [{name: tmp, emptyDir: {sizeLimit: 1Gi}}]
{{- end }}
