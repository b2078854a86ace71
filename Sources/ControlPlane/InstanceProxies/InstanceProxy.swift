import Foundation
import HTTPOperations
import KubernetesClient
import Metrics
import OpenClawGateway
import Projection

/// Asks the gateways of instances for callers who may, and says what became of it as the API does. The caller's credentials stay here: to the
/// gateway it is always the platform that asks.
struct InstanceProxy: Sendable {
    let access: InstanceAccess
    let gateways: TenantGateways
    let time: TimeSource
    /// How long a connection may take to come about.
    var connectTimeout: Duration = .seconds(10)

    /// An instance that runs.
    struct Target: Sendable {
        var row: InstanceRow
        var tenant: TenantRow

        /// The uid of its tenant.
        var uid: String { tenant.metadata.uid }
    }

    /// The instance of a request, if the caller may have to do with it and it runs.
    ///
    /// - Throws: ``OperationError``: as ``InstanceAccess/load(_:_:)``, and 409 when it does not run.
    func running(_ id: UUID, _ context: OperationContext) async throws -> Target {
        let (row, tenant) = try await access.load(id, context)
        return try Self.require(row, tenant)
    }

    /// The instance of a request, if it runs and its conversations may be read. Nobody is exempt from that.
    ///
    /// - Throws: ``OperationError``: as ``running(_:_:)``, and 403 without the consent.
    func readable(_ id: UUID, _ context: OperationContext) async throws -> Target {
        let (row, tenant) = try await access.load(id, context)
        guard row.consentsToDebugAccess else { throw OperationError.consentMissing }
        return try Self.require(row, tenant)
    }

    private static func require(_ row: InstanceRow, _ tenant: TenantRow?) throws(OperationError) -> Target {
        guard let tenant, InstanceState(row, InstanceTenant(tenant)).isServing else { throw .instanceNotRunning }
        return Target(row: row, tenant: tenant)
    }

    /// Works with the gateway of a tenant.
    ///
    /// - Parameters:
    ///   - method: what is done, for the figures.
    ///   - uid: the uid of the Tenant.
    ///   - patience: how long a connection may take; default ``connectTimeout``.
    ///   - body: does it.
    /// - Throws: ``OperationError`` as ``ProxyFailure`` says, else what the body throws.
    func call<Value: Sendable>(
        _ method: String,
        of uid: String,
        connectWithin patience: Duration? = nil,
        _ body: @Sendable (GatewayClient) async throws -> Value
    ) async throws -> Value {
        let start = time.now
        do {
            let value = try await gateways.withGateway(of: uid, connectWithin: patience ?? connectTimeout, body)
            Self.record(method, "ok", time.now - start)
            return value
        } catch {
            if let failure = ProxyFailure(error) {
                Self.record(method, failure.rule.code.lowercased(), time.now - start)
                throw failure.operationError
            }
            if (error as? GatewayError)?.code == .cancelled { throw CancellationError() }
            throw error
        }
    }

    /// Counts a call.
    static func record(_ method: String, _ outcome: String, _ duration: Duration) {
        Counter(label: "opencrane_instance_proxy_calls_total", dimensions: [("method", method), ("outcome", outcome)]).increment()
        Metrics.Timer(label: "opencrane_instance_proxy_duration_seconds", dimensions: [("method", method)])
            .recordNanoseconds(Int64(duration.inSeconds * 1e9))
    }
}
