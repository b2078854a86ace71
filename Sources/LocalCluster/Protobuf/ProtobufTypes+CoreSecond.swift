extension ProtobufTypes {
    /// Messages of the core group, the second half.
    static let coreSecond = """
        AppArmorProfile 1:type:string 2:localhostProfile:string
        EphemeralContainer 1:ephemeralContainerCommon:EphemeralContainerCommon^ 2:targetContainerName:string
        EphemeralContainerCommon 1:name:string 2:image:string 3:command:[string] 4:args:[string] 5:workingDir:string
          6:ports:[ContainerPort] 19:envFrom:[EnvFromSource] 7:env:[EnvVar] 8:resources:ResourceRequirements
          23:resizePolicy:[ContainerResizePolicy] 24:restartPolicy:string 9:volumeMounts:[VolumeMount] 21:volumeDevices:[VolumeDevice]
          10:livenessProbe:Probe 11:readinessProbe:Probe 22:startupProbe:Probe 12:lifecycle:Lifecycle 13:terminationMessagePath:string
          20:terminationMessagePolicy:string 14:imagePullPolicy:string 15:securityContext:SecurityContext 16:stdin:bool
          17:stdinOnce:bool 18:tty:bool
        PodSecurityContext 1:seLinuxOptions:SELinuxOptions 8:windowsOptions:WindowsSecurityContextOptions 2:runAsUser:int
          6:runAsGroup:int 3:runAsNonRoot:bool 4:supplementalGroups:[int] 12:supplementalGroupsPolicy:string 5:fsGroup:int
          7:sysctls:[Sysctl] 9:fsGroupChangePolicy:string 10:seccompProfile:SeccompProfile 11:appArmorProfile:AppArmorProfile
          13:seLinuxChangePolicy:string
        Sysctl 1:name:string 2:value:string
        Affinity 1:nodeAffinity:NodeAffinity 2:podAffinity:PodAffinity 3:podAntiAffinity:PodAntiAffinity
        NodeAffinity 1:requiredDuringSchedulingIgnoredDuringExecution:NodeSelector
          2:preferredDuringSchedulingIgnoredDuringExecution:[PreferredSchedulingTerm]
        NodeSelector 1:nodeSelectorTerms:[NodeSelectorTerm]
        NodeSelectorTerm 1:matchExpressions:[NodeSelectorRequirement] 2:matchFields:[NodeSelectorRequirement]
        NodeSelectorRequirement 1:key:string 2:operator:string 3:values:[string]
        PreferredSchedulingTerm 1:weight:int 2:preference:NodeSelectorTerm
        PodAffinity 1:requiredDuringSchedulingIgnoredDuringExecution:[PodAffinityTerm]
          2:preferredDuringSchedulingIgnoredDuringExecution:[WeightedPodAffinityTerm]
        PodAffinityTerm 1:labelSelector:LabelSelector 2:namespaces:[string] 3:topologyKey:string 4:namespaceSelector:LabelSelector
          5:matchLabelKeys:[string] 6:mismatchLabelKeys:[string]
        WeightedPodAffinityTerm 1:weight:int 2:podAffinityTerm:PodAffinityTerm
        PodAntiAffinity 1:requiredDuringSchedulingIgnoredDuringExecution:[PodAffinityTerm]
          2:preferredDuringSchedulingIgnoredDuringExecution:[WeightedPodAffinityTerm]
        Toleration 1:key:string 2:operator:string 3:value:string 4:effect:string 5:tolerationSeconds:int
        HostAlias 1:ip:string 2:hostnames:[string]
        PodDNSConfig 1:nameservers:[string] 2:searches:[string] 3:options:[PodDNSConfigOption]
        PodDNSConfigOption 1:name:string 2:value:string
        PodReadinessGate 1:conditionType:string
        TopologySpreadConstraint 1:maxSkew:int 2:topologyKey:string 3:whenUnsatisfiable:string 4:labelSelector:LabelSelector
          5:minDomains:int 6:nodeAffinityPolicy:string 7:nodeTaintsPolicy:string 8:matchLabelKeys:[string]
        PodOS 1:name:string
        PodSchedulingGate 1:name:string
        PodResourceClaim 1:name:string 3:resourceClaimName:string 4:resourceClaimTemplateName:string
        PodStatus 1:phase:string 2:conditions:[PodCondition] 3:message:string 4:reason:string 11:nominatedNodeName:string
          5:hostIP:string 16:hostIPs:[HostIP] 6:podIP:string 12:podIPs:[PodIP] 7:startTime:Time
          10:initContainerStatuses:[ContainerStatus] 8:containerStatuses:[ContainerStatus] 9:qosClass:string
          13:ephemeralContainerStatuses:[ContainerStatus] 14:resize:string 15:resourceClaimStatuses:[PodResourceClaimStatus]
        PodCondition 1:type:string 2:status:string 3:lastProbeTime:Time 4:lastTransitionTime:Time 5:reason:string 6:message:string
        HostIP 1:ip:string
        PodIP 1:ip:string
        ContainerStatus 1:name:string 2:state:ContainerState 3:lastState:ContainerState 4:ready:bool 5:restartCount:int 6:image:string
          7:imageID:string 8:containerID:string 9:started:bool 10:allocatedResources:{Quantity} 11:resources:ResourceRequirements
          12:volumeMounts:[VolumeMountStatus] 13:user:ContainerUser 14:allocatedResourcesStatus:[ResourceStatus]
        ContainerState 1:waiting:ContainerStateWaiting 2:running:ContainerStateRunning 3:terminated:ContainerStateTerminated
        ContainerStateWaiting 1:reason:string 2:message:string
        ContainerStateRunning 1:startedAt:Time
        ContainerStateTerminated 1:exitCode:int 2:signal:int 3:reason:string 4:message:string 5:startedAt:Time 6:finishedAt:Time
          7:containerID:string
        VolumeMountStatus 1:name:string 2:mountPath:string 3:readOnly:bool 4:recursiveReadOnly:string
        ContainerUser 1:linux:LinuxContainerUser
        LinuxContainerUser 1:uid:int 2:gid:int 3:supplementalGroups:[int]
        ResourceStatus 1:name:string 2:resources:[ResourceHealth]
        ResourceHealth 1:resourceID:string 2:health:string
        PodResourceClaimStatus 1:name:string 2:resourceClaimName:string
        Node 1:metadata:ObjectMeta 2:spec:NodeSpec 3:status:NodeStatus
        NodeSpec 1:podCIDR:string 7:podCIDRs:[string] 3:providerID:string 4:unschedulable:bool 5:taints:[Taint]
          6:configSource:NodeConfigSource 2:externalID:string
        Taint 1:key:string 2:value:string 3:effect:string 4:timeAdded:Time
        NodeConfigSource 2:configMap:ConfigMapNodeConfigSource
        ConfigMapNodeConfigSource 1:namespace:string 2:name:string 3:uid:string 4:resourceVersion:string 5:kubeletConfigKey:string
        NodeStatus 1:capacity:{Quantity} 2:allocatable:{Quantity} 3:phase:string 4:conditions:[NodeCondition] 5:addresses:[NodeAddress]
          6:daemonEndpoints:NodeDaemonEndpoints 7:nodeInfo:NodeSystemInfo 8:images:[ContainerImage] 9:volumesInUse:[string]
          10:volumesAttached:[AttachedVolume] 11:config:NodeConfigStatus 12:runtimeHandlers:[NodeRuntimeHandler]
          13:features:NodeFeatures
        NodeCondition 1:type:string 2:status:string 3:lastHeartbeatTime:Time 4:lastTransitionTime:Time 5:reason:string 6:message:string
        NodeAddress 1:type:string 2:address:string
        NodeDaemonEndpoints 1:kubeletEndpoint:DaemonEndpoint
        DaemonEndpoint 1:Port:int
        NodeSystemInfo 1:machineID:string 2:systemUUID:string 3:bootID:string 4:kernelVersion:string 5:osImage:string
          6:containerRuntimeVersion:string 7:kubeletVersion:string 8:kubeProxyVersion:string 9:operatingSystem:string
          10:architecture:string
        ContainerImage 1:names:[string] 2:sizeBytes:int
        AttachedVolume 1:name:string 2:devicePath:string
        NodeConfigStatus 1:assigned:NodeConfigSource 2:active:NodeConfigSource 3:lastKnownGood:NodeConfigSource 4:error:string
        NodeRuntimeHandler 1:name:string 2:features:NodeRuntimeHandlerFeatures
        NodeRuntimeHandlerFeatures 1:recursiveReadOnlyMounts:bool 2:userNamespaces:bool
        NodeFeatures 1:supplementalGroupsPolicy:bool
        PersistentVolume 1:metadata:ObjectMeta 2:spec:PersistentVolumeSpec 3:status:PersistentVolumeStatus
        PersistentVolumeSpec 1:capacity:{Quantity} 2:persistentVolumeSource:PersistentVolumeSource^ 3:accessModes:[string]
          4:claimRef:ObjectReference 5:persistentVolumeReclaimPolicy:string 6:storageClassName:string 7:mountOptions:[string]
          8:volumeMode:string 9:nodeAffinity:VolumeNodeAffinity 10:volumeAttributesClassName:string
        PersistentVolumeSource 1:gcePersistentDisk:GCEPersistentDiskVolumeSource 2:awsElasticBlockStore:AWSElasticBlockStoreVolumeSource
          3:hostPath:HostPathVolumeSource 4:glusterfs:GlusterfsPersistentVolumeSource 5:nfs:NFSVolumeSource
          6:rbd:RBDPersistentVolumeSource 7:iscsi:ISCSIPersistentVolumeSource 8:cinder:CinderPersistentVolumeSource
          9:cephfs:CephFSPersistentVolumeSource 10:fc:FCVolumeSource 11:flocker:FlockerVolumeSource
          12:flexVolume:FlexPersistentVolumeSource 13:azureFile:AzureFilePersistentVolumeSource
          14:vsphereVolume:VsphereVirtualDiskVolumeSource 15:quobyte:QuobyteVolumeSource 16:azureDisk:AzureDiskVolumeSource
          17:photonPersistentDisk:PhotonPersistentDiskVolumeSource 18:portworxVolume:PortworxVolumeSource
          19:scaleIO:ScaleIOPersistentVolumeSource 20:local:LocalVolumeSource 21:storageos:StorageOSPersistentVolumeSource
          22:csi:CSIPersistentVolumeSource
        GlusterfsPersistentVolumeSource 1:endpoints:string 2:path:string 3:readOnly:bool 4:endpointsNamespace:string
        RBDPersistentVolumeSource 1:monitors:[string] 2:image:string 3:fsType:string 4:pool:string 5:user:string 6:keyring:string
          7:secretRef:SecretReference 8:readOnly:bool
        SecretReference 1:name:string 2:namespace:string
        ISCSIPersistentVolumeSource 1:targetPortal:string 2:iqn:string 3:lun:int 4:iscsiInterface:string 5:fsType:string 6:readOnly:bool
          7:portals:[string] 8:chapAuthDiscovery:bool 11:chapAuthSession:bool 10:secretRef:SecretReference 12:initiatorName:string
        CinderPersistentVolumeSource 1:volumeID:string 2:fsType:string 3:readOnly:bool 4:secretRef:SecretReference
        CephFSPersistentVolumeSource 1:monitors:[string] 2:path:string 3:user:string 4:secretFile:string 5:secretRef:SecretReference
          6:readOnly:bool
        FlexPersistentVolumeSource 1:driver:string 2:fsType:string 3:secretRef:SecretReference 4:readOnly:bool 5:options:{string}
        AzureFilePersistentVolumeSource 1:secretName:string 2:shareName:string 3:readOnly:bool 4:secretNamespace:string
        ScaleIOPersistentVolumeSource 1:gateway:string 2:system:string 3:secretRef:SecretReference 4:sslEnabled:bool
          5:protectionDomain:string 6:storagePool:string 7:storageMode:string 8:volumeName:string 9:fsType:string 10:readOnly:bool
        LocalVolumeSource 1:path:string 2:fsType:string
        StorageOSPersistentVolumeSource 1:volumeName:string 2:volumeNamespace:string 3:fsType:string 4:readOnly:bool
          5:secretRef:ObjectReference
        CSIPersistentVolumeSource 1:driver:string 2:volumeHandle:string 3:readOnly:bool 4:fsType:string 5:volumeAttributes:{string}
          6:controllerPublishSecretRef:SecretReference 7:nodeStageSecretRef:SecretReference 8:nodePublishSecretRef:SecretReference
          9:controllerExpandSecretRef:SecretReference 10:nodeExpandSecretRef:SecretReference
        VolumeNodeAffinity 1:required:NodeSelector
        PersistentVolumeStatus 1:phase:string 2:message:string 3:reason:string 4:lastPhaseTransitionTime:Time
        PersistentVolumeClaim 1:metadata:ObjectMeta 2:spec:PersistentVolumeClaimSpec 3:status:PersistentVolumeClaimStatus
        PersistentVolumeClaimStatus 1:phase:string 2:accessModes:[string] 3:capacity:{Quantity}
          4:conditions:[PersistentVolumeClaimCondition] 5:allocatedResources:{Quantity} 7:allocatedResourceStatuses:{string}
          8:currentVolumeAttributesClassName:string 9:modifyVolumeStatus:ModifyVolumeStatus
        PersistentVolumeClaimCondition 1:type:string 2:status:string 3:lastProbeTime:Time 4:lastTransitionTime:Time 5:reason:string
          6:message:string
        ModifyVolumeStatus 1:targetVolumeAttributesClassName:string 2:status:string
        ResourceQuota 1:metadata:ObjectMeta 2:spec:ResourceQuotaSpec 3:status:ResourceQuotaStatus
        ResourceQuotaSpec 1:hard:{Quantity} 2:scopes:[string] 3:scopeSelector:ScopeSelector
        ScopeSelector 1:matchExpressions:[ScopedResourceSelectorRequirement]
        ScopedResourceSelectorRequirement 1:scopeName:string 2:operator:string 3:values:[string]
        ResourceQuotaStatus 1:hard:{Quantity} 2:used:{Quantity}
        LimitRange 1:metadata:ObjectMeta 2:spec:LimitRangeSpec
        LimitRangeSpec 1:limits:[LimitRangeItem]
        LimitRangeItem 1:type:string 2:max:{Quantity} 3:min:{Quantity} 4:default:{Quantity} 5:defaultRequest:{Quantity}
          6:maxLimitRequestRatio:{Quantity}
        Endpoints 1:metadata:ObjectMeta 2:subsets:[EndpointSubset]
        EndpointSubset 1:addresses:[EndpointAddress] 2:notReadyAddresses:[EndpointAddress] 3:ports:[EndpointPort]
        EndpointAddress 1:ip:string 3:hostname:string 4:nodeName:string 2:targetRef:ObjectReference
        EndpointPort 1:name:string 2:port:int 3:protocol:string 4:appProtocol:string
        Event 1:metadata:ObjectMeta 2:involvedObject:ObjectReference 3:reason:string 4:message:string 5:source:EventSource
          6:firstTimestamp:Time 7:lastTimestamp:Time 8:count:int 9:type:string 10:eventTime:MicroTime 11:series:EventSeries
          12:action:string 13:related:ObjectReference 14:reportingComponent:string 15:reportingInstance:string
        EventSource 1:component:string 2:host:string
        EventSeries 1:count:int 2:lastObservedTime:MicroTime
        Binding 1:metadata:ObjectMeta 2:target:ObjectReference
        PodTemplateSpec 1:metadata:ObjectMeta 2:spec:PodSpec
        TopologySelectorTerm 1:matchLabelExpressions:[TopologySelectorLabelRequirement]
        TopologySelectorLabelRequirement 1:key:string 2:values:[string]
        """
}
