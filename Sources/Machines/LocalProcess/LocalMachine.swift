/// How a process ended.
enum ProcessEnd: Sendable, Hashable {
    case exit(Int32)
    case signal(Int32)
    /// It is gone and was nobody's child here.
    case unknown
}

/// What a machine's process is doing.
enum ProcessCondition: Sendable, Hashable {
    /// There is none.
    case none
    case alive
    case ended(ProcessEnd)
}

/// What is to be done about a machine.
enum LocalAction: Sendable, Hashable {
    case nothing
    case start(ProcessRole)
    /// Ask the process to end.
    case terminate
    /// End it.
    case kill
    /// Remove the machine's directory.
    case remove
}

/// A machine of this host, and what to do about it. It looks at nothing itself.
struct LocalMachine: Sendable, Hashable {
    var record: MachineRecord
    /// When the process was started or found again.
    private(set) var since: Duration = .zero
    /// When the next one may be started.
    private(set) var notBefore: Duration = .zero
    /// Since when the process is asked to end.
    private(set) var stopping: Duration?

    init(_ record: MachineRecord, now: Duration) {
        self.record = record
        since = now
        notBefore = now
    }

    /// Decides what to do next.
    ///
    /// - Parameters:
    ///   - now: any clock that does not go back.
    ///   - condition: of the process.
    ///   - isEnding: whether everything is to stop for now, whatever is wanted.
    mutating func step(
        now: Duration,
        condition: ProcessCondition,
        isEnding: Bool = false,
        configuration: LocalProcessConfiguration
    ) -> LocalAction {
        if case .ended(let end) = condition { note(end, now: now, isEnding: isEnding, configuration) }
        let isAlive = condition == .alive && record.running != nil
        if record.wanted != .on {
            // Whoever switches it on again wants another attempt.
            record.refusal = nil
            record.failures = 0
            notBefore = now
        }
        if isAlive, record.wanted != .on || isEnding || stopping != nil { return stop(now: now, configuration) }
        switch record.wanted {
        case .gone: return .remove
        case .off: return .nothing
        case .on:
            if isAlive {
                if record.failures > 0, now - since >= configuration.healthyAfter { record.failures = 0 }
                return .nothing
            }
            guard !isEnding, record.refusal == nil, now >= notBefore else { return .nothing }
            return .start(record.nextRole)
        }
    }

    /// A process was started.
    mutating func started(_ role: ProcessRole, _ identity: ProcessIdentity, now: Duration) {
        record.running = MachineRecord.Running(role: role, identity: identity)
        record.starting = nil
        since = now
        stopping = nil
        if role == .gateway { record.isProvisioned = true }
    }

    /// No process could be started.
    mutating func startFailed(now: Duration, _ configuration: LocalProcessConfiguration) {
        record.starting = nil
        fail(now: now, configuration)
    }

    private mutating func stop(now: Duration, _ configuration: LocalProcessConfiguration) -> LocalAction {
        guard let stopping else {
            stopping = now
            return .terminate
        }
        return now - stopping >= configuration.grace ? .kill : .nothing
    }

    private mutating func note(_ end: ProcessEnd, now: Duration, isEnding: Bool, _ configuration: LocalProcessConfiguration) {
        guard let running = record.running else { return }
        record.running = nil
        let wasAsked = stopping != nil
        stopping = nil
        if running.role == .bootstrap, case .exit(let code) = end, code == 0 {
            record.commandsDone += 1
            record.failures = 0
            notBefore = now
            return
        }
        if wasAsked || isEnding { return }
        switch (running.role, end) {
        // The program gave up, and has said why to the control plane.
        case (.bootstrap, .exit(let code)): record.refusal = code
        // Nobody saw how it ended: it is run again, which repeats nothing it has done.
        case (.bootstrap, .unknown): notBefore = now
        default:
            if now - since >= configuration.healthyAfter { record.failures = 0 }
            fail(now: now, configuration)
        }
    }

    private mutating func fail(now: Duration, _ configuration: LocalProcessConfiguration) {
        record.failures += 1
        notBefore = now + configuration.pause(failures: record.failures)
    }
}
