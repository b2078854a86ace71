import Foundation
import HTTPOperations
import HTTPTypes
import Projection

/// Finds boards and gateways for those who ask: whoever acts in an organisation sees that organisation's, a person without one their own,
/// platform administrators all. Of an organisation's instances, a member sees those of no customer and the own. What somebody may not see is
/// not there.
struct BoardDirectory: Sendable {
    /// Boards or gateways of one page.
    struct Listing<Item: Sendable>: Sendable {
        var items: [Item]
        /// How many there are on all pages.
        var total: Int
        /// Where the next page begins; nil when this is the last.
        var next: String?
    }

    let gateways: GatewayRepository
    /// The most agents of a board whose tenant says nothing.
    let capacity: Int

    /// A board.
    ///
    /// - Throws: ``OperationError`` 404 when it is not there, or not for the scope; 503 when the database cannot be asked.
    func board(_ id: UUID, in scope: TenantScope) async throws -> Board {
        guard let row = try await onDatabase({ try await gateways.tenant(board: id, in: scope) }), let gateway = FleetGateway(row) else {
            throw OperationError.boardNotFound
        }
        return Board(of: gateway, capacity: capacity)
    }

    /// A gateway.
    ///
    /// - Throws: ``OperationError`` 404 when it is not there, or not for the scope; 503 when the database cannot be asked.
    func gateway(_ id: UUID, in scope: TenantScope) async throws -> FleetGateway {
        // Kubernetes writes unique ids in lower case.
        let uid = id.text
        guard let row = try await onDatabase({ try await gateways.tenant(uid: uid, in: scope) }), let gateway = FleetGateway(row) else {
            throw OperationError.gatewayNotFound
        }
        return gateway
    }

    /// Gateways, the newest first.
    ///
    /// - Throws: ``OperationError`` 400 for a cursor that is none of ours; 503 when the database cannot be asked.
    func list(_ scope: TenantScope, _ page: BoardListParameters) async throws -> Listing<FleetGateway> {
        let (rows, total, next) = try await onListing {
            try await gateways.list(scope, limit: page.limit, offset: page.offset, cursor: page.cursor)
        }
        return Listing(items: rows.compactMap(FleetGateway.init), total: total, next: next)
    }

    /// Boards, the newest first.
    ///
    /// - Throws: ``OperationError`` 400 for a cursor that is none of ours; 503 when the database cannot be asked.
    func boards(_ scope: TenantScope, _ page: BoardListParameters) async throws -> Listing<Board> {
        let listing = try await list(scope, page)
        return Listing(items: listing.items.map { Board(of: $0, capacity: capacity) }, total: listing.total, next: listing.next)
    }
}

extension TenantScope {
    /// What a caller may see.
    ///
    /// - Throws: ``OperationError`` 403 when somebody else than a platform administrator acts for others.
    init(_ context: OperationContext) throws(OperationError) {
        let actsForOthers = context.header(ActingFor.organization) != nil || context.header(ActingFor.user) != nil
        if context.principal.roles.contains(.platformAdmin), !actsForOthers {
            self = .all
        } else if let owner = try FleetOwner.asking(context) {
            self = .owner(owner, customer: Self.customer(context))
        } else {
            self = .none
        }
    }

    /// The customer whose instances alone are seen; nil for whoever administers the organisation. The same rule as ``InstanceCaller`` has.
    private static func customer(_ context: OperationContext) -> String? {
        if let named = context.header(ActingFor.user) { return named }
        let principal = context.principal
        guard principal.roles.isDisjoint(with: InstanceAccess.administrators) else { return nil }
        return principal.customer ?? principal.email
    }
}

extension OperationError {
    /// 404: the board is not there, or not the caller's.
    static let boardNotFound = OperationError(.notFound, code: "BOARD_NOT_FOUND", message: "Board not found")
    /// 404: the gateway is not there, or not the caller's.
    static let gatewayNotFound = OperationError(.notFound, code: "GATEWAY_NOT_FOUND", message: "Gateway not found")
}
