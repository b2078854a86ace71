import JSONValue
import KubernetesClient

/// Machines of Google Compute Engine (REST v1).
public struct ComputeEngineProvider: MachineProvider {
    /// `gce`.
    public let name = "gce"
    let configuration: ComputeEngineConfiguration
    let client: ComputeClient

    /// A provider.
    ///
    /// - Parameters:
    ///   - configuration: where Compute Engine is.
    ///   - time: the clock of time limits and of tokens. Default: the system's.
    public init(configuration: ComputeEngineConfiguration, time: TimeSource = .system) {
        self.configuration = configuration
        client = ComputeClient(configuration: configuration, time: time)
    }

    /// What is to be stored before the next call: a new request id for a new step, or the operation in progress.
    public func plannedOperation(for goal: MachineGoal, last: MachineObservation?, ids: () -> String) -> MachineOperation? {
        guard let last else { return nil }
        let needed = ComputeStatus.step(to: goal, from: last.state, status: last.providerState)
        // One that the provider has taken comes to its end first. One that was only stored gives way when something else is wanted by now.
        if let current = last.operation, current.name != nil || current.kind == needed { return current }
        // The answer of the call that makes it was lost: with the same request id it is had again.
        if let current = last.operation, current.kind == .insert, last.state == .creating, goal == .power(.on) { return current }
        if last.trouble?.isPermanent == true, goal != .gone { return nil }
        return needed.map { MachineOperation(kind: $0, requestID: ids()) }
    }

    /// Makes the instance, keeps its labels, and starts or stops it, as far as `operation` allows.
    public func ensure(_ request: MachineRequest, operation: MachineOperation?) async throws(MachineError) -> MachineObservation {
        let target = request.target
        let sight = try await look(target, operation)
        if let operation = sight.open(operation, .insert) {
            let zone = zone(of: target)
            let body = try ComputeInsertBody.make(request, zone: zone, configuration: configuration)
            return try await perform(.insert(body, zone: zone, requestID: operation.requestID), operation, target, sight.observation)
        }
        guard let instance = sight.instance else { return sight.observation }
        try await label(instance, request)
        return try await step(to: .power(request.desiredPower), target, operation, sight)
    }

    /// Looks at the stored operation and at the instance.
    public func observe(_ target: MachineTarget, operation: MachineOperation?) async throws(MachineError) -> MachineObservation {
        try await look(target, operation).observation
    }

    /// Starts, stops, suspends or resumes the instance, as `operation` says.
    public func power(
        _ power: MachinePower,
        of target: MachineTarget,
        operation: MachineOperation?
    ) async throws(MachineError) -> MachineObservation {
        try await step(to: .power(power), target, operation, try await look(target, operation))
    }

    /// Deletes the instance and its disk. While an operation that makes it is under way, waits for that.
    public func destroy(_ target: MachineTarget, operation: MachineOperation?) async throws(MachineError) -> MachineObservation {
        try await step(to: .gone, target, operation, try await look(target, operation))
    }

    /// The instances of the configured zone that carry our label.
    public func machines() async throws(MachineError) -> [MachineListing] {
        let label = (key: ComputeLabels.managedBy, value: OwnerLabels.product)
        var (rows, page): ([MachineListing], String?) = ([], nil)
        repeat {
            let call = ComputeCall.list(zone: configuration.zone, label: label, pageToken: page)
            switch try await client.send(call) {
            case .refused(let fault): throw fault.error(.list, ComputeErrorRow.reaction(to: fault, of: .list))
            case .answered(let json):
                for item in json["items"]?.arrayValue ?? [] {
                    let instance = try ComputeInstance(item)
                    rows.append(
                        MachineListing(
                            id: try await id(instance.name, zone: configuration.zone),
                            name: instance.name,
                            zone: configuration.zone,
                            ownerLabel: instance.labels[ComputeLabels.owner] ?? "",
                            installation: instance.labels[ComputeLabels.installation],
                            state: ComputeStatus.state(of: instance.status)
                        )
                    )
                }
                page = json["nextPageToken"]?.stringValue
            }
        } while page?.isEmpty == false
        return rows
    }

    func zone(of target: MachineTarget) -> String { target.zone ?? configuration.zone }

    func id(_ name: String, zone: String) async throws(MachineError) -> MachineID {
        MachineID("gce://\(try await client.project())/\(zone)/\(name)")
    }
}
