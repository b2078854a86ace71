import JSONValue

/// What we read of an instance resource.
struct ComputeInstance: Sendable, Hashable {
    var name: String
    var status: String
    var labels: [String: String]
    var labelFingerprint: String?
    var addresses: [MachineAddress]
    /// Whether it has asked for a public address.
    var wantsPublicAddress: Bool
    var hasStarted: Bool
    var userDataHash: String?

    /// - Throws: ``MachineError`` with `badAnswer` when it has no name or status.
    init(_ json: JSON) throws(MachineError) {
        guard let name = json["name"]?.stringValue, let status = json["status"]?.stringValue else {
            throw MachineError(.badAnswer, "Compute Engine gave an instance without a name or status")
        }
        self.name = name
        self.status = status
        labels = (json["labels"]?.objectValue ?? [:]).compactMapValues(\.stringValue)
        labelFingerprint = json["labelFingerprint"]?.stringValue
        let network = json["networkInterfaces"]?[0]
        let access = network?["accessConfigs"]?[0]
        wantsPublicAddress = access != nil
        addresses = []
        if let address = network?["networkIP"]?.stringValue { addresses.append(MachineAddress(.internalIP, address)) }
        // Missing until it is assigned, and while the instance is stopped.
        if let address = access?["natIP"]?.stringValue { addresses.append(MachineAddress(.externalIP, address)) }
        hasStarted = json["lastStartTimestamp"]?.stringValue != nil
        let items = json[at: ["metadata", "items"]]?.arrayValue ?? []
        userDataHash = items.first { $0["key"]?.stringValue == ComputeInsertBody.hashKey }?["value"]?.stringValue
    }

    /// Whether it belongs to an owner.
    func belongs(to owner: MachineOwner) -> Bool {
        labels[ComputeLabels.managedBy] == OwnerLabels.product && labels[ComputeLabels.owner] == OwnerLabels.value(of: owner)
    }

    /// What is seen of it.
    ///
    /// - Parameters:
    ///   - id: the provider's id.
    ///   - operation: the operation in progress.
    func observation(id: MachineID, operation: MachineOperation?) -> MachineObservation {
        var seen = MachineObservation(
            id: id,
            state: ComputeStatus.state(of: status),
            providerState: status,
            addresses: addresses,
            isProvisioned: hasStarted || status == "RUNNING",
            operation: operation,
            userDataHash: userDataHash
        )
        switch seen.state {
        case .running where wantsPublicAddress && !addresses.contains { $0.kind == .externalIP }:
            seen.trouble = MachineTrouble("AddressPending", "The machine runs and has no public address yet.")
            seen.retryAfter = .seconds(5)
        case .degraded:
            seen.trouble = MachineTrouble("Repairing", "Compute Engine repairs the machine after an error of its host.")
            seen.retryAfter = .seconds(30)
        case .unknown:
            seen.trouble = MachineTrouble("UnknownStatus", "Compute Engine reports a status that is not known here.")
            seen.retryAfter = .seconds(60)
        case .creating, .stopping, .deleting: seen.retryAfter = .seconds(5)
        default: if operation != nil { seen.retryAfter = .seconds(2) }
        }
        return seen
    }
}

/// The labels of our instances.
enum ComputeLabels {
    static let managedBy = "managed-by"
    static let owner = "opencrane-owner"
    static let installation = "opencrane-installation"

    /// The labels of a request: its own, and whose it is.
    static func all(of request: MachineRequest) -> [String: String] {
        var own = [managedBy: OwnerLabels.product, owner: OwnerLabels.value(of: request.target.owner)]
        own[installation] = request.installation
        return request.labels.merging(own) { $1 }
    }
}
