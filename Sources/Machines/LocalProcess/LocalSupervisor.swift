import Foundation
import Glibc
import KubernetesClient
import Logging
import NIOConcurrencyHelpers

/// Looks after the machines of a directory. Its methods block on files, so they run on threads that may.
final class LocalSupervisor: Sendable {
    private struct State {
        /// Held while the machines are known.
        var lock: RootLock?
        var machines: [String: LocalMachine] = [:]
        /// What their directories say.
        var written: [String: MachineRecord] = [:]
    }

    let configuration: LocalProcessConfiguration
    private let state = NIOLockedValueBox(State())
    private let time: TimeSource
    private let logger: Logger

    init(configuration: LocalProcessConfiguration, time: TimeSource, logger: Logger) {
        self.configuration = configuration
        self.time = time
        self.logger = logger
    }

    func directory(of name: String) -> MachineDirectory { MachineDirectory(path: "\(configuration.root)/\(name)") }

    // MARK: - What the provider asks for

    func ensure(_ request: MachineRequest) throws(MachineError) -> MachineObservation {
        try working { state throws(MachineError) in
            if try machine(request.target, state) == nil {
                guard request.desiredPower == .on else { return MachineObservation(state: .absent) }
                try create(request, &state)
            }
            // One that goes does not come back.
            if state.machines[request.target.name]?.record.wanted != .gone {
                state.machines[request.target.name]?.record.wanted = MachineRecord.Wanted(request.desiredPower)
            }
            return try look(request.target.name, &state)
        }
    }

    func observe(_ target: MachineTarget) throws(MachineError) -> MachineObservation {
        try working { state throws(MachineError) in
            _ = try machine(target, state)
            return try look(target.name, &state)
        }
    }

    /// - Parameter wanted: `gone` stays.
    func set(_ wanted: MachineRecord.Wanted, _ target: MachineTarget) throws(MachineError) -> MachineObservation {
        try working { state throws(MachineError) in
            if let found = try machine(target, state), found.record.wanted != .gone { state.machines[target.name]?.record.wanted = wanted }
            return try look(target.name, &state)
        }
    }

    func listing() throws(MachineError) -> [MachineListing] {
        try working { state throws(MachineError) in
            state.machines.values.sorted { $0.record.name < $1.record.name }.map { machine in
                MachineListing(
                    id: MachineID("local://\(machine.record.name)"),
                    name: machine.record.name,
                    ownerLabel: OwnerLabels.value(of: machine.record.owner),
                    installation: machine.record.installation,
                    state: machine.observation(isAlive: isAlive(machine.record)).state
                )
            }
        }
    }

    /// Looks at every machine once.
    ///
    /// - Parameter isEnding: whether all processes are to end.
    /// - Returns: how many processes there are.
    func tick(isEnding: Bool = false) throws(MachineError) -> Int {
        try working { state throws(MachineError) in
            for name in state.machines.keys.sorted() {
                do throws(MachineError) {
                    try step(name, &state, isEnding: isEnding)
                } catch {
                    logger.error("A machine cannot be looked after", metadata: ["machine": "\(name)", "error": "\(error)"])
                }
                directory(of: name).cutLogs(past: configuration.largestLog)
            }
            return state.machines.values.count { $0.record.running != nil }
        }
    }

    /// Lets another process look after the machines.
    func release() { state.withLockedValue { $0 = State() } }

    // MARK: - The machines

    private func working<Result>(_ body: (inout State) throws(MachineError) -> Result) throws(MachineError) -> Result {
        let result: Swift.Result<Result, MachineError> = state.withLockedValue { state in
            do throws(MachineError) {
                if state.lock == nil { try load(&state) }
                return .success(try body(&state))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Takes over what is there.
    private func load(_ state: inout State) throws(MachineError) {
        let lock = try RootLock(root: configuration.root)
        state = State()
        for name in (try? FileManager.default.contentsOfDirectory(atPath: configuration.root)) ?? [] {
            if name.hasPrefix(".removing-") { sweep("\(configuration.root)/\(name)") }
            guard !name.hasPrefix(".") else { continue }
            guard var record = directory(of: name).read(), record.name == name else {
                logger.warning("A directory is no machine's, or its record cannot be read", metadata: ["directory": "\(name)"])
                continue
            }
            if record.running == nil, let role = record.starting,
                let identity = ProcessTable.unrecorded(directory: directory(of: name).path)
            {
                record.running = MachineRecord.Running(role: role, identity: identity)
                record.starting = nil
                if role == .gateway { record.isProvisioned = true }
            }
            if let running = record.running {
                logger.info("Found a machine again", metadata: ["machine": "\(name)", "pid": "\(running.identity.pid)"])
            }
            state.machines[name] = LocalMachine(record, now: time.now)
            try keep(record, &state)
        }
        state.lock = lock
    }

    /// - Throws: ``MachineError`` with `foreignMachine`.
    private func machine(_ target: MachineTarget, _ state: State) throws(MachineError) -> LocalMachine? {
        guard let machine = state.machines[target.name] else { return nil }
        guard machine.record.owner.uid == target.owner.uid else { throw .foreign(target.name, "a machine") }
        return machine
    }

    private func create(_ request: MachineRequest, _ state: inout State) throws(MachineError) {
        let name = request.target.name
        guard MachineName.isLegal(name) else { throw MachineError(.invalidRequest, "\(name) is no name of a machine", isPermanent: true) }
        let config = try CloudConfig(request.userData)
        let taken = Set(state.machines.values.map(\.record.port))
        let start = Int(Digests.hexadecimal(of: directory(of: name).path, length: 8), radix: 16) ?? 0
        guard let port = LoopbackPort.choose(in: configuration.ports, from: start, taken: taken) else {
            throw MachineError(.noCapacity, "No port from \(configuration.ports) is free", retryAfter: .seconds(60))
        }
        let files = config.files.map(\.path)
        var record = MachineRecord(
            name: name,
            owner: request.target.owner,
            userDataHash: request.userDataHash,
            port: port,
            wanted: .on,
            commands: config.commands.map { CloudConfig.relocated($0, files: files, below: directory(of: name).files) }
        )
        record.installation = request.installation
        try MachineDirectory.create(at: directory(of: name).path, record, files: config.files)
        state.machines[name] = LocalMachine(record, now: time.now)
        state.written[name] = record
    }

    private func look(_ name: String, _ state: inout State) throws(MachineError) -> MachineObservation {
        try step(name, &state, isEnding: false)
        // A process that ended just now is seen to, not just seen.
        if let record = state.machines[name]?.record, record.running != nil, !isAlive(record) { try step(name, &state, isEnding: false) }
        guard let machine = state.machines[name] else { return MachineObservation(state: .absent) }
        return machine.observation(isAlive: isAlive(machine.record))
    }

    /// Only a step may take an exit status, because it is given once.
    private func isAlive(_ record: MachineRecord) -> Bool { record.running.map { ProcessTable.isAlive($0.identity) } ?? false }

    private func condition(of record: MachineRecord) -> ProcessCondition {
        record.running.map { ProcessTable.condition(of: $0.identity) } ?? .none
    }

    private func step(_ name: String, _ state: inout State, isEnding: Bool) throws(MachineError) {
        guard var machine = state.machines[name] else { return }
        let seen = condition(of: machine.record)
        if case .ended(let end) = seen, let running = machine.record.running {
            logger.info("A process ended", metadata: ["machine": "\(name)", "role": "\(running.role.rawValue)", "end": "\(end)"])
        }
        let action = machine.step(now: time.now, condition: seen, isEnding: isEnding, configuration: configuration)
        // What was decided is kept even when acting on it fails.
        state.machines[name] = machine
        try keep(machine.record, &state)
        switch action {
        case .nothing: break
        case .terminate: if let running = machine.record.running { ProcessTable.signal(running.identity, SIGTERM) }
        case .kill: if let running = machine.record.running { ProcessTable.signal(running.identity, SIGKILL) }
        case .start(let role): try start(role, machine, &state)
        case .remove:
            let grave = "\(configuration.root)/.removing-\(name)"
            try? FileManager.default.removeItem(atPath: grave)
            // Somebody may have removed it by hand.
            guard rename(directory(of: name).path, grave) == 0 || errno == ENOENT else {
                throw MachineError(.hostFailure, "The directory of the machine \(name) cannot be removed")
            }
            state.machines[name] = nil
            state.written[name] = nil
            if access(grave, F_OK) == 0 { sweep(grave) }
        }
    }

    /// Writes a record down, if it says something new.
    private func keep(_ record: MachineRecord, _ state: inout State) throws(MachineError) {
        guard state.written[record.name] != record else { return }
        let directory = directory(of: record.name)
        // Of a machine that goes, nothing needs to be kept when its directory was removed by hand.
        if record.wanted == .gone, access(directory.path, F_OK) != 0 { return }
        try directory.write(record)
        state.written[record.name] = record
    }

    private func start(_ role: ProcessRole, _ machine: LocalMachine, _ state: inout State) throws(MachineError) {
        var machine = machine
        let directory = directory(of: machine.record.name)
        machine.record.starting = role
        try keep(machine.record, &state)
        do throws(MachineError) {
            let command = role == .gateway ? gateway(machine.record) : machine.record.commands[machine.record.commandsDone]
            var environment = configuration.environment.merging(["HOME": directory.state]) { mine, _ in mine }
            if role == .gateway { environment.merge(directory.gatewayEnvironment()) { $1 } }
            environment[ProcessTable.marker] = directory.path
            let pid = try DetachedProcess.start(
                command,
                environment: environment,
                directory: directory.state,
                log: directory.log(of: role)
            )
            // A child is there until it is reaped, so this finds it even when it has ended.
            guard let identity = ProcessTable.identity(of: pid) else {
                throw MachineError(.hostFailure, "The process \(pid) cannot be seen in /proc")
            }
            machine.started(role, identity, now: time.now)
        } catch {
            logger.error("A process cannot be started", metadata: ["machine": "\(machine.record.name)", "error": "\(error)"])
            machine.startFailed(now: time.now, configuration)
        }
        state.machines[machine.record.name] = machine
        try keep(machine.record, &state)
    }

    private func gateway(_ record: MachineRecord) -> [String] {
        configuration.gateway.map { word in
            word.replacing("{stateDirectory}", with: directory(of: record.name).state)
                .replacing("{port}", with: String(record.port))
                .replacing("{name}", with: record.name)
        }
    }

    /// Removes a directory that is nobody's any more, on a thread of its own because it may be large.
    private func sweep(_ path: String) {
        let logger = logger
        Thread.detachNewThread {
            do {
                try FileManager.default.removeItem(atPath: path)
            } catch {
                // It is tried again when the machines are next taken over.
                logger.warning("A directory cannot be removed", metadata: ["path": "\(path)", "error": "\(error)"])
            }
        }
    }
}
