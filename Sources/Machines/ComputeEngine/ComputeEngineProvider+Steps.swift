import JSONValue

/// What was seen, and the instance behind it.
struct ComputeSight: Sendable {
    var observation: MachineObservation
    var instance: ComputeInstance?

    /// The operation when it is of this kind and the provider has not taken it yet.
    func open(_ operation: MachineOperation?, _ kind: MachineOperation.Kind) -> MachineOperation? {
        guard let operation, operation.kind == kind, operation.name == nil, observation.operation == operation else { return nil }
        return operation
    }
}

extension ComputeEngineProvider {
    private static let labelAttempts = 3

    /// Reads the operation, then the instance: in this order, what an operation that is done has led to is seen.
    func look(_ target: MachineTarget, _ operation: MachineOperation?) async throws(MachineError) -> ComputeSight {
        let zone = zone(of: target)
        var current = operation
        var failure: (MachineTrouble, Duration?)?
        if let operation, let name = operation.name {
            switch try await client.send(.operation(name, zone: zone)) {
            case .answered(let json):
                let state = try ComputeOperation(json)
                if state.isDone { current = nil }
                failure = state.trouble(of: operation.kind)
            case .refused(let fault):
                let reaction = ComputeErrorRow.reaction(to: fault, of: .operation)
                // Operations are forgotten after some days: then the instance alone tells.
                guard reaction == .absent else { throw fault.error(.operation, reaction) }
                current = nil
            }
        }
        var sight = try await lookAtInstance(target, zone, current)
        if let (trouble, delay) = failure {
            sight.observation.trouble = trouble
            sight.observation.retryAfter = delay
            if sight.instance == nil, trouble.isPermanent { sight.observation.state = .failed }
        }
        return sight
    }

    private func lookAtInstance(
        _ target: MachineTarget,
        _ zone: String,
        _ operation: MachineOperation?
    ) async throws(MachineError) -> ComputeSight {
        switch try await client.send(.get(target.name, zone: zone)) {
        case .answered(let json):
            let instance = try ComputeInstance(json)
            guard instance.belongs(to: target.owner) else { throw .foreign(target.name, "an instance") }
            var current = operation
            // A step that was stored and never taken, and is not needed any more: the instance is where it was to go.
            if let stored = operation, stored.name == nil, Self.isDone(stored.kind, instance.status) { current = nil }
            let seen = instance.observation(id: try await id(target.name, zone: zone), operation: current)
            return ComputeSight(observation: seen, instance: instance)
        case .refused(let fault):
            let reaction = ComputeErrorRow.reaction(to: fault, of: .get)
            guard reaction == .absent else { throw fault.error(.get, reaction) }
            // Only an operation that makes it can still bring it about.
            guard let operation, operation.kind == .insert else { return ComputeSight(observation: MachineObservation(state: .absent)) }
            let isTaken = operation.name != nil
            return ComputeSight(
                observation: MachineObservation(
                    state: isTaken ? .creating : .absent,
                    operation: operation,
                    retryAfter: isTaken ? .seconds(2) : nil
                )
            )
        }
    }

    /// Whether an instance is where a step leads to, or on the way.
    static func isDone(_ kind: MachineOperation.Kind, _ status: String) -> Bool {
        switch (kind, ComputeStatus.state(of: status)) {
        // While it is being made, the call is repeated: its answer names the operation, which alone tells of a failure.
        case (.insert, let state): state != .creating
        case (.start, .running), (.start, .creating), (.resume, .running), (.resume, .creating): true
        case (.stop, .stopped), (.stop, .stopping), (.suspend, .stopped), (.suspend, .stopping): true
        case (.delete, .deleting): true
        default: false
        }
    }

    /// Makes the next call towards a goal, if `operation` is the one stored for it.
    func step(
        to goal: MachineGoal,
        _ target: MachineTarget,
        _ operation: MachineOperation?,
        _ sight: ComputeSight
    ) async throws(MachineError) -> MachineObservation {
        let seen = sight.observation
        guard let kind = ComputeStatus.step(to: goal, from: seen.state, status: seen.providerState), kind != .insert,
            let operation = sight.open(operation, kind)
        else {
            var settled = seen
            // An insert that was stored and never sent makes nothing any more.
            if goal == .gone, seen.state == .absent, seen.operation?.name == nil { settled.operation = nil }
            return settled
        }
        let call = ComputeCall.change(kind, target.name, zone: zone(of: target), requestID: operation.requestID)
        return try await perform(call, operation, target, seen)
    }

    /// Makes a call that begins an operation.
    func perform(
        _ call: ComputeCall,
        _ operation: MachineOperation,
        _ target: MachineTarget,
        _ seen: MachineObservation
    ) async throws(MachineError) -> MachineObservation {
        switch try await client.send(call) {
        case .answered(let json):
            let begun = try ComputeOperation(json)
            var named = operation
            named.name = begun.name
            var result = seen
            result.operation = named
            result.retryAfter = .seconds(2)
            result.trouble = nil
            switch operation.kind {
            case .insert, .start, .resume: result.state = .creating
            case .stop, .suspend: result.state = .stopping
            case .delete: result.state = .deleting
            }
            return result
        case .refused(let fault): return try await react(to: fault, call.verb, target, seen)
        }
    }

    private func react(
        to fault: ComputeFault,
        _ verb: ComputeVerb,
        _ target: MachineTarget,
        _ seen: MachineObservation
    ) async throws(MachineError) -> MachineObservation {
        let reaction = ComputeErrorRow.reaction(to: fault, of: verb)
        switch reaction {
        case .adopt: return try await look(target, nil).observation
        case .succeeded, .absent: return MachineObservation(state: .absent)
        case .retrySlowly:
            var result = seen
            let error = fault.error(verb, reaction)
            // Nothing was begun, so the next attempt is a new one, perhaps elsewhere.
            result.operation = nil
            result.trouble = MachineTrouble("NoCapacity", error.message)
            result.retryAfter = error.retryAfter
            return result
        case .backOff, .permanent, .rereadFingerprint: throw fault.error(verb, reaction)
        }
    }

    /// Sets the labels that are missing or differ; labels of others stay.
    func label(_ instance: ComputeInstance, _ request: MachineRequest) async throws(MachineError) {
        let (wanted, zone) = (ComputeLabels.all(of: request), zone(of: request.target))
        var instance = instance
        var attempt = 1
        while wanted.contains(where: { instance.labels[$0.key] != $0.value }), let fingerprint = instance.labelFingerprint {
            let labels = instance.labels.merging(wanted) { $1 }
            let call = ComputeCall.setLabels(labels, fingerprint: fingerprint, name: instance.name, zone: zone)
            guard case .refused(let fault) = try await client.send(call) else { return }
            let reaction = ComputeErrorRow.reaction(to: fault, of: .setLabels)
            guard reaction == .rereadFingerprint, attempt < Self.labelAttempts else { throw fault.error(.setLabels, reaction) }
            attempt += 1
            guard let fresh = try await look(request.target, nil).instance else { return }
            instance = fresh
        }
    }
}
