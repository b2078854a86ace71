import KubernetesModel

/// Runs the containers of one pod: init containers one after the other, then the others side by side; restarts, probes, and the end.
/// Decided from what it is told alone.
struct PodRun: Sendable, Hashable {
    /// What is to be done.
    enum Action: Sendable, Hashable {
        /// Start a container.
        case start(String)
        /// Send a signal: SIGTERM, or SIGKILL when `hard`.
        case signal(String, pid: Int32, hard: Bool)
        /// Try a probe, and tell.
        case probe(String, pid: Int32, ProbeKind)
    }

    enum RestartPolicy: String, Sendable, Hashable {
        case always = "Always"
        case onFailure = "OnFailure"
        case never = "Never"
    }

    let address: String
    let startedAt: Timestamp
    private(set) var inits: [ContainerRun]
    private(set) var mains: [ContainerRun]
    /// When each condition got its present status.
    var transitions: [String: Transition] = [:]
    private let policy: RestartPolicy
    private let grace: Duration
    /// When a pod that is to end is killed.
    private var endBy: Duration?

    struct Transition: Sendable, Hashable {
        var holds: Bool
        var since: Timestamp
    }

    /// Begins with a pod.
    ///
    /// - Parameter pod: its status tells how often containers were started in an earlier life of the runtime.
    init(_ pod: CoreV1.Pod, address: String, _ now: Moment) {
        self.address = address
        startedAt = pod.status?.startTime ?? now.wall.wholeSeconds
        policy = RestartPolicy(rawValue: pod.spec?.restartPolicy ?? "") ?? .always
        grace = .seconds(pod.spec?.terminationGracePeriodSeconds ?? 30)
        func runs(_ containers: [CoreV1.Container]?, _ statuses: [CoreV1.ContainerStatus]?) -> [ContainerRun] {
            (containers ?? []).map { container in
                let former = statuses?.first { $0.name == container.name }
                let hasRun = former?.state?.running != nil || former?.state?.terminated != nil
                return ContainerRun(container, restarts: (former?.restartCount ?? 0) + (hasRun ? 1 : 0))
            }
        }
        inits = runs(pod.spec?.initContainers, pod.status?.initContainerStatuses)
        mains = runs(pod.spec?.containers, pod.status?.containerStatuses)
    }

    // MARK: - What happened

    /// A container runs.
    mutating func launched(_ name: String, pid: Int32, _ now: Moment) { change(name) { $0.launched(pid: pid, now) } }

    /// A container could not be started.
    mutating func refused(_ name: String, reason: String, message: String, until: Duration) {
        change(name) { $0.refused(reason: reason, message: message, until: until) }
    }

    /// A process ended.
    mutating func exited(_ name: String, pid: Int32, _ exit: ProcessEnd, _ now: Moment) {
        let isInit = inits.contains { $0.name == name }
        let again = endBy == nil && (policy == .always && !isInit || policy != .never && !exit.isSuccess)
        change(name) { if $0.running?.pid == pid { $0.exited(exit, restarts: again, now) } }
    }

    /// A probe was tried.
    mutating func probed(_ name: String, pid: Int32, _ kind: ProbeKind, _ success: Bool, _ now: Moment) {
        let grace = grace
        change(name) { if $0.running?.pid == pid { $0.probed(kind, success, grace: grace, now) } }
    }

    /// The pod is to end.
    ///
    /// - Parameter grace: how long its containers have; a shorter time than before counts.
    mutating func end(within grace: Duration, _ now: Moment) {
        let by = now.clock + grace
        guard endBy.map({ by < $0 }) ?? true else { return }
        endBy = by
        for name in (inits + mains).map(\.name) {
            change(name) { run in
                guard run.running != nil else { return }
                var stop = run.stop ?? ContainerRun.Stop(killAt: by)
                stop.killAt = min(stop.killAt, by)
                run.stop = stop
            }
        }
    }

    private mutating func change(_ name: String, _ body: (inout ContainerRun) -> Void) {
        if let index = inits.firstIndex(where: { $0.name == name }) { body(&inits[index]) }
        if let index = mains.firstIndex(where: { $0.name == name }) { body(&mains[index]) }
    }

    // MARK: - What is to be done

    /// Whether it is being ended.
    var isEnding: Bool { endBy != nil }
    /// Whether nothing of it runs.
    var isIdle: Bool {
        (inits + mains).allSatisfy { run in
            switch run.state {
            case .waiting, .ended: true
            case .starting, .running: false
            }
        }
    }
    /// Whether all init containers are done.
    var isInitialized: Bool { inits.allSatisfy { $0.ended?.exit.isSuccess ?? false } }
    /// Whether it has ended by itself, and how.
    var outcome: Bool? {
        if inits.contains(where: { $0.ended.map { !$0.exit.isSuccess } ?? false }) { return false }
        guard isInitialized, mains.allSatisfy({ $0.ended != nil }) else { return nil }
        return mains.allSatisfy { $0.ended?.exit.isSuccess ?? false }
    }

    /// Decides on what is to be done now, and takes it as being done.
    mutating func step(_ now: Moment) -> [Action] {
        var actions: [Action] = []
        for index in inits.indices {
            actions += Self.step(
                &inits[index],
                now,
                mayStart: !isEnding && inits[..<index].allSatisfy { $0.ended?.exit.isSuccess ?? false }
            )
        }
        for index in mains.indices { actions += Self.step(&mains[index], now, mayStart: !isEnding && isInitialized) }
        return actions
    }

    private static func step(_ run: inout ContainerRun, _ now: Moment, mayStart: Bool) -> [Action] {
        switch run.state {
        case .waiting(let waiting):
            guard mayStart, now.clock >= waiting.until else { return [] }
            run.state = .starting
            return [.start(run.name)]
        case .starting, .ended: return []
        case .running(let running):
            if var stop = run.stop {
                defer { run.stop = stop }
                if now.clock >= stop.killAt, !stop.isKilled {
                    stop.isAsked = true
                    stop.isKilled = true
                    return [.signal(run.name, pid: running.pid, hard: true)]
                }
                guard !stop.isAsked else { return [] }
                stop.isAsked = true
                return [.signal(run.name, pid: running.pid, hard: false)]
            }
            return run.dueProbes(now.clock).map { kind in
                run.probes[kind]?.begin(now.clock)
                return .probe(run.name, pid: running.pid, kind)
            }
        }
    }

    /// When something is to be done, if nothing happens before.
    var wake: Duration? {
        let starting = isEnding ? [] : (isInitialized ? mains : inits.first { $0.ended == nil }.map { [$0] } ?? [])
        let running = (inits + mains).filter { $0.running != nil }
        return (starting + running).compactMap { $0.wake() }.min()
    }

    /// A container by its name.
    func container(_ name: String) -> ContainerRun? { (inits + mains).first { $0.name == name } }
}
