import KubernetesModel

/// What the controller manager would do with a ReplicaSet.
struct ReplicaSetSimulation {
    let replicaSet: AppsV1.ReplicaSet
    /// Pods that the ReplicaSet controls, ending ones included.
    let pods: [CoreV1.Pod]

    private var live: [CoreV1.Pod] { pods.filter { !$0.metadata.isBeingDeleted && !$0.hasEnded } }

    /// Number of Pods to make.
    var missing: Int { max(0, (replicaSet.spec?.replicas ?? 1) - live.count) }

    /// Pods to delete: those that are not ready first, then the youngest.
    var surplus: [CoreV1.Pod] {
        let count = live.count - (replicaSet.spec?.replicas ?? 1)
        guard count > 0 else { return [] }
        return Array(live.sorted { ($0.isReady ? 1 : 0, $1.age, $0.key) < ($1.isReady ? 1 : 0, $0.age, $1.key) }.prefix(count))
    }

    /// A Pod of the ReplicaSet.
    ///
    /// - Parameter suffix: end of its name.
    func pod(suffix: String) -> CoreV1.Pod {
        let template = replicaSet.spec?.template
        var annotations = template?.metadata?.annotations ?? [:]
        annotations[SimulatorMark.simulated] = "true"
        return CoreV1.Pod(
            metadata: ObjectMeta(
                name: "\(replicaSet.metadata.name)-\(suffix)",
                namespace: replicaSet.metadata.namespace,
                labels: template?.metadata?.labels ?? [:],
                annotations: annotations,
                ownerReferences: [replicaSet.ownerReference()]
            ),
            spec: template?.spec
        )
    }

    /// The status as the Pods are now.
    var status: AppsV1.ReplicaSetStatus {
        let ready = live.filter(\.isReady).count
        return AppsV1.ReplicaSetStatus(
            observedGeneration: replicaSet.metadata.generation,
            replicas: live.count,
            fullyLabeledReplicas: live.isEmpty ? nil : live.count,
            readyReplicas: ready == 0 ? nil : ready,
            availableReplicas: ready == 0 ? nil : ready
        )
    }
}

extension CoreV1.Pod {
    /// Creation in microseconds since 1970.
    fileprivate var age: Int64 { metadata.creationTimestamp?.microseconds ?? 0 }
}
