import CraneAPI
import Crypto
import Foundation
import JSONValue
import Projection

/// A gateway on a machine: what a tenant's row says of it. Never its token.
struct FleetGateway: Sendable, Hashable {
    /// How a gateway is doing, in one word.
    enum State: String, Sendable, Hashable, Codable {
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

    /// Reads a tenant's row.
    ///
    /// - Returns: nil when the tenant's unique id is no UUID.
    init?(_ tenant: TenantRow) {
        guard let id = UUID(uuidString: tenant.metadata.uid) else { return nil }
        self.id = id
        self.tenant = tenant
        let fleet = tenant.metadata.spec["fleet"]
        organization = fleet?["organization"]?.stringValue
        maxAgents = (fleet?["maxAgents"]?.integerValue).flatMap { Int(exactly: $0) }
        status = (try? tenant.metadata.status?["gateway"]?.decode(GatewayStatus.self)) ?? GatewayStatus()
    }

    /// The tenant's unique id, as connections and rows name it.
    var uid: String { tenant.metadata.uid }

    /// How it is doing.
    var state: State {
        if tenant.isSuspended { return .suspended }
        return switch TenantPhase(rawValue: tenant.phase) ?? .pending {
        case .pending, .provisioning: .provisioning
        case .running: .ready
        // One that never said hello was never ready.
        case .degraded: status.version == nil ? .provisioning : .degraded
        case .suspended: .suspended
        case .terminating: .terminating
        case .error: .error
        }
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
