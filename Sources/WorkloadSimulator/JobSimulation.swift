import KubernetesModel

/// What the controller manager would do with a Job.
struct JobSimulation {
    let job: BatchV1.Job
    /// Pods that the Job controls.
    let pods: [CoreV1.Pod]

    private var completions: Int { job.spec?.completions ?? 1 }
    private var succeeded: Int { pods.filter { $0.status?.phase == "Succeeded" }.count }
    private var failed: Int { pods.filter { $0.status?.phase == "Failed" }.count }
    /// More failures than are allowed: no Pod is made any more.
    private var hasFailed: Bool { failed > job.spec?.backoffLimit ?? 6 }
    private var active: Int { pods.filter { !$0.hasEnded && !$0.metadata.isBeingDeleted }.count }

    /// Whether the Job has ended.
    var isFinished: Bool {
        job.status?.conditions?.contains { ["Complete", "Failed"].contains($0.type ?? "") && $0.status == "True" } ?? false
    }

    /// Number of Pods to make.
    var missing: Int {
        guard !isFinished, !hasFailed, job.spec?.suspend != true else { return 0 }
        return max(0, min(job.spec?.parallelism ?? 1, completions - succeeded) - active)
    }

    /// A Pod of the Job.
    ///
    /// - Parameter suffix: end of its name.
    func pod(suffix: String) -> CoreV1.Pod {
        let template = job.spec?.template
        var annotations = template?.metadata?.annotations ?? [:]
        annotations[SimulatorMark.simulated] = "true"
        var labels = template?.metadata?.labels ?? [:]
        labels["batch.kubernetes.io/job-name"] = job.metadata.name
        labels["job-name"] = job.metadata.name
        return CoreV1.Pod(
            metadata: ObjectMeta(
                name: "\(job.metadata.name)-\(suffix)",
                namespace: job.metadata.namespace,
                labels: labels,
                annotations: annotations,
                ownerReferences: [job.ownerReference()]
            ),
            spec: template?.spec
        )
    }

    /// The status as the Pods are now.
    ///
    /// - Parameter now: time of transitions.
    func status(now: Timestamp) -> BatchV1.JobStatus {
        if isFinished, let status = job.status { return status }
        var status = BatchV1.JobStatus(
            active: active == 0 ? nil : active,
            succeeded: succeeded == 0 ? nil : succeeded,
            failed: failed == 0 ? nil : failed,
            startTime: job.status?.startTime ?? now.wholeSeconds
        )
        if succeeded >= completions {
            status.completionTime = now.wholeSeconds
            status.conditions = [
                .init(
                    type: "Complete",
                    status: "True",
                    reason: "CompletionsReached",
                    lastTransitionTime: now.wholeSeconds,
                    lastProbeTime: now.wholeSeconds
                )
            ]
        }
        if hasFailed, active == 0, succeeded < completions {
            status.conditions = [
                .init(
                    type: "Failed",
                    status: "True",
                    reason: "BackoffLimitExceeded",
                    message: "Job has reached the specified backoff limit",
                    lastTransitionTime: now.wholeSeconds,
                    lastProbeTime: now.wholeSeconds
                )
            ]
        }
        return status
    }
}
