extension ProtobufTypes {
    /// The kinds that bodies may have: API version, kind, message.
    static let kindListing = """
        v1 Namespace Namespace
        v1 ConfigMap ConfigMap
        v1 Secret Secret
        v1 ServiceAccount ServiceAccount
        v1 Service Service
        v1 Pod Pod
        v1 Node Node
        v1 PersistentVolume PersistentVolume
        v1 PersistentVolumeClaim PersistentVolumeClaim
        v1 ResourceQuota ResourceQuota
        v1 LimitRange LimitRange
        v1 Endpoints Endpoints
        v1 Event Event
        v1 Binding Binding
        apps/v1 Deployment Deployment
        apps/v1 ReplicaSet ReplicaSet
        apps/v1 StatefulSet StatefulSet
        apps/v1 DaemonSet DaemonSet
        batch/v1 Job Job
        batch/v1 CronJob CronJob
        rbac.authorization.k8s.io/v1 Role Role
        rbac.authorization.k8s.io/v1 RoleBinding RoleBinding
        rbac.authorization.k8s.io/v1 ClusterRole ClusterRole
        rbac.authorization.k8s.io/v1 ClusterRoleBinding ClusterRoleBinding
        networking.k8s.io/v1 Ingress Ingress
        networking.k8s.io/v1 IngressClass IngressClass
        networking.k8s.io/v1 NetworkPolicy NetworkPolicy
        policy/v1 PodDisruptionBudget PodDisruptionBudget
        policy/v1 Eviction Eviction
        scheduling.k8s.io/v1 PriorityClass PriorityClass
        storage.k8s.io/v1 StorageClass StorageClass
        coordination.k8s.io/v1 Lease Lease
        events.k8s.io/v1 Event eventsEvent
        discovery.k8s.io/v1 EndpointSlice EndpointSlice
        authentication.k8s.io/v1 TokenRequest TokenRequest
        authentication.k8s.io/v1 TokenReview TokenReview
        authentication.k8s.io/v1 SelfSubjectReview SelfSubjectReview
        authorization.k8s.io/v1 SelfSubjectAccessReview SelfSubjectAccessReview
        authorization.k8s.io/v1 SubjectAccessReview SubjectAccessReview
        authorization.k8s.io/v1 LocalSubjectAccessReview LocalSubjectAccessReview
        authorization.k8s.io/v1 SelfSubjectRulesReview SelfSubjectRulesReview
        autoscaling/v1 Scale Scale
        v1 DeleteOptions DeleteOptions
        """
}
