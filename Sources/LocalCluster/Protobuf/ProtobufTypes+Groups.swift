extension ProtobufTypes {
    /// Messages of the other groups and of the common metadata.
    static let groups = """
        ObjectMeta 1:name:string 2:generateName:string 3:namespace:string 4:selfLink:string 5:uid:string 6:resourceVersion:string
          7:generation:int 8:creationTimestamp:Time 9:deletionTimestamp:Time 10:deletionGracePeriodSeconds:int 11:labels:{string}
          12:annotations:{string} 13:ownerReferences:[OwnerReference] 14:finalizers:[string] 17:managedFields:[ManagedFieldsEntry]
        OwnerReference 5:apiVersion:string 1:kind:string 3:name:string 4:uid:string 6:controller:bool 7:blockOwnerDeletion:bool
        ManagedFieldsEntry 1:manager:string 2:operation:string 3:apiVersion:string 4:time:Time 6:fieldsType:string 7:fieldsV1:FieldsV1
          8:subresource:string
        Condition 1:type:string 2:status:string 3:observedGeneration:int 4:lastTransitionTime:Time 5:reason:string 6:message:string
        LabelSelector 1:matchLabels:{string} 2:matchExpressions:[LabelSelectorRequirement]
        LabelSelectorRequirement 1:key:string 2:operator:string 3:values:[string]
        Deployment 1:metadata:ObjectMeta 2:spec:DeploymentSpec 3:status:DeploymentStatus
        DeploymentSpec 1:replicas:int 2:selector:LabelSelector 3:template:PodTemplateSpec 4:strategy:DeploymentStrategy
          5:minReadySeconds:int 6:revisionHistoryLimit:int 7:paused:bool 9:progressDeadlineSeconds:int
        DeploymentStrategy 1:type:string 2:rollingUpdate:RollingUpdateDeployment
        RollingUpdateDeployment 1:maxUnavailable:IntOrString 2:maxSurge:IntOrString
        DeploymentStatus 1:observedGeneration:int 2:replicas:int 3:updatedReplicas:int 7:readyReplicas:int 4:availableReplicas:int
          5:unavailableReplicas:int 6:conditions:[DeploymentCondition] 8:collisionCount:int
        DeploymentCondition 1:type:string 2:status:string 6:lastUpdateTime:Time 7:lastTransitionTime:Time 4:reason:string
          5:message:string
        ReplicaSet 1:metadata:ObjectMeta 2:spec:ReplicaSetSpec 3:status:ReplicaSetStatus
        ReplicaSetSpec 1:replicas:int 4:minReadySeconds:int 2:selector:LabelSelector 3:template:PodTemplateSpec
        ReplicaSetStatus 1:replicas:int 2:fullyLabeledReplicas:int 4:readyReplicas:int 5:availableReplicas:int 3:observedGeneration:int
          6:conditions:[ReplicaSetCondition]
        ReplicaSetCondition 1:type:string 2:status:string 3:lastTransitionTime:Time 4:reason:string 5:message:string
        StatefulSet 1:metadata:ObjectMeta 2:spec:StatefulSetSpec 3:status:StatefulSetStatus
        StatefulSetSpec 1:replicas:int 2:selector:LabelSelector 3:template:PodTemplateSpec
          4:volumeClaimTemplates:[PersistentVolumeClaim] 5:serviceName:string 6:podManagementPolicy:string
          7:updateStrategy:StatefulSetUpdateStrategy 8:revisionHistoryLimit:int 9:minReadySeconds:int
          10:persistentVolumeClaimRetentionPolicy:StatefulSetPersistentVolumeClaimRetentionPolicy 11:ordinals:StatefulSetOrdinals
        StatefulSetUpdateStrategy 1:type:string 2:rollingUpdate:RollingUpdateStatefulSetStrategy
        RollingUpdateStatefulSetStrategy 1:partition:int 2:maxUnavailable:IntOrString
        StatefulSetPersistentVolumeClaimRetentionPolicy 1:whenDeleted:string 2:whenScaled:string
        StatefulSetOrdinals 1:start:int
        StatefulSetStatus 1:observedGeneration:int 2:replicas:int 3:readyReplicas:int 4:currentReplicas:int 5:updatedReplicas:int
          6:currentRevision:string 7:updateRevision:string 9:collisionCount:int 10:conditions:[StatefulSetCondition]
          11:availableReplicas:int
        StatefulSetCondition 1:type:string 2:status:string 3:lastTransitionTime:Time 4:reason:string 5:message:string
        DaemonSet 1:metadata:ObjectMeta 2:spec:DaemonSetSpec 3:status:DaemonSetStatus
        DaemonSetSpec 1:selector:LabelSelector 2:template:PodTemplateSpec 3:updateStrategy:DaemonSetUpdateStrategy 4:minReadySeconds:int
          6:revisionHistoryLimit:int
        DaemonSetUpdateStrategy 1:type:string 2:rollingUpdate:RollingUpdateDaemonSet
        RollingUpdateDaemonSet 1:maxUnavailable:IntOrString 2:maxSurge:IntOrString
        DaemonSetStatus 1:currentNumberScheduled:int 2:numberMisscheduled:int 3:desiredNumberScheduled:int 4:numberReady:int
          5:observedGeneration:int 6:updatedNumberScheduled:int 7:numberAvailable:int 8:numberUnavailable:int 9:collisionCount:int
          10:conditions:[DaemonSetCondition]
        DaemonSetCondition 1:type:string 2:status:string 3:lastTransitionTime:Time 4:reason:string 5:message:string
        Job 1:metadata:ObjectMeta 2:spec:JobSpec 3:status:JobStatus
        JobSpec 1:parallelism:int 2:completions:int 3:activeDeadlineSeconds:int 11:podFailurePolicy:PodFailurePolicy
          16:successPolicy:SuccessPolicy 7:backoffLimit:int 12:backoffLimitPerIndex:int 13:maxFailedIndexes:int 4:selector:LabelSelector
          5:manualSelector:bool 6:template:PodTemplateSpec 8:ttlSecondsAfterFinished:int 9:completionMode:string 10:suspend:bool
          14:podReplacementPolicy:string 15:managedBy:string
        PodFailurePolicy 1:rules:[PodFailurePolicyRule]
        PodFailurePolicyRule 1:action:string 2:onExitCodes:PodFailurePolicyOnExitCodesRequirement
          3:onPodConditions:[PodFailurePolicyOnPodConditionsPattern]
        PodFailurePolicyOnExitCodesRequirement 1:containerName:string 2:operator:string 3:values:[int]
        PodFailurePolicyOnPodConditionsPattern 1:type:string 2:status:string
        SuccessPolicy 1:rules:[SuccessPolicyRule]
        SuccessPolicyRule 1:succeededIndexes:string 2:succeededCount:int
        JobStatus 1:conditions:[JobCondition] 2:startTime:Time 3:completionTime:Time 4:active:int 5:succeeded:int 6:failed:int
          11:terminating:int 7:completedIndexes:string 10:failedIndexes:string 8:uncountedTerminatedPods:UncountedTerminatedPods
          9:ready:int
        JobCondition 1:type:string 2:status:string 3:lastProbeTime:Time 4:lastTransitionTime:Time 5:reason:string 6:message:string
        UncountedTerminatedPods 1:succeeded:[string] 2:failed:[string]
        CronJob 1:metadata:ObjectMeta 2:spec:CronJobSpec 3:status:CronJobStatus
        CronJobSpec 1:schedule:string 8:timeZone:string 2:startingDeadlineSeconds:int 3:concurrencyPolicy:string 4:suspend:bool
          5:jobTemplate:JobTemplateSpec 6:successfulJobsHistoryLimit:int 7:failedJobsHistoryLimit:int
        JobTemplateSpec 1:metadata:ObjectMeta 2:spec:JobSpec
        CronJobStatus 1:active:[ObjectReference] 4:lastScheduleTime:Time 5:lastSuccessfulTime:Time
        Role 1:metadata:ObjectMeta 2:rules:[PolicyRule]
        PolicyRule 1:verbs:[string] 2:apiGroups:[string] 3:resources:[string] 4:resourceNames:[string] 5:nonResourceURLs:[string]
        RoleBinding 1:metadata:ObjectMeta 2:subjects:[Subject] 3:roleRef:RoleRef
        Subject 1:kind:string 2:apiGroup:string 3:name:string 4:namespace:string
        RoleRef 1:apiGroup:string 2:kind:string 3:name:string
        ClusterRole 1:metadata:ObjectMeta 2:rules:[PolicyRule] 3:aggregationRule:AggregationRule
        AggregationRule 1:clusterRoleSelectors:[LabelSelector]
        ClusterRoleBinding 1:metadata:ObjectMeta 2:subjects:[Subject] 3:roleRef:RoleRef
        Ingress 1:metadata:ObjectMeta 2:spec:IngressSpec 3:status:IngressStatus
        IngressSpec 4:ingressClassName:string 1:defaultBackend:IngressBackend 2:tls:[IngressTLS] 3:rules:[IngressRule]
        IngressBackend 4:service:IngressServiceBackend 3:resource:TypedLocalObjectReference
        IngressServiceBackend 1:name:string 2:port:ServiceBackendPort
        ServiceBackendPort 1:name:string 2:number:int
        IngressTLS 1:hosts:[string] 2:secretName:string
        IngressRule 1:host:string 2:ingressRuleValue:IngressRuleValue^
        IngressRuleValue 1:http:HTTPIngressRuleValue
        HTTPIngressRuleValue 1:paths:[HTTPIngressPath]
        HTTPIngressPath 1:path:string 3:pathType:string 2:backend:IngressBackend
        IngressStatus 1:loadBalancer:IngressLoadBalancerStatus
        IngressLoadBalancerStatus 1:ingress:[IngressLoadBalancerIngress]
        IngressLoadBalancerIngress 1:ip:string 2:hostname:string 4:ports:[IngressPortStatus]
        IngressPortStatus 1:port:int 2:protocol:string 3:error:string
        IngressClass 1:metadata:ObjectMeta 2:spec:IngressClassSpec
        IngressClassSpec 1:controller:string 2:parameters:IngressClassParametersReference
        IngressClassParametersReference 1:aPIGroup:string 2:kind:string 3:name:string 4:scope:string 5:namespace:string
        NetworkPolicy 1:metadata:ObjectMeta 2:spec:NetworkPolicySpec
        NetworkPolicySpec 1:podSelector:LabelSelector 2:ingress:[NetworkPolicyIngressRule] 3:egress:[NetworkPolicyEgressRule]
          4:policyTypes:[string]
        NetworkPolicyIngressRule 1:ports:[NetworkPolicyPort] 2:from:[NetworkPolicyPeer]
        NetworkPolicyPort 1:protocol:string 2:port:IntOrString 3:endPort:int
        NetworkPolicyPeer 1:podSelector:LabelSelector 2:namespaceSelector:LabelSelector 3:ipBlock:IPBlock
        IPBlock 1:cidr:string 2:except:[string]
        NetworkPolicyEgressRule 1:ports:[NetworkPolicyPort] 2:to:[NetworkPolicyPeer]
        PodDisruptionBudget 1:metadata:ObjectMeta 2:spec:PodDisruptionBudgetSpec 3:status:PodDisruptionBudgetStatus
        PodDisruptionBudgetSpec 1:minAvailable:IntOrString 2:selector:LabelSelector 3:maxUnavailable:IntOrString
          4:unhealthyPodEvictionPolicy:string
        PodDisruptionBudgetStatus 1:observedGeneration:int 2:disruptedPods:{Time} 3:disruptionsAllowed:int 4:currentHealthy:int
          5:desiredHealthy:int 6:expectedPods:int 7:conditions:[Condition]
        Eviction 1:metadata:ObjectMeta 2:deleteOptions:DeleteOptions
        DeleteOptions 1:gracePeriodSeconds:int 2:preconditions:Preconditions 3:orphanDependents:bool 4:propagationPolicy:string
          5:dryRun:[string] 6:ignoreStoreReadErrorWithClusterBreakingPotential:bool
        Preconditions 1:uid:string 2:resourceVersion:string
        PriorityClass 1:metadata:ObjectMeta 2:value:int 3:globalDefault:bool 4:description:string 5:preemptionPolicy:string
        StorageClass 1:metadata:ObjectMeta 2:provisioner:string 3:parameters:{string} 4:reclaimPolicy:string 5:mountOptions:[string]
          6:allowVolumeExpansion:bool 7:volumeBindingMode:string 8:allowedTopologies:[TopologySelectorTerm]
        Lease 1:metadata:ObjectMeta 2:spec:LeaseSpec
        LeaseSpec 1:holderIdentity:string 2:leaseDurationSeconds:int 3:acquireTime:MicroTime 4:renewTime:MicroTime
          5:leaseTransitions:int 6:strategy:string 7:preferredHolder:string
        eventsEvent 1:metadata:ObjectMeta 2:eventTime:MicroTime 3:series:eventsEventSeries 4:reportingController:string
          5:reportingInstance:string 6:action:string 7:reason:string 8:regarding:ObjectReference 9:related:ObjectReference
          10:note:string 11:type:string 12:deprecatedSource:EventSource 13:deprecatedFirstTimestamp:Time 14:deprecatedLastTimestamp:Time
          15:deprecatedCount:int
        eventsEventSeries 1:count:int 2:lastObservedTime:MicroTime
        EndpointSlice 1:metadata:ObjectMeta 4:addressType:string 2:endpoints:[Endpoint] 3:ports:[discoveryEndpointPort]
        Endpoint 1:addresses:[string] 2:conditions:EndpointConditions 3:hostname:string 4:targetRef:ObjectReference
          5:deprecatedTopology:{string} 6:nodeName:string 7:zone:string 8:hints:EndpointHints
        EndpointConditions 1:ready:bool 2:serving:bool 3:terminating:bool
        EndpointHints 1:forZones:[ForZone]
        ForZone 1:name:string
        discoveryEndpointPort 1:name:string 2:protocol:string 3:port:int 4:appProtocol:string
        TokenRequest 1:metadata:ObjectMeta 2:spec:TokenRequestSpec 3:status:TokenRequestStatus
        TokenRequestSpec 1:audiences:[string] 4:expirationSeconds:int 3:boundObjectRef:BoundObjectReference
        BoundObjectReference 1:kind:string 2:apiVersion:string 3:name:string 4:uID:string
        TokenRequestStatus 1:token:string 2:expirationTimestamp:Time
        TokenReview 1:metadata:ObjectMeta 2:spec:TokenReviewSpec 3:status:TokenReviewStatus
        TokenReviewSpec 1:token:string 2:audiences:[string]
        TokenReviewStatus 1:authenticated:bool 2:user:UserInfo 4:audiences:[string] 3:error:string
        UserInfo 1:username:string 2:uid:string 3:groups:[string] 4:extra:{authenticationExtraValue}
        authenticationExtraValue 1:items:[string]
        SelfSubjectReview 1:metadata:ObjectMeta 2:status:SelfSubjectReviewStatus
        SelfSubjectReviewStatus 1:userInfo:UserInfo
        SelfSubjectAccessReview 1:metadata:ObjectMeta 2:spec:SelfSubjectAccessReviewSpec 3:status:SubjectAccessReviewStatus
        SelfSubjectAccessReviewSpec 1:resourceAttributes:ResourceAttributes 2:nonResourceAttributes:NonResourceAttributes
        ResourceAttributes 1:namespace:string 2:verb:string 3:group:string 4:version:string 5:resource:string 6:subresource:string
          7:name:string 8:fieldSelector:FieldSelectorAttributes 9:labelSelector:LabelSelectorAttributes
        FieldSelectorAttributes 1:rawSelector:string 2:requirements:[FieldSelectorRequirement]
        FieldSelectorRequirement 1:key:string 2:operator:string 3:values:[string]
        LabelSelectorAttributes 1:rawSelector:string 2:requirements:[LabelSelectorRequirement]
        NonResourceAttributes 1:path:string 2:verb:string
        SubjectAccessReviewStatus 1:allowed:bool 4:denied:bool 2:reason:string 3:evaluationError:string
        SubjectAccessReview 1:metadata:ObjectMeta 2:spec:SubjectAccessReviewSpec 3:status:SubjectAccessReviewStatus
        SubjectAccessReviewSpec 1:resourceAttributes:ResourceAttributes 2:nonResourceAttributes:NonResourceAttributes 3:user:string
          4:groups:[string] 5:extra:{authorizationExtraValue} 6:uid:string
        authorizationExtraValue 1:items:[string]
        LocalSubjectAccessReview 1:metadata:ObjectMeta 2:spec:SubjectAccessReviewSpec 3:status:SubjectAccessReviewStatus
        SelfSubjectRulesReview 1:metadata:ObjectMeta 2:spec:SelfSubjectRulesReviewSpec 3:status:SubjectRulesReviewStatus
        SelfSubjectRulesReviewSpec 1:namespace:string
        SubjectRulesReviewStatus 1:resourceRules:[ResourceRule] 2:nonResourceRules:[NonResourceRule] 3:incomplete:bool
          4:evaluationError:string
        ResourceRule 1:verbs:[string] 2:apiGroups:[string] 3:resources:[string] 4:resourceNames:[string]
        NonResourceRule 1:verbs:[string] 2:nonResourceURLs:[string]
        Scale 1:metadata:ObjectMeta 2:spec:ScaleSpec 3:status:ScaleStatus
        ScaleSpec 1:replicas:int
        ScaleStatus 1:replicas:int 2:selector:string
        """
}
