import KubernetesModel

extension PodRun {
    /// The pod's status as it is now.
    ///
    /// - Parameter now: time of transitions.
    mutating func status(_ now: Moment) -> CoreV1.PodStatus {
        let isOver = outcome != nil
        let unready = mains.filter { !$0.isReady }.map(\.name)
        let initialized = note("Initialized", isInitialized, now)
        let ready = note("Ready", unready.isEmpty && !isOver && isInitialized, now)
        let containers = note("ContainersReady", unready.isEmpty && !isOver && isInitialized, now)
        let scheduled = note("PodScheduled", true, now)
        func condition(_ type: String, _ transition: Transition, _ reason: String? = nil, _ message: String? = nil)
            -> CoreV1.WorkloadCondition
        {
            CoreV1.WorkloadCondition(
                type: type,
                status: transition.holds ? "True" : "False",
                reason: transition.holds ? nil : reason,
                message: transition.holds ? nil : message,
                lastTransitionTime: transition.since
            )
        }
        let reason = isOver ? "PodCompleted" : "ContainersNotReady"
        let message = isOver ? nil : "containers with unready status: [\(unready.joined(separator: " "))]"
        return CoreV1.PodStatus(
            phase: phase,
            conditions: [
                condition("PodScheduled", scheduled),
                condition("Initialized", initialized, "ContainersNotInitialized", "containers with incomplete status"),
                condition("ContainersReady", containers, reason, message),
                condition("Ready", ready, reason, message),
            ],
            containerStatuses: mains.map { Self.status($0, isInit: false, isInitializing: !isInitialized) },
            initContainerStatuses: inits.isEmpty ? nil : inits.map { Self.status($0, isInit: true, isInitializing: false) },
            hostIP: "127.0.0.1",
            podIP: address,
            podIPs: [.init(ip: address)],
            startTime: startedAt
        )
    }

    private var phase: String {
        switch outcome {
        case true: "Succeeded"
        case false: "Failed"
        case nil: mains.contains { $0.running != nil || $0.ended != nil || $0.lastEnd != nil } ? "Running" : "Pending"
        }
    }

    private mutating func note(_ type: String, _ holds: Bool, _ now: Moment) -> Transition {
        if let known = transitions[type], known.holds == holds { return known }
        let transition = Transition(holds: holds, since: now.wall.wholeSeconds)
        transitions[type] = transition
        return transition
    }

    private static func status(_ run: ContainerRun, isInit: Bool, isInitializing: Bool) -> CoreV1.ContainerStatus {
        CoreV1.ContainerStatus(
            name: run.name,
            ready: run.isReady || isInit && run.ended?.exit.isSuccess == true,
            started: run.isStarted,
            restartCount: run.restarts,
            image: run.container.image,
            imageID: "",
            containerID: run.running.map { "process://\($0.pid)" },
            state: state(run, isInitializing: isInitializing),
            lastState: run.lastEnd.map { .init(terminated: terminated($0)) } ?? .init()
        )
    }

    private static func state(_ run: ContainerRun, isInitializing: Bool) -> CoreV1.ContainerState {
        switch run.state {
        case .waiting(let waiting):
            .init(waiting: .init(reason: isInitializing ? "PodInitializing" : waiting.reason, message: waiting.message))
        case .starting: .init(waiting: .init(reason: "ContainerCreating"))
        case .running(let running): .init(running: .init(startedAt: running.startedAt))
        case .ended(let end): .init(terminated: terminated(end))
        }
    }

    private static func terminated(_ end: ContainerRun.Ended) -> CoreV1.ContainerStateTerminated {
        .init(
            exitCode: end.exit.code,
            signal: end.exit.signal,
            reason: end.exit.isSuccess ? "Completed" : "Error",
            startedAt: end.startedAt,
            finishedAt: end.finishedAt
        )
    }
}
