import JSONValue

/// What KubeVirt's words for a virtual machine's state mean.
enum PrintableStatus {
    /// `status.printableStatus`, and our word for it.
    static let table: [String: MachineState] = [
        "Provisioning": .creating,
        "Starting": .creating,
        "WaitingForVolumeBinding": .creating,
        "WaitingForReceiver": .creating,
        "Running": .running,
        "Migrating": .running,
        "Paused": .stopped,
        "Stopped": .stopped,
        "Stopping": .stopping,
        "Terminating": .deleting,
        // A guest that crashes or an image that cannot be had now may come back.
        "CrashLoopBackOff": .degraded,
        "ErrImagePull": .degraded,
        "ImagePullBackOff": .degraded,
        "ErrorUnschedulable": .degraded,
        "ErrorPvcNotFound": .failed,
        "ErrorDataVolumeNotFound": .failed,
        "DataVolumeError": .failed,
        "Unknown": .unknown,
    ]

    private static let messages: [String: String] = [
        "CrashLoopBackOff": "The machine crashes again and again.",
        "ErrImagePull": "The machine's image cannot be had.",
        "ImagePullBackOff": "The machine's image cannot be had.",
        "ErrorUnschedulable": "No node has room for the machine.",
        "ErrorPvcNotFound": "The volume of the machine's disk is missing.",
        "ErrorDataVolumeNotFound": "The DataVolume of the machine's disk is missing.",
        "DataVolumeError": "The machine's disk could not be filled from its image.",
    ]

    /// Our word; a VirtualMachine that nobody has looked at yet is being made.
    static func state(of status: String?) -> MachineState {
        guard let status, !status.isEmpty else { return .creating }
        return table[status] ?? .unknown
    }

    /// What is wrong, under KubeVirt's own reason.
    static func trouble(of status: String?) -> MachineTrouble? {
        guard let status, !status.isEmpty else { return nil }
        switch state(of: status) {
        case .degraded, .failed: return MachineTrouble(status, messages[status] ?? "KubeVirt reports \(status).")
        case .unknown: return MachineTrouble("UnknownStatus", "KubeVirt does not know the machine's state; its node may be unreachable.")
        default: return nil
        }
    }
}

/// What is read of a VirtualMachine and its VirtualMachineInstance.
struct VirtualMachineSight: Sendable {
    var isBeingDeleted: Bool
    var status: String?
    var runStrategy: String?
    var labels: [String: String]
    var uid: String
    var userDataHash: String?
    var manifestHash: String?

    init(_ json: JSON) {
        let metadata = json["metadata"]
        isBeingDeleted = metadata?["deletionTimestamp"]?.stringValue != nil
        status = json[at: ["status", "printableStatus"]]?.stringValue
        runStrategy = json[at: ["spec", "runStrategy"]]?.stringValue
        labels = (metadata?["labels"]?.objectValue ?? [:]).compactMapValues(\.stringValue)
        uid = metadata?["uid"]?.stringValue ?? ""
        userDataHash = metadata?["annotations"]?[VirtualMachineManifest.hashAnnotation]?.stringValue
        manifestHash = metadata?["annotations"]?[VirtualMachineManifest.manifestAnnotation]?.stringValue
    }

    /// What is seen.
    ///
    /// - Parameter instance: the VirtualMachineInstance; `nil` when there is none.
    func observation(id: MachineID, instance: JSON?) -> MachineObservation {
        let state: MachineState = isBeingDeleted ? .deleting : PrintableStatus.state(of: status)
        var addresses: [MachineAddress] = []
        // With masquerade the address changes with each start; it is good as long as the instance lives.
        for interface in instance?[at: ["status", "interfaces"]]?.arrayValue ?? [] {
            if let address = interface["ipAddress"]?.stringValue, !address.isEmpty {
                addresses.append(MachineAddress(.internalIP, address))
            }
        }
        var seen = MachineObservation(
            id: id,
            state: state,
            providerState: isBeingDeleted ? "Terminating" : status ?? "",
            addresses: addresses,
            isProvisioned: state == .running || instance?[at: ["status", "phase"]]?.stringValue == "Running",
            trouble: isBeingDeleted ? nil : PrintableStatus.trouble(of: status),
            userDataHash: userDataHash
        )
        switch state {
        case .creating, .stopping, .deleting: seen.retryAfter = .seconds(5)
        case .degraded, .failed, .unknown: seen.retryAfter = .seconds(30)
        case .running where addresses.isEmpty:
            seen.trouble = MachineTrouble("AddressPending", "The machine runs and has no address yet.")
            seen.retryAfter = .seconds(5)
        default: break
        }
        return seen
    }
}
