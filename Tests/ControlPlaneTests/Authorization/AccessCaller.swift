import HTTPOperations

@testable import ControlPlane

/// Everybody who may call the control plane, one of each kind.
enum AccessCaller: String, CaseIterable, Sendable {
    case anonymous
    case viewer
    /// A viewer who is in an organisation besides.
    case viewerOfOrganization
    case owner
    case customerAdmin
    case organizationMember
    case organizationAdmin
    case platformAdmin
    case memberKey
    case adminKey
    case pod
    case agent
    case machine
    case platformProgram

    /// What it is here, when it is let in.
    var roles: Set<Role> {
        switch self {
        case .anonymous: []
        case .viewer, .viewerOfOrganization: [.viewer]
        case .owner: [.owner]
        case .customerAdmin: [.customerAdmin]
        case .organizationMember, .memberKey: [.organizationMember]
        case .organizationAdmin, .adminKey: [.organizationAdmin]
        case .platformAdmin, .platformProgram: [.platformAdmin]
        case .pod: [.workload]
        case .agent: [.agent]
        case .machine: [.machine]
        }
    }

    /// The organisation it acts in.
    var organization: String? {
        switch self {
        case .viewerOfOrganization, .customerAdmin, .organizationMember, .organizationAdmin, .memberKey, .adminKey: "corp"
        default: nil
        }
    }

    /// A person with an access token, made for the test.
    var isPerson: Bool {
        switch self {
        case .viewer, .viewerOfOrganization, .owner, .customerAdmin, .organizationMember, .organizationAdmin: true
        default: false
        }
    }

    /// Its name as the database has it, for people.
    var subject: String { self == .platformAdmin ? "static-token" : "user:https://id.example|\(rawValue)" }
    /// Its verified address, for people.
    var email: String { "\(rawValue.lowercased())@corp.example" }
}

/// Which credentials a surface takes.
enum AccessDoor: Sendable {
    case people
    case peopleAndAgents
    case peopleAndKeys
    case pods
    case registry
    case machines
    case platform

    init(_ surface: Surface) {
        let names = Set(surface.credentials.map(\.name))
        self =
            names.contains("skillRegistryToken")
            ? .registry
            : names.contains("platformToken")
                ? .platform
                : names.contains("machineCredential")
                    ? .machines
                    : names.contains("bearerOrAgentToken")
                        ? .peopleAndAgents
                        : names.contains("apiKey")
                            ? .peopleAndKeys : surface.basePath.description.hasPrefix("/api/internal") ? .pods : .people
    }

    /// Whether it takes a caller's credential.
    func takes(_ caller: AccessCaller) -> Bool {
        switch caller {
        case .anonymous: false
        case .memberKey, .adminKey: self == .peopleAndKeys
        case .pod: self == .pods || self == .registry
        case .agent: self == .peopleAndAgents
        case .machine: self == .machines
        case .platformProgram: self == .platform
        default: self == .people || self == .peopleAndAgents || self == .peopleAndKeys
        }
    }
}

/// Whose object a request names.
enum AccessObject: String, CaseIterable, Sendable {
    case own
    case foreign
    case missing
}

/// What a request has to be answered.
enum AccessVerdict: Sendable, Hashable {
    /// This status.
    case refused(Int)
    /// Whatever the operation has to say, but no refusal.
    case passes
    /// There is no such request.
    case none
}

extension AccessTable.Row {
    /// What a request has to be answered, by the table alone.
    func verdict(_ caller: AccessCaller, _ object: AccessObject, at door: AccessDoor, hasPlace: Bool) -> AccessVerdict {
        guard let roles = access.roles else { return object == .own ? .passes : .none }
        guard door.takes(caller) else { return .refused(401) }
        guard !roles.isDisjoint(with: caller.roles) else { return .refused(403) }
        if caller == .agent, objects == .agent { return object == .own ? .passes : .refused(403) }
        switch (object, objects.foreign) {
        case (.own, _): return .passes
        case (.missing, .beside), (.foreign, .beside): return .passes
        case (.missing, .refused): return .none
        // Who looks for something that is not there finds nothing.
        case (.missing, .leftOut): return .passes
        case (.missing, _): return hasPlace ? .refused(404) : .none
        case (.foreign, .none), (.foreign, .leftOut): return .none
        case (.foreign, _) where seesEverything(caller): return .passes
        case (.foreign, .hidden): return .refused(404)
        case (.foreign, .refused): return .refused(403)
        }
    }

    /// Whether nothing is somebody else's for a caller.
    private func seesEverything(_ caller: AccessCaller) -> Bool {
        switch objects {
        case .tenant, .policy, .customer: [.platformAdmin, .viewer, .viewerOfOrganization].contains(caller)
        case .binding: false
        default: caller == .platformAdmin
        }
    }
}
