import CraneAPI
import FleetTemplates
import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import KubernetesClient
import Logging
import OpenClawGateway
import Projection

/// Brings the files, settings and tokens of a gateway's agents to what templates and rows say, for many agents in one go.
struct TemplateSync: Sendable {
    /// How long, and how many at a time.
    struct Limits: Sendable, Hashable {
        /// How long a gateway that is away is waited for.
        var waiting: Duration = .seconds(20)
        /// How long all of it may take; agents that nobody came to by then are told of. Shorter than the request's time.
        var total: Duration = .seconds(90)
        /// How long one agent may take.
        var agent: Duration = .seconds(25)
        /// Most agents that are worked on at once.
        var width = 4
        /// Most agents of one request.
        var agents = 1000
        /// How long the request may take.
        var request: Duration = .seconds(120)
    }

    let agents: AgentRepository
    let gateways: TenantGateways
    let templates: TemplateSource
    let settings: AgentSettings
    var limits = Limits()
    let logger: Logger
    let now: @Sendable () -> Date
    let random: @Sendable () -> Double
    var time: TimeSource = .system
    /// Makes ids of those who hold leases.
    var makeHolder: @Sendable () -> UUID = { UUID() }  // edge: names one run
    /// Makes the random part of a token.
    var makeSecret: @Sendable () -> [UInt8] = {
        // edge: tokens must not be guessed
        var generator = SystemRandomNumberGenerator()
        return (0..<AgentToken.secretLength).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    /// Does it.
    ///
    /// - Parameters:
    ///   - request: what is wanted.
    ///   - gateway: the gateway.
    ///   - actor: who asks for it.
    /// - Throws: ``OperationError`` 404 for a board of another gateway, 502 when the gateway is away or lets nobody in, 503.
    func sync(_ request: SyncParameters, of gateway: FleetGateway, by actor: AgentActor) async throws -> SyncAnswer {
        if let board = request.boardID, board != Board.id(ofTenant: gateway.uid) { throw OperationError.boardNotFound }
        let rows = try await wanted(request, gateway)
        let plan = request.includeMain ? try await self.plan(gateway) : nil
        let start = time.now
        var backoff = BoundedBackoff(limit: limits.waiting)
        while true {
            do {
                return try await gateways.withGateway(of: gateway.uid, connectWithin: settings.connectTimeout) { client in
                    let run = SyncRun(
                        sync: self,
                        client: client,
                        request: request,
                        gateway: gateway,
                        actor: actor,
                        end: start + limits.total
                    )
                    return try await run.carryOut(rows, plan)
                }
            } catch let error as GatewayAccessError {
                guard [.unreachable, .timeout, .busy].contains(error.code),
                    let pause = backoff.pause(elapsed: time.now - start, random: random())
                else { throw OperationError.syncFailed(error) }
                // wait: a gateway that restarts is there again soon
                try await time.sleep(for: pause)
            }
        }
    }

    private func wanted(_ request: SyncParameters, _ gateway: FleetGateway) async throws -> [AgentRow] {
        let filter = AgentFilter(scope: .all, boardID: request.boardID, gatewayID: gateway.uid)
        let rows = try await onDatabase { try await agents.list(filter, limit: limits.agents).rows }
        return rows.filter { !$0.isEnding && (!request.leadOnly || $0.isBoardLead) }
    }

    private func plan(_ gateway: FleetGateway) async throws -> FleetPlan {
        let fleet = try? gateway.tenant.metadata.spec["fleet"]?.decode(TenantFleet.self)
        let catalog = try await templates.catalog(for: fleet?.template)
        do {
            return try FleetPlan(fleet, catalog: catalog)
        } catch let error {
            throw OperationError.templateUnusable(error)
        }
    }
}

extension OperationError {
    /// 502: there is no connection to the gateway.
    static func syncFailed(_ error: GatewayAccessError) -> OperationError {
        OperationError(.badGateway, code: error.code.rawValue, message: "Gateway template sync failed: \(error.message)", cause: error)
    }

    /// 409: the tenant's template cannot be used any more.
    static func templateUnusable(_ error: TemplateError) -> OperationError {
        OperationError(
            .conflict,
            code: "TEMPLATE_UNUSABLE",
            message: "The tenant's own agents cannot be synced; repeat with include_main=false for the others.",
            detail: error.message
        )
    }
}
