import CraneAPI
import Crypto
import Foundation
import JSONValue
import Projection
import Schema

/// A gateway on a machine: what a tenant's row says of it. Never its token.
struct FleetGateway: Sendable, Hashable {
    /// How a gateway is doing, in one word.
    enum State: String, SchemaEnum {
        /// Its machine is being made.
        case provisioning
        /// It answers.
        case ready
        /// It ran, and does not at the moment.
        case degraded
        /// It is stopped because its tenant is.
        case suspended
        /// It cannot go on without somebody's help.
        case error
        /// It is being taken away.
        case terminating

        /// What a tenant's phase says of its gateway.
        ///
        /// - Parameters:
        ///   - phase: the phase.
        ///   - isSuspended: whether the tenant is to stand still.
        ///   - isSeen: whether the gateway ever answered: what is not right before was never right.
        init(phase: TenantPhase, isSuspended: Bool, isSeen: Bool) {
            if isSuspended, phase != .terminating {
                self = .suspended
                return
            }
            switch phase {
            case .pending, .provisioning: self = .provisioning
            case .running: self = .ready
            case .degraded: self = isSeen ? .degraded : .provisioning
            case .suspended: self = .suspended
            case .terminating: self = .terminating
            case .error: self = .error
            }
        }
    }

    /// The tenant.
    let tenant: TenantRow
    /// Its id: the tenant's unique id.
    let id: UUID
    /// The organisation it belongs to; nil for a person's own.
    let organization: String?
    /// What was seen of it.
    let status: GatewayStatus
    /// The most agents of its board that its tenant asks for; nil for the platform's setting.
    let maxAgents: Int?

    /// Reads a row.
    ///
    /// - Returns: nil when the tenant's unique id is no UUID.
    init?(_ row: GatewayRow) {
        let tenant = row.tenant
        guard let id = UUID(uuidString: tenant.metadata.uid) else { return nil }
        self.id = id
        self.tenant = tenant
        let fleet = tenant.metadata.spec["fleet"]
        organization = row.organization
        maxAgents = (fleet?["maxAgents"]?.integerValue).flatMap { Int(exactly: $0) }
        status = (try? tenant.metadata.status?["gateway"]?.decode(GatewayStatus.self)) ?? GatewayStatus()
    }

    /// The tenant's unique id, as connections and rows name it.
    var uid: String { tenant.metadata.uid }

    /// How it is doing.
    var state: State {
        State(phase: TenantPhase(rawValue: tenant.phase) ?? .pending, isSuspended: tenant.isSuspended, isSeen: status.version != nil)
    }

    /// When something about it last changed.
    var updatedAt: Date { max(tenant.metadata.observedAt, tenant.metadata.createdAt) }
}

/// The board of a gateway: a place for a number of agents.
struct Board: Sendable, Hashable {
    /// Its id.
    let id: UUID
    /// The gateway its agents live on.
    let gateway: FleetGateway
    /// The most agents there may be.
    let maxAgents: Int

    /// The board of a gateway.
    ///
    /// - Parameters:
    ///   - gateway: the gateway.
    ///   - capacity: the most agents of a board whose tenant says nothing.
    init(of gateway: FleetGateway, capacity: Int) {
        id = Self.id(ofTenant: gateway.uid)
        self.gateway = gateway
        maxAgents = gateway.maxAgents ?? capacity
    }

    /// The id of a tenant's board. The database finds boards by the same rule.
    ///
    /// - Parameter uid: the tenant's unique id.
    static func id(ofTenant uid: String) -> UUID {
        // An MD5 gives the 16 bytes of an id here; nothing is kept safe by it.
        let bytes = Array(Insecure.MD5.hash(data: Array("opencrane-board:\(uid)".utf8)))
        return bytes.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }
}

extension UUID {
    /// The id as answers have it: in lower case (RFC 9562, section 4).
    var text: String { uuidString.lowercased() }
}
