import CraneAPI
import JSONValue
import Projection
import Schema

/// How a fleet is doing, in the terms of those who order fleets.
enum FleetStatus: String, SchemaEnum {
    /// Recorded, not begun.
    case pending
    /// Being made.
    case provisioning
    /// It works.
    case active
    /// A step failed; nothing goes on by itself.
    case error
    /// It is stopped, or being taken away.
    case suspended

    /// The name of the last step of provisioning.
    static let lastStep = "complete"

    /// What a tenant's phase says of its fleet.
    ///
    /// - Parameters:
    ///   - phase: the phase.
    ///   - isComplete: whether the last step of provisioning is done: what is not right before was never right.
    init(phase: TenantPhase, isComplete: Bool) {
        switch phase {
        case .pending: self = .pending
        case .provisioning: self = .provisioning
        case .running: self = .active
        case .degraded: self = isComplete ? .active : .provisioning
        case .suspended, .terminating: self = .suspended
        case .error: self = .error
        }
    }

    /// The conditions of tenants whose fleets are in this state.
    var conditions: [FleetCondition] {
        TenantPhase.allCases.flatMap { phase in
            [false, true].filter { FleetStatus(phase: phase, isComplete: $0) == self }.map { FleetCondition(phase: phase, isComplete: $0) }
        }
    }
}
