import CraneAPI
import Foundation
import HTTPOperations
import JSONValue
import KubernetesClient
import NIOConcurrencyHelpers
import OpenClawGateway
import Projection

/// Looks at how an instance runs, in every state it can be in.
struct RuntimeReader: Sendable {
    let proxy: InstanceProxy
    let log: InstanceLog
    /// How long the gateway may take in all.
    var limit: Duration = .seconds(8)
    /// How many looks in a row failed, by instance: as many as a process may be connected to.
    private let failures = NIOLockedValueBox<[UUID: Int64]>([:])
    private static let most = 1024

    init(proxy: InstanceProxy, log: InstanceLog) {
        self.proxy = proxy
        self.log = log
    }

    /// What is known of an instance; one that is deleted is known too.
    ///
    /// - Throws: ``OperationError`` 403, 404, 503.
    func view(_ id: UUID, _ context: OperationContext) async throws -> RuntimeView {
        let caller = try InstanceCaller(context)
        let found = try await onDatabase { try await proxy.access.instances.get(id) }
        let row = try InstanceAccess.require(found, caller)
        let tenant = try await proxy.access.tenant(of: row)
        let lines = try await onDatabase { try await log.list(row.tenantUID, limit: 100).lines }
        let (report, error) = await report(row, tenant)
        return RuntimeView(
            row,
            tenant.map { InstanceTenant($0) },
            report: report,
            error: error,
            failures: count(row.id, error?.code),
            lines: lines
        )
    }

    private func count(_ id: UUID, _ error: RuntimeError?) -> Int64 {
        failures.withLockedValue { failures in
            switch error {
            case .unreachable, .timeout, .badResponse:
                if failures.count >= Self.most, failures[id] == nil { failures = [:] }
                failures[id, default: 0] += 1
            case .notReady, .deleted, nil: failures[id] = nil
            }
            return failures[id] ?? 0
        }
    }

    private func report(_ row: InstanceRow, _ tenant: TenantRow?) async -> (RuntimeReport?, (code: RuntimeError, message: String)?) {
        if row.deletedAt != nil { return (nil, (.deleted, "The instance is deleted.")) }
        if row.deleteRequestedAt != nil { return (nil, (.deleted, "The instance is being deleted.")) }
        guard let tenant, InstanceState(row, InstanceTenant(tenant)).isServing else {
            return (nil, (.notReady, "The instance is not running."))
        }
        do {
            let report = try await proxy.time.withTimeout(limit) {
                try await proxy.call("runtime", of: tenant.metadata.uid, connectWithin: limit / 2) { try await Self.ask($0) }
            }
            return (report, nil)
        } catch {
            return (nil, Self.reason(error))
        }
    }

    /// Why a gateway said nothing.
    static func reason(_ error: any Error) -> (code: RuntimeError, message: String) {
        guard let error = error as? OperationError else {
            return error is TimeLimitExceeded
                ? (.timeout, "The instance did not answer in time.") : (.badResponse, "The instance could not be asked.")
        }
        switch error.code {
        case OperationError.instanceNotRunning.code: return (.notReady, "The instance is not running.")
        case "INSTANCE_TIMEOUT": return (.timeout, error.message)
        case "INSTANCE_UNREACHABLE", "GATEWAYS_BUSY", "INSTANCE_BUSY", "KUBERNETES_UNAVAILABLE", "DATABASE_UNAVAILABLE":
            return (.unreachable, error.message)
        default: return (.badResponse, error.message)
        }
    }

    private static func ask(_ client: GatewayClient) async throws -> RuntimeReport {
        let hello = try await client.hello()
        let health = try await client.health()
        /// What not every release has is asked for without insisting.
        func optional(_ method: String) async -> JSON? {
            guard hello.methods.contains(method) else { return nil }
            return try? await client.read(method, timeout: .seconds(3))
        }
        return RuntimeReport(
            hello: hello,
            health: health,
            status: await optional("status"),
            presence: await optional("system-presence"),
            heartbeat: await optional("last-heartbeat"),
            skills: await optional("skills.status")
        )
    }
}
