import KubernetesModel

/// How far a tenant's pod is, judged from the Deployment and its pods.
public struct WorkloadHealth: Sendable, Hashable {
    /// Whether the workload does what is asked.
    public var status: ConditionStatus
    /// Reason of the condition.
    public var reason: TenantReason
    /// Stable sentence for people.
    public var message: String
    /// Whether somebody has to change something.
    public var isStalled: Bool

    /// Makes a judgement.
    public init(_ status: ConditionStatus, _ reason: TenantReason, _ message: String, isStalled: Bool = false) {
        self.status = status
        self.reason = reason
        self.message = message
        self.isStalled = isStalled
    }

    /// Judges a workload.
    ///
    /// - Parameters:
    ///   - deployment: the Deployment as the API server knows it; `nil` when it is not there yet.
    ///   - pods: its pods.
    ///   - isSuspended: whether no pod is wanted.
    public static func judge(deployment: AppsV1.Deployment?, pods: [CoreV1.Pod], isSuspended: Bool) -> WorkloadHealth {
        guard !isSuspended else { return judgeSuspension(deployment, pods) }
        guard let deployment else { return .init(.false, .workloadNotReady, "The Deployment was not made yet") }
        if let failure = podFailure(pods) { return failure }
        let status = deployment.status
        let progressing = status?.conditions?.first { $0.type == "Progressing" }
        if progressing?.status == "False", progressing?.reason == "ProgressDeadlineExceeded" {
            return .init(.false, .progressDeadlineExceeded, "The pod did not become ready in time", isStalled: true)
        }
        let wanted = deployment.spec?.replicas ?? 1
        let isCurrent = (status?.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
        guard isCurrent, wanted > 0, status?.updatedReplicas ?? 0 >= wanted, status?.replicas == status?.updatedReplicas,
            status?.availableReplicas ?? 0 >= wanted
        else { return .init(.false, .workloadNotReady, "The pod is not ready yet") }
        return .init(.true, .podReady, "The pod is ready")
    }

    private static func judgeSuspension(_ deployment: AppsV1.Deployment?, _ pods: [CoreV1.Pod]) -> WorkloadHealth {
        let isDown = pods.isEmpty && (deployment?.status?.replicas ?? 0) == 0 && (deployment?.spec?.replicas ?? 0) == 0
        return isDown
            ? .init(.false, .suspended, "The tenant is suspended")
            : .init(.false, .suspending, "The tenant is being suspended")
    }

    /// A failure that pods report. The kubelet alternates between reasons while it backs off; each pair counts as one, so that the status
    /// does not flap with it.
    private static func podFailure(_ pods: [CoreV1.Pod]) -> WorkloadHealth? {
        for pod in pods where !pod.metadata.isBeingDeleted {
            for container in pod.status?.containerStatuses ?? [] where container.ready != true {
                if let failure = failure(of: container) { return failure }
            }
            let scheduled = pod.status?.conditions?.first { $0.type == "PodScheduled" }
            if scheduled?.status == "False", scheduled?.reason == "Unschedulable" {
                return .init(.false, .unschedulable, "No node takes the pod: resources, node pool or volume do not fit")
            }
        }
        return nil
    }

    private static func failure(of container: CoreV1.ContainerStatus) -> WorkloadHealth? {
        let name = container.name ?? "openclaw"
        switch container.state?.waiting?.reason {
        case "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull":
            return .init(.false, .imagePullBackOff, "The image of container \(name) cannot be fetched")
        case "CreateContainerConfigError", "CreateContainerError":
            return .init(.false, .containerConfigError, "Container \(name) refers to a Secret or ConfigMap that does not exist")
        case "CrashLoopBackOff":
            return .init(.false, .crashLoopBackOff, "Container \(name) ends again and again")
        default:
            guard (container.restartCount ?? 0) > 1 else { return nil }
            return .init(.false, .crashLoopBackOff, "Container \(name) ends again and again")
        }
    }
}
