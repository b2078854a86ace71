{{/* The operator's container. */}}
{{- define "opencrane.operatorContainer" -}}
- name: operator
  image: {{ include "opencrane.image" . | quote }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  args: {{ include "opencrane.arguments" (dict "root" . "command" "operator" "values" .Values.operator) }}
  envFrom:
    - configMapRef: {name: {{ include "opencrane.fullname" . }}}
    {{- with .Values.operator.envFrom }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  env:
    - name: POD_NAMESPACE
      valueFrom: {fieldRef: {fieldPath: metadata.namespace}}
    - name: POD_NAME
      valueFrom: {fieldRef: {fieldPath: metadata.name}}
    {{- include "opencrane.databaseVariables" . | nindent 4 }}
    {{- with include "opencrane.furtherVariables" .Values.operator.env | trim }}{{ . | nindent 4 }}{{ end }}
  ports: [{name: health, containerPort: 8081}]
  startupProbe: {httpGet: {path: /healthz, port: health}, periodSeconds: 2, failureThreshold: 60}
  livenessProbe: {httpGet: {path: /healthz, port: health}, periodSeconds: 20, timeoutSeconds: 5}
  readinessProbe: {httpGet: {path: /readyz, port: health}, periodSeconds: 10, timeoutSeconds: 5}
  resources: {{- toYaml .Values.operator.resources | nindent 4 }}
  securityContext: {{- include "opencrane.containerSecurity" . | nindent 4 }}
  {{- if or .Values.database.caSecret .Values.operator.extraVolumeMounts }}
  volumeMounts:
    {{- with include "opencrane.databaseMount" . | trim }}{{ . | nindent 4 }}{{ end }}
    {{- with .Values.operator.extraVolumeMounts }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- end }}
{{- end }}

{{/* The control plane's container. */}}
{{- define "opencrane.controlPlaneContainer" -}}
- name: control-plane
  image: {{ include "opencrane.image" . | quote }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  args: {{ include "opencrane.arguments" (dict "root" . "command" "control-plane" "values" .Values.controlPlane) }}
  envFrom:
    - configMapRef: {name: {{ include "opencrane.fullname" . }}}
    {{- with .Values.controlPlane.envFrom }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  env:
    - name: POD_NAMESPACE
      valueFrom: {fieldRef: {fieldPath: metadata.namespace}}
    {{- include "opencrane.databaseVariables" . | nindent 4 }}
    {{- if .Values.auth.staticToken }}
    {{- with include "opencrane.secretVariable" (dict "root" . "key" "OPENCRANE_API_TOKEN" "optional" false) | trim }}{{ . | nindent 4 }}{{ end }}
    {{- end }}
    {{- if and .Values.auth.oidc.issuerUrl .Values.auth.oidc.clientSecret }}
    {{- with include "opencrane.secretVariable" (dict "root" . "key" "OIDC_CLIENT_SECRET" "optional" false) | trim }}{{ . | nindent 4 }}{{ end }}
    {{- end }}
    {{- if .Values.litellm.endpoint }}
    {{- with include "opencrane.secretVariable" (dict "root" . "key" "LITELLM_MASTER_KEY" "optional" false) | trim }}{{ . | nindent 4 }}{{ end }}
    {{- end }}
    {{- range $key := list "OPENCRANE_PLATFORM_TOKEN" "OPENCRANE_SEALING_KEYS" "SKILL_OCI_PASSWORD" "SKILL_SCANNER_TOKEN" "COGNEE_API_TOKEN" }}
    {{- with include "opencrane.secretVariable" (dict "root" $ "key" $key "optional" true) | trim }}{{ . | nindent 4 }}{{ end }}
    {{- end }}
    {{- with include "opencrane.furtherVariables" .Values.controlPlane.env | trim }}{{ . | nindent 4 }}{{ end }}
  ports:
    - {name: http, containerPort: 8080}
    - {name: cp-health, containerPort: 9090}
  startupProbe: {httpGet: {path: /healthz, port: cp-health}, periodSeconds: 2, failureThreshold: 60}
  livenessProbe: {httpGet: {path: /healthz, port: cp-health}, periodSeconds: 20, timeoutSeconds: 5}
  readinessProbe: {httpGet: {path: /readyz, port: cp-health}, periodSeconds: 10, timeoutSeconds: 5}
  resources: {{- toYaml .Values.controlPlane.resources | nindent 4 }}
  securityContext: {{- include "opencrane.containerSecurity" . | nindent 4 }}
  volumeMounts:
    # Repositories of third-party sources are fetched here.
    - {name: tmp, mountPath: /tmp}
    {{- with include "opencrane.databaseMount" . | trim }}{{ . | nindent 4 }}{{ end }}
    {{- with .Values.controlPlane.extraVolumeMounts }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end }}

{{/* The arguments of a program; needs root, command and values. The Job has migrated, or the programs do. */}}
{{- define "opencrane.arguments" -}}
{{- $arguments := list .command }}
{{- if .root.Values.migrations.job }}{{ $arguments = append $arguments "--skip-migrations" }}{{ end }}
{{- concat $arguments (.values.extraArgs | default list) | toJson }}
{{- end }}

{{/* A Deployment; needs root, component, name and containers, which are names of templates. */}}
{{- define "opencrane.deployment" -}}
{{- $values := ternary .root.Values.operator .root.Values.controlPlane (eq .component "operator") }}
{{- $volumes := $values.extraVolumes | default list }}
{{- if gt (len .containers) 1 }}
{{- $volumes = concat $volumes (.root.Values.controlPlane.extraVolumes | default list) }}
{{- end -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "opencrane.componentLabels" . | nindent 4 }}
  {{- with $values.annotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  replicas: {{ int $values.replicas }}
  revisionHistoryLimit: 3
  {{- with $values.updateStrategy }}
  strategy: {{- toYaml . | nindent 4 }}
  {{- end }}
  selector:
    matchLabels:
      {{- include "opencrane.selector" .root | nindent 6 }}
      app.kubernetes.io/component: {{ .component }}
  template:
    metadata:
      labels: {{- include "opencrane.podLabels" . | nindent 8 }}
      annotations:
        {{- $own := dict
          "kubectl.kubernetes.io/default-container" .component
          "checksum/config" (include (print .root.Template.BasePath "/config.yaml") .root | sha256sum) }}
        {{- merge $own (.root.Values.podAnnotations | default dict) | toYaml | nindent 8 }}
    spec:
      serviceAccountName: {{ include "opencrane.serviceAccount" (dict "root" .root "component" .component) }}
      automountServiceAccountToken: true
      # Longer than the programs take to stop: what the control plane still takes requests for, and 30 s at most.
      {{- $delay := get .root.Values.controlPlane.env "SHUTDOWN_DELAY_SECONDS" | default 5 | int }}
      terminationGracePeriodSeconds: {{ max 40 (add 35 $delay) }}
      securityContext: {{- include "opencrane.podSecurity" . | nindent 8 }}
      {{- include "opencrane.scheduling" . | nindent 6 }}
      containers:
        {{- range .containers }}
        {{- include . $.root | nindent 8 }}
        {{- end }}
      volumes:
        - {name: tmp, emptyDir: {sizeLimit: 1Gi}}
        {{- with include "opencrane.databaseVolume" .root | trim }}{{ . | nindent 8 }}{{ end }}
        {{- with $volumes }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
{{- end }}

{{/* The pod of a Job or test, with one container of the platform's image; needs root, component, account, restart and container. */}}
{{- define "opencrane.shortPod" -}}
metadata:
  labels: {{- include "opencrane.podLabels" . | nindent 4 }}
  {{- with .root.Values.podAnnotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- include "opencrane.shortPodSpec" . | nindent 2 }}
{{- end }}

{{- define "opencrane.shortPodSpec" -}}
restartPolicy: Never
{{- with .account }}
serviceAccountName: {{ . }}
{{- end }}
automountServiceAccountToken: {{ ternary true false (not (empty .account)) }}
securityContext: {{- include "opencrane.podSecurity" .root | nindent 2 }}
{{- include "opencrane.scheduling" . | nindent 0 }}
containers:
  - {{ include .container .root | indent 4 | trim }}
    image: {{ include "opencrane.image" .root | quote }}
    imagePullPolicy: {{ .root.Values.image.pullPolicy }}
    resources:
      requests: {cpu: 50m, memory: 64Mi}
      limits: {memory: 256Mi}
    securityContext: {{- include "opencrane.containerSecurity" .root | nindent 6 }}
{{- end }}
