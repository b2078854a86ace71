extension BuiltinTypes {
    /// Cluster-wide kinds: access control, storage classes, priorities.
    static let clusterTypes = """
        Role
          metadata:ObjectMeta rules:[PolicyRule]!
        ClusterRole
          metadata:ObjectMeta rules:[PolicyRule]! aggregationRule:AggregationRule?
        AggregationRule
          clusterRoleSelectors:[LabelSelector]
        PolicyRule
          verbs:[string]! apiGroups:[string] resources:[string] resourceNames:[string] nonResourceURLs:[string]
        RoleBinding
          metadata:ObjectMeta subjects:[Subject] roleRef:RoleRef
        ClusterRoleBinding
          metadata:ObjectMeta subjects:[Subject] roleRef:RoleRef
        Subject
          kind:string! apiGroup:string name:string! namespace:string
        RoleRef
          apiGroup:string! kind:string! name:string!
        StorageClass
          metadata:ObjectMeta provisioner:string! parameters:{string} reclaimPolicy:string? mountOptions:[string] allowVolumeExpansion:bool?
          volumeBindingMode:string? allowedTopologies:[TopologySelectorTerm]
        TopologySelectorTerm
          matchLabelExpressions:[TopologyRequirement]
        TopologyRequirement
          key:string! values:[string]!
        PriorityClass
          metadata:ObjectMeta value:int! globalDefault:bool description:string preemptionPolicy:string?
        FlowSchema
          metadata:ObjectMeta spec:FlowSchemaSpec status:FlowStatus
        FlowSchemaSpec
          priorityLevelConfiguration:FlowReference matchingPrecedence:int! distinguisherMethod:FlowDistinguisher? rules:[FlowRules]
        FlowReference
          name:string!
        FlowDistinguisher
          type:string!
        FlowRules
          subjects:[FlowSubject]! resourceRules:[FlowResourceRule] nonResourceRules:[FlowNonResourceRule]
        FlowSubject
          kind:string! user:FlowReference? group:FlowReference? serviceAccount:FlowServiceAccount?
        FlowServiceAccount
          namespace:string! name:string!
        FlowResourceRule
          verbs:[string]! apiGroups:[string]! resources:[string]! clusterScope:bool namespaces:[string]
        FlowNonResourceRule
          verbs:[string]! nonResourceURLs:[string]!
        FlowStatus
          conditions:[TimedCondition]@type
        PriorityLevelConfiguration
          metadata:ObjectMeta spec:PriorityLevelSpec status:FlowStatus
        PriorityLevelSpec
          type:string! limited:PriorityLevelLimits? exempt:PriorityLevelExemption?
        PriorityLevelLimits
          nominalConcurrencyShares:int? limitResponse:PriorityLevelResponse lendablePercent:int? borrowingLimitPercent:int?
        PriorityLevelResponse
          type:string! queuing:PriorityLevelQueuing?
        PriorityLevelQueuing
          queues:int! handSize:int! queueLengthLimit:int!
        PriorityLevelExemption
          nominalConcurrencyShares:int? lendablePercent:int?
        """
}
