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
        """
}
