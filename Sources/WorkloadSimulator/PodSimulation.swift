import KubernetesModel

/// What a kubelet would do with a Pod.
struct PodSimulation {
    /// The next step.
    enum Step: Sendable, Hashable {
        /// Nothing, until something changes.
        case rest
        /// Nothing for some seconds.
        case wait(Duration)
        /// Write this status.
        case report(CoreV1.PodStatus)
        /// Remove it for good.
        case remove
    }

    let pod: CoreV1.Pod
    /// Whether every claim it mounts is bound.
    let hasVolumes: Bool
    let configuration: SimulatorConfiguration

    private var isOfJob: Bool { pod.metadata.controller?.kind == "Job" }

    /// The next step.
    func step(now: Timestamp) -> Step {
        if let since = pod.metadata.deletionTimestamp {
            // The deletion time lies in the future by the grace period; what was asked for counts from the request.
            let asked = since.advanced(bySeconds: -Double(pod.metadata.deletionGracePeriodSeconds ?? 0))
            return remaining(asked, configuration.stopDelay, now).map { .wait($0) } ?? .remove
        }
        if pod.hasEnded { return .rest }
        if let reason = pod.metadata.annotations[SimulatorMark.failure] {
            let status = failing(reason, now)
            return same(status) ? .rest : .report(status)
        }
        guard hasVolumes else { return .rest }
        let created = pod.metadata.creationTimestamp ?? now
        if isOfJob {
            let total = configuration.startDelay + configuration.jobDuration
            return remaining(created, total, now).map { .wait($0) } ?? .report(succeeded(now))
        }
        if pod.isReady { return .rest }
        return remaining(created, configuration.startDelay, now).map { .wait($0) } ?? .report(running(now))
    }

    private func remaining(_ start: Timestamp, _ delay: Duration, _ now: Timestamp) -> Duration? {
        guard delay > .zero else { return nil }
        let left = delay - .microseconds(now.microseconds - start.microseconds)
        return left > .zero ? left : nil
    }

    private func same(_ status: CoreV1.PodStatus) -> Bool {
        status.phase == pod.status?.phase && status.containerStatuses == pod.status?.containerStatuses
    }

    private func running(_ now: Timestamp) -> CoreV1.PodStatus {
        let time = now.wholeSeconds
        return status("Running", now, isReady: true) { container in
            CoreV1.ContainerStatus(
                name: container.name,
                ready: true,
                started: true,
                restartCount: 0,
                image: container.image,
                imageID: "",
                state: .init(running: .init(startedAt: time))
            )
        }
    }

    private func succeeded(_ now: Timestamp) -> CoreV1.PodStatus {
        let time = now.wholeSeconds
        return status("Succeeded", now, isReady: false) { container in
            CoreV1.ContainerStatus(
                name: container.name,
                ready: false,
                started: false,
                restartCount: 0,
                image: container.image,
                imageID: "",
                state: .init(terminated: .init(exitCode: 0, reason: "Completed", startedAt: time, finishedAt: time))
            )
        }
    }

    private func failing(_ reason: String, _ now: Timestamp) -> CoreV1.PodStatus {
        status("Pending", now, isReady: false) { container in
            CoreV1.ContainerStatus(
                name: container.name,
                ready: false,
                started: false,
                restartCount: 0,
                image: container.image,
                imageID: "",
                state: .init(waiting: .init(reason: reason))
            )
        }
    }

    private func status(
        _ phase: String,
        _ now: Timestamp,
        isReady: Bool,
        container: (CoreV1.Container) -> CoreV1.ContainerStatus
    ) -> CoreV1.PodStatus {
        let time = now.wholeSeconds
        func condition(_ type: String, _ holds: Bool) -> CoreV1.WorkloadCondition {
            .init(type: type, status: holds ? "True" : "False", lastTransitionTime: time)
        }
        return CoreV1.PodStatus(
            phase: phase,
            conditions: [
                condition("PodScheduled", true), condition("Initialized", true), condition("ContainersReady", isReady),
                condition("Ready", isReady),
            ],
            containerStatuses: (pod.spec?.containers ?? []).map(container),
            hostIP: "127.0.0.1",
            podIP: "127.0.0.1",
            podIPs: [.init(ip: "127.0.0.1")],
            startTime: time
        )
    }
}
