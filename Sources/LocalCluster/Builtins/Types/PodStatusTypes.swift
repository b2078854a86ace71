extension BuiltinTypes {
    /// Pods and nodes: what is.
    static let podStatusTypes = """
        PodStatus
          phase:string conditions:[ProbedCondition]@type message:string reason:string nominatedNodeName:string hostIP:string
          hostIPs:[IPAddress] podIP:string podIPs:[IPAddress]@ip startTime:time? initContainerStatuses:[ContainerStatus]
          containerStatuses:[ContainerStatus] qosClass:string ephemeralContainerStatuses:[ContainerStatus] resize:string
          observedGeneration:int
        IPAddress
          ip:string
        ContainerStatus
          name:string! state:ContainerState lastState:ContainerState ready:bool! restartCount:int! image:string! imageID:string!
          containerID:string started:bool? allocatedResources:{quantity} resources:ResourceRequirements? user:any?
        ContainerState
          waiting:ContainerWaiting? running:ContainerRunning? terminated:ContainerTerminated?
        ContainerWaiting
          reason:string message:string
        ContainerRunning
          startedAt:time
        ContainerTerminated
          exitCode:int! signal:int reason:string message:string startedAt:time finishedAt:time containerID:string
        Node
          metadata:ObjectMeta spec:NodeSpec status:NodeStatus
        NodeSpec
          podCIDR:string podCIDRs:[string]@set providerID:string unschedulable:bool taints:[Taint] configSource:any? externalID:string
        Taint
          key:string! value:string effect:string! timeAdded:time?
        NodeStatus
          capacity:{quantity} allocatable:{quantity} phase:string conditions:[NodeCondition]@type addresses:[NodeAddress]@type
          daemonEndpoints:DaemonEndpoints nodeInfo:NodeSystemInfo images:[ContainerImage] volumesInUse:[string]
          volumesAttached:[AttachedVolume] config:any? runtimeHandlers:any?
        NodeCondition
          type:string! status:string! lastHeartbeatTime:time lastTransitionTime:time reason:string message:string
        NodeAddress
          type:string! address:string!
        DaemonEndpoints
          kubeletEndpoint:DaemonEndpoint
        DaemonEndpoint
          Port:int!
        NodeSystemInfo
          machineID:string! systemUUID:string! bootID:string! kernelVersion:string! osImage:string! containerRuntimeVersion:string!
          kubeletVersion:string! kubeProxyVersion:string! operatingSystem:string! architecture:string!
        ContainerImage
          names:[string] sizeBytes:int
        AttachedVolume
          name:string! devicePath:string!
        """
}
