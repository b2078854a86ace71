{{/* What has to be right before anything is made. */}}
{{- define "opencrane.check" -}}
{{- include "opencrane.checkAccess" . }}
{{- include "opencrane.checkImages" . }}
{{- include "opencrane.checkNamespaces" . }}
{{- include "opencrane.checkPods" . }}
{{- include "opencrane.checkNetwork" . }}
{{- if and .Values.machines.providers (not .Values.machines.controlPlaneUrl) }}
{{- fail "machines: controlPlaneUrl, the control plane as machines reach it, is required with providers." }}
{{- end }}
{{- if and (has "gce" .Values.machines.providers) (not .Values.machines.gceZone) }}
{{- fail "machines: gceZone is required with the provider gce." }}
{{- end }}
{{- if and (gt (int .Values.operator.shards) 1) (lt (int .Values.operator.replicas) 2) }}
{{- fail "operator: shards are for more than one replica." }}
{{- end }}
{{- if .Release.IsInstall }}
{{- include "opencrane.checkAlone" . }}
{{- end }}
{{- end }}

{{- define "opencrane.checkAccess" -}}
{{- if and (not .Values.auth.staticToken) (not .Values.auth.oidc.issuerUrl) }}
{{- fail "auth: nobody could come in. Set auth.staticToken (with OPENCRANE_API_TOKEN in existingSecret), or auth.oidc." }}
{{- end }}
{{- if and .Values.auth.oidc.issuerUrl (or (not .Values.auth.oidc.clientId) (not .Values.auth.oidc.redirectUri)) }}
{{- fail "auth.oidc: clientId and redirectUri are required with issuerUrl." }}
{{- end }}
{{- end }}

{{- define "opencrane.checkImages" -}}
{{- if hasPrefix "registry.example.com/" .Values.image.repository }}
{{- fail "image.repository is an example. Set it to where the image is that you have released or built." }}
{{- end }}
{{- if or (not .Values.tenants.defaultImage) (hasPrefix "registry.example.com/" .Values.tenants.defaultImage) }}
{{- fail "tenants.defaultImage, the image of tenants that name none, is required: a reference with a digest, or with a tag other than latest." }}
{{- end }}
{{- end }}

{{- define "opencrane.checkNamespaces" -}}
{{- $watched := .Values.operator.watchNamespace }}
{{- if and $watched .Values.tenants.namespace (ne $watched .Values.tenants.namespace) }}
{{- fail (printf "operator.watchNamespace is %s and tenants.namespace is %s: nobody would reconcile the tenants of the REST API. Set one of them, or both to the same." $watched .Values.tenants.namespace) }}
{{- end }}
{{- if and $watched .Values.crds.install (not .Values.crds.keep) }}
{{- fail "crds.keep=false with operator.watchNamespace: an uninstall would take the tenants of all namespaces along, and this operator looks after one." }}
{{- end }}
{{- end }}

{{/* Another installation in the cluster: both would reconcile the same objects. Only Helm itself sees it, `helm template` does not. */}}
{{- define "opencrane.checkAlone" -}}
{{- range (lookup "rbac.authorization.k8s.io/v1" "ClusterRole" "" "").items }}
{{- $labels := .metadata.labels | default dict }}
{{- $annotations := .metadata.annotations | default dict }}
{{- if eq (get $labels "app.kubernetes.io/part-of") "opencrane" }}
{{- $release := get $annotations "meta.helm.sh/release-name" }}
{{- $namespace := get $annotations "meta.helm.sh/release-namespace" }}
{{- if or (ne $release $.Release.Name) (ne $namespace $.Release.Namespace) }}
{{- $owner := ternary (printf "release %s in namespace %s" $release $namespace) "manifests, or something else than Helm" (ne $release "") }}
{{- fail (printf "OpenCrane is in this cluster already (ClusterRole %s, made by %s). ClusterTenants are of the whole cluster, so there can be one installation." .metadata.name $owner) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "opencrane.checkPods" -}}
{{- $components := dict "operator" .Values.operator "controlPlane" .Values.controlPlane }}
{{- range $name, $component := $components }}
{{- if and (not $component.serviceAccount.create) (not $component.serviceAccount.name) }}
{{- fail (printf "%s.serviceAccount: name is required when it is not created." $name) }}
{{- end }}
{{- end }}
{{- $together := eq .Values.controlPlane.mode "sidecar" }}
{{- range $name, $component := $components }}
{{- $volumes := $component.extraVolumes | default list }}
{{- if $together }}
{{- $volumes = concat ($.Values.operator.extraVolumes | default list) ($.Values.controlPlane.extraVolumes | default list) }}
{{- end }}
{{- $names := list "tmp" "database-ca" }}
{{- range $volumes }}
{{- if has .name $names }}
{{- fail (printf "extraVolumes: a pod would have two volumes of the name %s." .name) }}
{{- end }}
{{- $names = append $names .name }}
{{- end }}
{{- end }}
{{- end }}

{{/* What policies of the network would silently drop. */}}
{{- define "opencrane.checkNetwork" -}}
{{- with .Values.networkPolicy }}
{{- if .enabled }}
{{- $service := $.Values.controlPlane.service.type }}
{{- if and (ne $service "ClusterIP") (not .apiClients) }}
{{- fail (printf "controlPlane.service.type is %s, and networkPolicy drops what comes that way. Name in networkPolicy.apiClients who may come: [{ipBlock: {cidr: 203.0.113.0/24}}]; with externalTrafficPolicy Cluster the nodes' addresses." $service) }}
{{- end }}
{{- $ingress := $.Values.controlPlane.ingress }}
{{- $class := $ingress.className | default $.Values.ingress.className }}
{{- if and $ingress.enabled (has $class (list "gce" "gce-internal")) (not .apiClients) }}
{{- fail "The load balancer of the Ingress class gce is no pod, and networkPolicy drops what comes from it. Name its addresses in networkPolicy.apiClients: [{ipBlock: {cidr: 35.191.0.0/16}}, {ipBlock: {cidr: 130.211.0.0/22}}]; for gce-internal also the proxy-only subnet." }}
{{- end }}
{{- if and (not .https) (not .apiServer.cidrs) }}
{{- fail "networkPolicy.https=false closes nothing while networkPolicy.apiServer.cidrs is empty, since port 443 is open to any address then. Set both: kubectl get endpointslices -n default kubernetes" }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
