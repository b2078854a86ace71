import KubernetesModel

/// What a probe of a container is for.
enum ProbeKind: String, Sendable, Hashable, CaseIterable {
    case startup, readiness, liveness
}

/// When a probe is due, and what its results come to.
struct ProbeState: Sendable, Hashable {
    let probe: CoreV1.Probe
    /// What the probe has decided; `nil` until as many results in a row agree as it wants.
    private(set) var verdict: Bool?
    /// When it is due.
    private(set) var next: Duration
    private(set) var isUnderWay = false
    /// How many results agree with the last one.
    private var streak = 0
    private var last: Bool?

    /// - Parameter since: when the container began to run.
    init(_ probe: CoreV1.Probe, since: Duration) {
        self.probe = probe
        next = since + .seconds(max(0, probe.initialDelaySeconds ?? 0))
    }

    private var period: Duration { .seconds(max(1, probe.periodSeconds ?? 10)) }
    /// How long one may take.
    var timeout: Duration { .seconds(max(1, probe.timeoutSeconds ?? 1)) }

    /// It is not due before a time.
    mutating func hold(until time: Duration) { next = max(next, time) }

    /// Whether it is to be tried now.
    func isDue(_ now: Duration) -> Bool { !isUnderWay && now >= next }

    /// It is being tried.
    mutating func begin(_ now: Duration) {
        isUnderWay = true
        next = now + period
    }

    /// It was tried.
    mutating func finish(_ success: Bool) {
        isUnderWay = false
        streak = last == success ? streak + 1 : 1
        last = success
        let needed = success ? probe.successThreshold ?? 1 : probe.failureThreshold ?? 3
        if streak >= max(1, needed) { verdict = success }
    }
}
