import CraneAPI
import Foundation
import HTTPOperations
import JSONValue
import KubernetesClient
import KubernetesModel
import Logging
import ModelProxy
import ModelProxyFixtures
import NIOHTTP1
import Observability
import Postgres
import Projection
import SealedSecrets

@testable import ControlPlane

/// Runs a test with a control plane that manages a stand-in for a model proxy.
///
/// - Parameters:
///   - isRunning: whether its services work by themselves; else the test decides when.
///   - change: changes the settings.
func withBudgets(
    isRunning: Bool = true,
    _ change: @escaping @Sendable (inout ModelProxySettings) -> Void = { _ in },
    _ body: @escaping @Sendable (Stage, ModelProxyStandIn) async throws -> Void
) async throws {
    try await ModelProxyStandIn.run { proxy in
        let settings = try modelProxySettings(proxy, isRunning: isRunning, change)
        try await withStage(configure: { $0.modelProxy = settings }) { stage in try await body(stage, proxy) }
    }
}

/// Settings for a stand-in.
func modelProxySettings(
    _ proxy: ModelProxyStandIn,
    isRunning: Bool = true,
    _ change: (inout ModelProxySettings) -> Void = { _ in }
) throws -> ModelProxySettings {
    var settings = ModelProxySettings()
    settings.client = try ModelProxyClient(endpoint: proxy.base, masterKey: SensitiveString(ModelProxyStandIn.masterKey))
    settings.webhook = proxy.base + "/alerts"
    settings.sealer = SecretSealer(keys: try SealingKeyring(current: testKey("one", 1)))
    settings.collecting = isRunning ? .milliseconds(100) : .seconds(3600)
    settings.watching = isRunning ? .milliseconds(50) : .seconds(3600)
    settings.delivering = isRunning ? .milliseconds(20) : .seconds(3600)
    change(&settings)
    return settings
}

/// A sealing key for tests.
func testKey(_ id: String, _ seed: UInt8) throws -> SealingKey {
    try SealingKey(id: id, material: Secret((0..<32).map { seed &+ UInt8($0) }))
}

extension Stage {
    /// Makes a tenant whose place the operator has found.
    func makeTenant(_ name: String, budget: JSON? = nil, customer: String? = nil) async throws {
        var body: JSON = [
            "name": .string(name), "displayName": .string(name), "email": .string("\(name)@Corp.example"), "team": "ops",
        ]
        body["monthlyBudgetUsd"] = budget
        let made = try await send(.POST, "/tenants", body)
        precondition(made.status == 201, made.body.text())
        _ = try await client.dynamic(Tenant.resourceType, namespace: Self.namespace).mergePatch(
            ObjectKey(namespace: Self.namespace, name: name),
            ["status": ["phase": "Running", "targetNamespace": .string(Self.namespace)]],
            subresource: "status"
        )
        let status: JSON = ["phase": "Running", "targetNamespace": .string(Self.namespace)]
        try await pool.execute("update tenants set status = \(status), cluster_tenant_ref = \(customer) where name = \(name)")
    }

    /// The value of a tenant's model key in its Secret.
    func heldKey(_ tenant: String) async throws -> String? {
        try await secret(tenant)?.secretText("apiKey")
    }

    /// The Secret with a tenant's model key.
    func secret(_ tenant: String) async throws -> DynamicObject? {
        try await client.dynamic(CoreV1.Secret.resourceType, namespace: Self.namespace)
            .getIfPresent(TenantNames(tenant: tenant).modelKeySecret)
    }

    /// What a tenant is marked with, so that its pod is made anew.
    func mark(_ tenant: String) async throws -> String? {
        try await object(.tenant, tenant)?.metadata.annotations[CraneAnnotations.modelKeyChecksum]
    }

    /// What brings keys of tenants to what they should be, as the stage's own does.
    func keyHandler(_ settings: ModelProxySettings) throws -> ModelKeyHandler {
        guard let proxy = settings.client else { throw CancellationError() }
        return ModelKeyHandler(
            settings: settings,
            proxy: proxy,
            kubernetes: client,
            keys: ModelKeyRepository(pool: pool),
            budgets: BudgetRepository(pool: pool),
            audit: AuditRepository(pool: pool),
            namespace: Self.namespace,
            limit: .seconds(5),
            now: { Date() },
            logger: Logger(label: "keys") { _ in SwiftLogNoOpLogHandler() }
        )
    }
}

extension ModelProxyStandIn {
    /// Hashes of the live keys of a tenant.
    func live(_ tenant: String) -> [String] { state.live("opencrane-\(tenant)").compactMap { $0["token"]?.stringValue } }

    /// Has a tenant spend.
    func spend(_ dollars: JSON, by tenant: String) {
        change { state in
            for (hash, row) in state.keys where row["key_alias"]?.stringValue == "opencrane-\(tenant)" {
                state.keys[hash]?["spend"] = dollars
            }
        }
    }
}

extension Stage {
    /// The operations on budgets, for callers of other roles than the stage's own.
    func budgetOperations(_ configuration: ControlPlaneConfiguration) -> [HTTPOperations.Operation] {
        let logger = Logger(label: "budgets") { _ in SwiftLogNoOpLogHandler() }
        let now: @Sendable () -> Date = { Date() }
        return BudgetCapability(
            ControlPlaneParts(
                configuration: configuration,
                client: client,
                pool: pool,
                writer: plane.writer,
                authenticator: AuthenticatorChain([]),
                apiKeys: APIKeyAuthenticator(keys: APIKeyRepository(pool: pool), logger: logger, now: now),
                gateways: plane.gateways,
                logger: logger,
                now: now,
                random: { 0.5 }
            )
        ).operations
    }
}
