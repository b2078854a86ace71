import CraneAPI
import KubernetesModel
import Machines

/// What was seen of a machine, or why it could not be looked at.
enum MachineSight: Sendable {
    /// The provider answered.
    case seen(MachineObservation)
    /// It did not, or refused.
    case trouble(MachineError)
}

/// What a machine's state means for its tenant.
struct MachineFinding: Sendable, Hashable {
    /// For the step that makes the machine.
    var step: ProvisioningEvidence.Finding
    /// Status of the condition.
    var status: ConditionStatus
    /// Reason of the condition.
    var reason: String
    /// Stable sentence for people.
    var message: String
    /// What no waiting mends, if there is such a thing.
    var lasting: String?

    /// Judges a machine that is to run.
    ///
    /// - Parameters:
    ///   - sight: what was seen.
    ///   - hasReported: whether its bootstrap program has been heard of, which it could not be without running.
    ///   - userDataHash: the fingerprint of the user data that it should have been made with.
    ///   - wasMade: whether the step that makes it was done before.
    init(_ sight: MachineSight, hasReported: Bool, userDataHash: String, wasMade: Bool) {
        switch sight {
        case .trouble(let error): self.init(error)
        case .seen(let seen):
            if wasMade, seen.state == .absent {
                let message = "The machine is gone: raise the run by the annotation \(BootstrapMaterial.runAnnotation) to have it made anew"
                self.init(
                    step: .bad(message),
                    status: .false,
                    reason: MachineReason.machineGone.rawValue,
                    message: message,
                    lasting: message
                )
                return
            }
            if let hash = seen.userDataHash, hash != userDataHash, seen.state != .absent {
                let message = "The machine was made with other user data than this run's"
                self.init(
                    step: .bad(message),
                    status: .false,
                    reason: MachineReason.userDataDiffers.rawValue,
                    message: message,
                    lasting: message
                )
                return
            }
            self.init(seen, hasReported: hasReported)
        }
    }

    /// Judges that a provider could not do what it was asked.
    init(_ error: MachineError) {
        self.init(
            step: error.isPermanent ? .bad(error.message) : .pending(error.message),
            status: error.isPermanent ? .false : .unknown,
            reason: error.code.rawValue.prefix(1).uppercased() + error.code.rawValue.dropFirst(),
            message: error.message,
            lasting: error.isPermanent ? error.message : nil
        )
    }

    private init(_ seen: MachineObservation, hasReported: Bool) {
        let trouble = seen.trouble
        let lasting = seen.state == .failed || trouble?.isPermanent == true ? trouble?.message ?? "The machine has failed" : nil
        let isUp = seen.state == .running
        if isUp, !seen.addresses.isEmpty {
            self.init(
                step: .good("the machine runs"),
                status: .true,
                reason: MachineReason.machineRunning.rawValue,
                message: "The machine runs"
            )
            return
        }
        let message = trouble?.message ?? Self.sentence(seen.state, hasAddress: !seen.addresses.isEmpty)
        self.init(
            step: .pending(message),
            status: .false,
            reason: trouble?.reason ?? MachineReason.machineNotReady.rawValue,
            message: message,
            lasting: lasting
        )
        if hasReported, !seen.addresses.isEmpty {
            step = .good("the machine runs")
        } else if let lasting {
            step = .bad(lasting)
        }
    }

    private init(
        step: ProvisioningEvidence.Finding,
        status: ConditionStatus,
        reason: String,
        message: String,
        lasting: String? = nil
    ) {
        self.step = step
        self.status = status
        self.reason = reason
        self.message = message
        self.lasting = lasting
    }

    private static func sentence(_ state: MachineState, hasAddress: Bool) -> String {
        switch state {
        case .absent: "There is no machine"
        case .creating: "The machine is being made"
        case .running: hasAddress ? "The machine runs" : "The machine has no address yet"
        case .stopping: "The machine is being stopped"
        case .stopped: "The machine is stopped"
        case .degraded: "The machine's process is being started again"
        case .deleting: "The machine is being taken away"
        case .failed: "The machine has failed"
        case .unknown: "The provider does not know how the machine is"
        }
    }
}
