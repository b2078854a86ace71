import KubernetesModel

/// One container of a pod: whether it runs, whether it may, and when it is started again.
struct ContainerRun: Sendable, Hashable {
    /// It does not run.
    struct Waiting: Sendable, Hashable {
        var reason: String
        var message: String?
        /// When it is started.
        var until: Duration
    }

    /// It runs.
    struct Running: Sendable, Hashable {
        var pid: Int32
        var since: Duration
        var startedAt: Timestamp
    }

    /// It has ended.
    struct Ended: Sendable, Hashable {
        var exit: ProcessEnd
        var startedAt: Timestamp
        var finishedAt: Timestamp
    }

    /// It is being stopped.
    struct Stop: Sendable, Hashable {
        var killAt: Duration
        var isAsked = false
        var isKilled = false
    }

    enum State: Sendable, Hashable {
        case waiting(Waiting)
        /// Somebody is at it.
        case starting
        case running(Running)
        case ended(Ended)
    }

    let container: CoreV1.Container
    var state: State = .waiting(Waiting(reason: "ContainerCreating", until: .zero))
    var lastEnd: Ended?
    /// How often it was started before.
    var restarts: Int
    var stop: Stop?
    var probes: [ProbeKind: ProbeState] = [:]
    private var backoff = RestartBackoff()

    init(_ container: CoreV1.Container, restarts: Int = 0) {
        self.container = container
        self.restarts = restarts
    }

    var name: String { container.name ?? "" }

    var running: Running? { if case .running(let running) = state { running } else { nil } }
    var ended: Ended? { if case .ended(let ended) = state { ended } else { nil } }

    /// Whether its startup probe, if it has one, has succeeded.
    var isStarted: Bool { running != nil && (probes[.startup].map { $0.verdict == true } ?? true) }
    /// Whether it may have traffic.
    var isReady: Bool { isStarted && (probes[.readiness].map { $0.verdict == true } ?? true) }

    /// It runs now.
    mutating func launched(pid: Int32, _ now: Moment) {
        state = .running(Running(pid: pid, since: now.clock, startedAt: now.wall.wholeSeconds))
        stop = nil
        probes = [:]
        probes[.startup] = container.startupProbe.map { ProbeState($0, since: now.clock) }
        probes[.readiness] = container.readinessProbe.map { ProbeState($0, since: now.clock) }
        probes[.liveness] = container.livenessProbe.map { ProbeState($0, since: now.clock) }
    }

    /// It could not be started.
    mutating func refused(reason: String, message: String, until: Duration) {
        state = .waiting(Waiting(reason: reason, message: message, until: until))
    }

    /// Its process ended.
    ///
    /// - Parameter restarts: whether it is to be started again after an end of this kind.
    mutating func exited(_ exit: ProcessEnd, restarts again: Bool, _ now: Moment) {
        guard let running else { return }
        let end = Ended(exit: exit, startedAt: running.startedAt, finishedAt: now.wall.wholeSeconds)
        probes = [:]
        stop = nil
        guard again else {
            state = .ended(end)
            return
        }
        lastEnd = end
        restarts += 1
        let wait = backoff.wait(afterRunning: now.clock - running.since)
        state = .waiting(
            Waiting(
                reason: "CrashLoopBackOff",
                message: "back-off \(wait.components.seconds)s restarting failed container=\(name)",
                until: now.clock + wait
            )
        )
    }

    /// A probe was tried.
    mutating func probed(_ kind: ProbeKind, _ success: Bool, grace: Duration, _ now: Moment) {
        guard running != nil, var probe = probes[kind] else { return }
        probe.finish(success)
        probes[kind] = probe
        if kind == .startup, probe.verdict == true {
            // The others wait for this.
            probes[.readiness]?.hold(until: now.clock)
            probes[.liveness]?.hold(until: now.clock)
        }
        if kind != .readiness, probe.verdict == false, stop == nil { stop = Stop(killAt: now.clock + grace) }
    }

    /// The probes that are to be tried now.
    func dueProbes(_ now: Duration) -> [ProbeKind] {
        activeProbes.filter { probes[$0]?.isDue(now) ?? false }
    }

    /// When something is to be done, if nothing happens before.
    func wake() -> Duration? {
        switch state {
        case .waiting(let waiting): waiting.until
        case .starting, .ended: nil
        case .running:
            if let stop {
                stop.isKilled ? nil : stop.killAt
            } else {
                activeProbes.compactMap { kind in probes[kind].flatMap { $0.isUnderWay ? nil : $0.next } }.min()
            }
        }
    }

    private var activeProbes: [ProbeKind] {
        guard running != nil, stop == nil else { return [] }
        return isStarted ? [.readiness, .liveness] : [.startup]
    }
}
