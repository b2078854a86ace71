extension BuiltinTypes {
    /// The rest of the core group, events and leases.
    static let coreTypes = """
        Namespace
          metadata:ObjectMeta spec:NamespaceSpec status:NamespaceStatus
        NamespaceSpec
          finalizers:[string]
        NamespaceStatus
          phase:string conditions:[WorkloadCondition]@type
        Secret
          metadata:ObjectMeta immutable:bool? data:{bytes} stringData:{string} type:string
        ConfigMap
          metadata:ObjectMeta immutable:bool? data:{string} binaryData:{bytes}
        ServiceAccount
          metadata:ObjectMeta secrets:[ObjectReference]@name imagePullSecrets:[LocalObjectReference] automountServiceAccountToken:bool?
        Service
          metadata:ObjectMeta spec:ServiceSpec status:ServiceStatus
        ServiceSpec
          ports:[ServicePort]@port,protocol=TCP selector:{string} clusterIP:string clusterIPs:[string] type:string externalIPs:[string]
          sessionAffinity:string loadBalancerIP:string loadBalancerSourceRanges:[string] externalName:string externalTrafficPolicy:string
          healthCheckNodePort:int publishNotReadyAddresses:bool sessionAffinityConfig:SessionAffinityConfig? ipFamilies:[string]
          ipFamilyPolicy:string? allocateLoadBalancerNodePorts:bool? loadBalancerClass:string? internalTrafficPolicy:string?
          trafficDistribution:string?
        ServicePort
          name:string protocol:string appProtocol:string? port:int! targetPort:intstr! nodePort:int
        SessionAffinityConfig
          clientIP:ClientIPConfig?
        ClientIPConfig
          timeoutSeconds:int?
        ServiceStatus
          loadBalancer:LoadBalancerStatus conditions:[Condition]@type
        LoadBalancerStatus
          ingress:[LoadBalancerIngress]
        LoadBalancerIngress
          ip:string hostname:string ipMode:string? ports:[PortStatus]
        PortStatus
          port:int! protocol:string! error:string?
        Endpoints
          metadata:ObjectMeta subsets:[EndpointSubset]
        EndpointSubset
          addresses:[EndpointAddress] notReadyAddresses:[EndpointAddress] ports:[EndpointPort]
        EndpointAddress
          ip:string! hostname:string nodeName:string? targetRef:ObjectReference?
        EndpointPort
          name:string port:int! protocol:string appProtocol:string?
        EndpointSlice
          metadata:ObjectMeta addressType:string! endpoints:[SliceEndpoint]! ports:[SlicePort]!
        SliceEndpoint
          addresses:[string]! conditions:SliceConditions hostname:string? targetRef:ObjectReference? deprecatedTopology:{string}
          nodeName:string? zone:string? hints:any?
        SliceConditions
          ready:bool? serving:bool? terminating:bool?
        SlicePort
          name:string? protocol:string? port:int? appProtocol:string?
        ResourceQuota
          metadata:ObjectMeta spec:ResourceQuotaSpec status:ResourceQuotaStatus
        ResourceQuotaSpec
          hard:{quantity} scopes:[string] scopeSelector:ScopeSelector?
        ScopeSelector
          matchExpressions:[ScopeRequirement]
        ScopeRequirement
          scopeName:string! operator:string! values:[string]
        ResourceQuotaStatus
          hard:{quantity} used:{quantity}
        LimitRange
          metadata:ObjectMeta spec:LimitRangeSpec
        LimitRangeSpec
          limits:[LimitRangeItem]!
        LimitRangeItem
          type:string! max:{quantity} min:{quantity} default:{quantity} defaultRequest:{quantity} maxLimitRequestRatio:{quantity}
        CoreEvent
          metadata:ObjectMeta! involvedObject:ObjectReference! reason:string message:string source:EventSource firstTimestamp:time
          lastTimestamp:time count:int type:string eventTime:microtime series:EventSeries? action:string related:ObjectReference?
          reportingComponent:string! reportingInstance:string!
        EventSource
          component:string host:string
        EventSeries
          count:int lastObservedTime:microtime
        Event
          metadata:ObjectMeta eventTime:microtime series:EventSeries? reportingController:string reportingInstance:string action:string
          reason:string regarding:ObjectReference related:ObjectReference? note:string type:string deprecatedSource:EventSource
          deprecatedFirstTimestamp:time deprecatedLastTimestamp:time deprecatedCount:int
        Lease
          metadata:ObjectMeta spec:LeaseSpec
        LeaseSpec
          holderIdentity:string? leaseDurationSeconds:int? acquireTime:microtime? renewTime:microtime? leaseTransitions:int?
          strategy:string? preferredHolder:string?
        TokenRequest
          metadata:ObjectMeta spec:TokenRequestSpec status:TokenRequestStatus
        TokenRequestSpec
          audiences:[string]! expirationSeconds:int? boundObjectRef:BoundObjectReference!?
        BoundObjectReference
          kind:string apiVersion:string name:string uid:string
        TokenRequestStatus
          token:string! expirationTimestamp:time
        """
}
