import Machines
import NIOConcurrencyHelpers

/// A provider whose machines do what a test says. It wants its calls stored first, and takes a repeated one for the same, as clouds do.
final class ScriptedProvider: MachineProvider {
    let name = "local"

    struct Machine: Sendable {
        var owner: MachineOwner
        var userData: String
        var userDataHash: String
        var state: MachineState
    }

    struct State: Sendable {
        var machines: [String: Machine] = [:]
        /// Request ids that were taken.
        var taken: Set<String> = []
        /// How many machines were ever made.
        var made = 0
        /// How many were taken away.
        var removed = 0
        /// Calls that changed something without having been stored.
        var unstored = 0
        var port: Int?
        var trouble: MachineTrouble?
        var error: MachineError?
        /// What a machine is right after it was made.
        var first = MachineState.running
    }

    let state = NIOLockedValueBox(State())

    func set(_ change: (inout State) -> Void) { state.withLockedValue { change(&$0) } }
    var now: State { state.withLockedValue { $0 } }

    func plannedOperation(for goal: MachineGoal, last: MachineObservation?, ids: () -> String) -> MachineOperation? {
        guard let last else { return nil }
        if let current = last.operation { return current }
        let kind: MachineOperation.Kind? =
            switch (goal, last.state) {
            case (.power(.on), .absent): .insert
            case (.power(.on), .stopped): .start
            case (.power(.off), .running), (.power(.off), .creating): .stop
            case (.gone, .absent): nil
            case (.gone, _): .delete
            default: nil
            }
        return kind.map { MachineOperation(kind: $0, requestID: ids()) }
    }

    private func look(_ target: MachineTarget, _ operation: MachineOperation?, _ state: State) throws(MachineError) -> MachineObservation {
        if let error = state.error { throw error }
        guard let machine = state.machines[target.name] else {
            // Stored and not sent yet.
            let open = operation?.kind == .insert && !state.taken.contains(operation?.requestID ?? "") ? operation : nil
            return MachineObservation(state: .absent, trouble: state.trouble, operation: open, retryAfter: .milliseconds(300))
        }
        guard machine.owner == target.owner else { throw MachineError(.foreignMachine, "not yours", isPermanent: true) }
        let open = operation.flatMap { state.taken.contains($0.requestID) || $0.kind == .insert ? nil : $0 }
        return MachineObservation(
            id: MachineID("local://\(target.name)"),
            state: state.trouble?.isPermanent == true ? .failed : machine.state,
            providerState: "scripted",
            addresses: [MachineAddress(.internalIP, "127.0.0.1")],
            gatewayPort: state.port,
            isProvisioned: true,
            trouble: state.trouble,
            operation: open,
            retryAfter: .milliseconds(300),
            userDataHash: machine.userDataHash
        )
    }

    private func change(
        _ target: MachineTarget,
        _ operation: MachineOperation?,
        _ body: (inout State, MachineOperation) -> Void
    ) throws(MachineError) -> MachineObservation {
        let result: Result<MachineObservation, MachineError> = state.withLockedValue { state in
            do throws(MachineError) {
                let seen = try look(target, operation, state)
                guard let operation else {
                    return .success(seen)
                }
                if state.taken.insert(operation.requestID).inserted { body(&state, operation) }
                return .success(try look(target, operation, state))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    func ensure(_ request: MachineRequest, operation: MachineOperation?) async throws(MachineError) -> MachineObservation {
        try change(request.target, operation) { state, operation in
            switch operation.kind {
            case .insert:
                guard state.machines[request.target.name] == nil else { return }
                state.made += 1
                state.machines[request.target.name] = Machine(
                    owner: request.target.owner,
                    userData: request.userData,
                    userDataHash: request.userDataHash,
                    state: state.first
                )
            case .start: state.machines[request.target.name]?.state = .running
            default: state.unstored += 1
            }
        }
    }

    func observe(_ target: MachineTarget, operation: MachineOperation?) async throws(MachineError) -> MachineObservation {
        try look(target, operation, now)
    }

    func power(
        _ power: MachinePower,
        of target: MachineTarget,
        operation: MachineOperation?
    ) async throws(MachineError) -> MachineObservation {
        try change(target, operation) { state, operation in
            guard operation.kind == .stop || operation.kind == .start else { return }
            state.machines[target.name]?.state = power == .on ? .running : .stopped
        }
    }

    func destroy(_ target: MachineTarget, operation: MachineOperation?) async throws(MachineError) -> MachineObservation {
        try change(target, operation) { state, operation in
            guard operation.kind == .delete else { return }
            if state.machines.removeValue(forKey: target.name) != nil { state.removed += 1 }
        }
    }

    func machines() async throws(MachineError) -> [MachineListing] { [] }
}
