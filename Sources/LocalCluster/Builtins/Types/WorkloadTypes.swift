extension BuiltinTypes {
    /// Workloads: the groups apps, batch and policy.
    static let workloadTypes = """
        Deployment
          metadata:ObjectMeta spec:DeploymentSpec status:DeploymentStatus
        DeploymentSpec
          replicas:int? selector:LabelSelector?! template:PodTemplateSpec strategy:DeploymentStrategy~ minReadySeconds:int
          revisionHistoryLimit:int? paused:bool progressDeadlineSeconds:int?
        DeploymentStrategy
          type:string rollingUpdate:RollingUpdate?
        RollingUpdate
          maxUnavailable:intstr? maxSurge:intstr?
        DeploymentStatus
          observedGeneration:int replicas:int updatedReplicas:int readyReplicas:int availableReplicas:int unavailableReplicas:int
          conditions:[TimedCondition]@type collisionCount:int? terminatingReplicas:int?
        ReplicaSet
          metadata:ObjectMeta spec:ReplicaSetSpec status:ReplicaSetStatus
        ReplicaSetSpec
          replicas:int? minReadySeconds:int selector:LabelSelector?! template:PodTemplateSpec
        ReplicaSetStatus
          replicas:int! fullyLabeledReplicas:int readyReplicas:int availableReplicas:int observedGeneration:int
          conditions:[WorkloadCondition]@type terminatingReplicas:int?
        StatefulSet
          metadata:ObjectMeta spec:StatefulSetSpec status:StatefulSetStatus
        StatefulSetSpec
          replicas:int? selector:LabelSelector?! template:PodTemplateSpec volumeClaimTemplates:[EmbeddedPersistentVolumeClaim]
          serviceName:string! podManagementPolicy:string updateStrategy:StatefulSetStrategy revisionHistoryLimit:int? minReadySeconds:int
          persistentVolumeClaimRetentionPolicy:ClaimRetention? ordinals:StatefulSetOrdinals?
        StatefulSetStrategy
          type:string rollingUpdate:StatefulSetRollingUpdate?
        StatefulSetRollingUpdate
          partition:int? maxUnavailable:intstr?
        ClaimRetention
          whenDeleted:string whenScaled:string
        StatefulSetOrdinals
          start:int!
        StatefulSetStatus
          observedGeneration:int replicas:int! readyReplicas:int currentReplicas:int updatedReplicas:int currentRevision:string
          updateRevision:string collisionCount:int? conditions:[WorkloadCondition]@type availableReplicas:int
        DaemonSet
          metadata:ObjectMeta spec:DaemonSetSpec status:DaemonSetStatus
        DaemonSetSpec
          selector:LabelSelector?! template:PodTemplateSpec updateStrategy:DaemonSetStrategy minReadySeconds:int revisionHistoryLimit:int?
        DaemonSetStrategy
          type:string rollingUpdate:RollingUpdate?
        DaemonSetStatus
          currentNumberScheduled:int! numberMisscheduled:int! desiredNumberScheduled:int! numberReady:int! observedGeneration:int
          updatedNumberScheduled:int numberAvailable:int numberUnavailable:int collisionCount:int? conditions:[WorkloadCondition]@type
        ControllerRevision
          metadata:ObjectMeta data:any revision:int!
        Job
          metadata:ObjectMeta spec:JobSpec status:JobStatus
        JobSpec
          parallelism:int? completions:int? activeDeadlineSeconds:int? backoffLimit:int? selector:LabelSelector? manualSelector:bool?
          template:PodTemplateSpec ttlSecondsAfterFinished:int? completionMode:string? suspend:bool? podFailurePolicy:any?
          podReplacementPolicy:string? backoffLimitPerIndex:int? maxFailedIndexes:int? successPolicy:any? managedBy:string?
        JobStatus
          conditions:[ProbedCondition]@type startTime:time? completionTime:time? active:int succeeded:int failed:int
          completedIndexes:string uncountedTerminatedPods:UncountedPods? ready:int? terminating:int? failedIndexes:string?
        UncountedPods
          succeeded:[string]@set failed:[string]@set
        CronJob
          metadata:ObjectMeta spec:CronJobSpec status:CronJobStatus
        CronJobSpec
          schedule:string! timeZone:string? startingDeadlineSeconds:int? concurrencyPolicy:string suspend:bool? jobTemplate:JobTemplateSpec
          successfulJobsHistoryLimit:int? failedJobsHistoryLimit:int?
        JobTemplateSpec
          metadata:ObjectMeta spec:JobSpec
        CronJobStatus
          active:[ObjectReference] lastScheduleTime:time? lastSuccessfulTime:time?
        PodDisruptionBudget
          metadata:ObjectMeta spec:PodDisruptionBudgetSpec status:PodDisruptionBudgetStatus
        PodDisruptionBudgetSpec
          minAvailable:intstr? selector:LabelSelector? maxUnavailable:intstr? unhealthyPodEvictionPolicy:string?
        PodDisruptionBudgetStatus
          observedGeneration:int disruptedPods:{time} disruptionsAllowed:int! currentHealthy:int! desiredHealthy:int! expectedPods:int!
          conditions:[Condition]@type
        Scale
          metadata:ObjectMeta spec:ScaleSpec status:ScaleStatus
        ScaleSpec
          replicas:int
        ScaleStatus
          replicas:int! selector:string
        """
}
