extension BuiltinTypes {
    /// Pods: what is asked for.
    static let podTypes = """
        Pod
          metadata:ObjectMeta spec:PodSpec status:PodStatus
        PodTemplateSpec
          metadata:ObjectMeta spec:PodSpec
        PodTemplate
          metadata:ObjectMeta template:PodTemplateSpec
        PodSpec
          volumes:[Volume]@name~ initContainers:[Container]@name containers:[Container]!@name ephemeralContainers:[EphemeralContainer]@name
          restartPolicy:string terminationGracePeriodSeconds:int? activeDeadlineSeconds:int? dnsPolicy:string nodeSelector:{string}^
          serviceAccountName:string serviceAccount:string automountServiceAccountToken:bool? nodeName:string hostNetwork:bool hostPID:bool
          hostIPC:bool shareProcessNamespace:bool? securityContext:PodSecurityContext? imagePullSecrets:[LocalObjectReference]@name
          hostname:string subdomain:string affinity:Affinity? schedulerName:string tolerations:[Toleration] hostAliases:[HostAlias]@ip
          priorityClassName:string priority:int? dnsConfig:PodDNSConfig? readinessGates:[PodReadinessGate] runtimeClassName:string?
          enableServiceLinks:bool? preemptionPolicy:string? overhead:{quantity}
          topologySpreadConstraints:[TopologySpreadConstraint]@topologyKey,whenUnsatisfiable setHostnameAsFQDN:bool? os:PodOS?
          hostUsers:bool? schedulingGates:[PodSchedulingGate]@name resourceClaims:[PodResourceClaim]@name resources:ResourceRequirements?
        PodOS
          name:string!
        PodSchedulingGate
          name:string!
        PodReadinessGate
          conditionType:string!
        PodResourceClaim
          name:string! resourceClaimName:string? resourceClaimTemplateName:string?
        PodDNSConfig
          nameservers:[string] searches:[string] options:[PodDNSConfigOption]
        PodDNSConfigOption
          name:string value:string?
        HostAlias
          ip:string hostnames:[string]
        Toleration
          key:string operator:string value:string effect:string tolerationSeconds:int?
        TopologySpreadConstraint
          maxSkew:int! topologyKey:string! whenUnsatisfiable:string! labelSelector:LabelSelector? minDomains:int? nodeAffinityPolicy:string?
          nodeTaintsPolicy:string? matchLabelKeys:[string]
        Affinity
          nodeAffinity:NodeAffinity? podAffinity:PodAffinity? podAntiAffinity:PodAffinity?
        NodeAffinity
          requiredDuringSchedulingIgnoredDuringExecution:NodeSelector? preferredDuringSchedulingIgnoredDuringExecution:[PreferredSchedulingTerm]
        NodeSelector^
          nodeSelectorTerms:[NodeSelectorTerm]!
        NodeSelectorTerm^
          matchExpressions:[LabelSelectorRequirement] matchFields:[LabelSelectorRequirement]
        PreferredSchedulingTerm
          weight:int! preference:NodeSelectorTerm
        PodAffinity
          requiredDuringSchedulingIgnoredDuringExecution:[PodAffinityTerm]
          preferredDuringSchedulingIgnoredDuringExecution:[WeightedPodAffinityTerm]
        WeightedPodAffinityTerm
          weight:int! podAffinityTerm:PodAffinityTerm
        PodAffinityTerm
          labelSelector:LabelSelector? namespaces:[string] topologyKey:string! namespaceSelector:LabelSelector? matchLabelKeys:[string]
          mismatchLabelKeys:[string]
        Container
          name:string! image:string command:[string] args:[string] workingDir:string ports:[ContainerPort]@containerPort,protocol=TCP
          envFrom:[EnvFromSource] env:[EnvVar]@name resources:ResourceRequirements volumeMounts:[VolumeMount]@mountPath
          volumeDevices:[VolumeDevice]@devicePath livenessProbe:Probe? readinessProbe:Probe? startupProbe:Probe? lifecycle:Lifecycle?
          terminationMessagePath:string terminationMessagePolicy:string imagePullPolicy:string securityContext:SecurityContext? stdin:bool
          stdinOnce:bool tty:bool restartPolicy:string? resizePolicy:[ContainerResizePolicy]
        EphemeralContainer
          name:string! image:string command:[string] args:[string] workingDir:string ports:[ContainerPort]@containerPort,protocol=TCP
          envFrom:[EnvFromSource] env:[EnvVar]@name resources:ResourceRequirements volumeMounts:[VolumeMount]@mountPath
          volumeDevices:[VolumeDevice]@devicePath livenessProbe:Probe? readinessProbe:Probe? startupProbe:Probe? lifecycle:Lifecycle?
          terminationMessagePath:string terminationMessagePolicy:string imagePullPolicy:string securityContext:SecurityContext? stdin:bool
          stdinOnce:bool tty:bool restartPolicy:string? resizePolicy:[ContainerResizePolicy] targetContainerName:string
        ContainerResizePolicy
          resourceName:string! restartPolicy:string!
        ContainerPort
          name:string hostPort:int containerPort:int! protocol:string hostIP:string
        EnvFromSource
          prefix:string configMapRef:OptionalReference? secretRef:OptionalReference?
        OptionalReference
          name:string optional:bool?
        EnvVar
          name:string! value:string valueFrom:EnvVarSource?
        EnvVarSource
          fieldRef:ObjectFieldSelector? resourceFieldRef:ResourceFieldSelector? configMapKeyRef:KeySelector? secretKeyRef:KeySelector?
        ObjectFieldSelector
          apiVersion:string fieldPath:string!
        ResourceFieldSelector
          containerName:string resource:string! divisor:quantity!
        KeySelector
          name:string key:string! optional:bool?
        ResourceRequirements
          limits:{quantity} requests:{quantity} claims:[ResourceClaim]@name
        ResourceClaim
          name:string! request:string
        VolumeMount
          name:string! readOnly:bool mountPath:string! subPath:string mountPropagation:string? subPathExpr:string recursiveReadOnly:string?
        VolumeDevice
          name:string! devicePath:string!
        Probe
          exec:ExecAction? httpGet:HTTPGetAction? tcpSocket:TCPSocketAction? grpc:GRPCAction? initialDelaySeconds:int timeoutSeconds:int
          periodSeconds:int successThreshold:int failureThreshold:int terminationGracePeriodSeconds:int?
        Lifecycle
          postStart:LifecycleHandler? preStop:LifecycleHandler? stopSignal:string?
        LifecycleHandler
          exec:ExecAction? httpGet:HTTPGetAction? tcpSocket:TCPSocketAction? sleep:SleepAction?
        SleepAction
          seconds:int!
        ExecAction
          command:[string]
        HTTPGetAction
          path:string port:intstr! host:string scheme:string httpHeaders:[HTTPHeader]
        HTTPHeader
          name:string! value:string!
        TCPSocketAction
          port:intstr! host:string
        GRPCAction
          port:int! service:string?
        SecurityContext
          capabilities:Capabilities? privileged:bool? seLinuxOptions:SELinuxOptions? windowsOptions:WindowsOptions? runAsUser:int?
          runAsGroup:int? runAsNonRoot:bool? readOnlyRootFilesystem:bool? allowPrivilegeEscalation:bool? procMount:string?
          seccompProfile:Profile? appArmorProfile:Profile?
        PodSecurityContext
          seLinuxOptions:SELinuxOptions? windowsOptions:WindowsOptions? runAsUser:int? runAsGroup:int? runAsNonRoot:bool?
          supplementalGroups:[int] fsGroup:int? sysctls:[Sysctl] fsGroupChangePolicy:string? seccompProfile:Profile?
          appArmorProfile:Profile? supplementalGroupsPolicy:string?
        Capabilities
          add:[string] drop:[string]
        SELinuxOptions
          user:string role:string type:string level:string
        WindowsOptions
          gmsaCredentialSpecName:string? gmsaCredentialSpec:string? runAsUserName:string? hostProcess:bool?
        Profile
          type:string! localhostProfile:string?
        Sysctl
          name:string! value:string!
        """
}
