extension BuiltinTypes {
    /// Metadata of objects and what many kinds share.
    static let metadataTypes = """
        ObjectMeta
          name:string generateName:string namespace:string selfLink:string uid:string resourceVersion:string generation:int
          creationTimestamp:time deletionTimestamp:time? deletionGracePeriodSeconds:int? labels:{string} annotations:{string}
          ownerReferences:[OwnerReference]@uid finalizers:[string]@set managedFields:[any]
        OwnerReference
          apiVersion:string! kind:string! name:string! uid:string! controller:bool? blockOwnerDeletion:bool?
        LabelSelector^
          matchLabels:{string} matchExpressions:[LabelSelectorRequirement]
        LabelSelectorRequirement
          key:string! operator:string! values:[string]
        ObjectReference
          kind:string namespace:string name:string uid:string apiVersion:string resourceVersion:string fieldPath:string
        LocalObjectReference
          name:string
        TypedLocalObjectReference
          apiGroup:string? kind:string! name:string!
        TypedObjectReference
          apiGroup:string? kind:string! name:string! namespace:string?
        SecretReference
          name:string namespace:string
        Condition
          type:string! status:string! observedGeneration:int lastTransitionTime:time reason:string! message:string!
        WorkloadCondition
          type:string! status:string! lastProbeTime:time? lastUpdateTime:time? lastTransitionTime:time reason:string message:string
        TimedCondition
          type:string! status:string! lastUpdateTime:time lastTransitionTime:time reason:string message:string
        ProbedCondition
          type:string! status:string! lastProbeTime:time lastTransitionTime:time reason:string message:string
        """
}
