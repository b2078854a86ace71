import CraneAPI
import Foundation
import JSONValue
import KubernetesClient
import KubernetesModel
import Logging
import NIOHTTP1
import Observability
import Postgres
import Projection
import SealedSecrets
import Testing

@testable import ControlPlane

extension Stage {
    /// Seals the settings of instances.
    static let sealer = (try? SealingKeyring(parsing: Secret("test:" + Data((0..<32).map { UInt8($0) }).base64EncodedString())))
        .map(SecretSealer.init)

    /// An order as the published example has it, for the built-in catalogue.
    static let order: JSON = ["region_id": "local", "tier_id": "small"]

    /// Sends a request about instances: with a key, or as the platform's administrator who acts for an organisation.
    func instances(
        _ method: HTTPMethod,
        _ path: String = "",
        _ body: JSON? = nil,
        text: String? = nil,
        key: String? = nil,
        organization: String? = "org_a",
        base: String? = nil
    ) async throws -> Answer {
        var headers: [(String, String)] = []
        if let key {
            headers.append(("X-Api-Key", key))
        } else if let organization {
            headers.append(("X-OpenCrane-Organization", organization))
        }
        return try await Self.send(
            method,
            (base ?? self.base) + "/v1/instances" + path,
            text ?? body?.text(),
            token: key == nil ? Stage.token : nil,
            headers: headers
        )
    }

    /// Makes a key of an organisation.
    func apiKey(
        role: String = "member",
        customer: String? = nil,
        organization: String = "org_a",
        scopes: [String] = ["instances:read", "instances:write", "instances:delete"]
    ) async throws -> String {
        var body: JSON = ["name": "test", "role": .string(role), "scopes": .array(scopes.map { .string($0) })]
        if let customer { body["customer_id"] = .string(customer) }
        let answer = try await Self.send(
            .POST,
            base + "/v1/api-keys",
            body.text(),
            token: Stage.token,
            headers: [("X-OpenCrane-Organization", organization)]
        )
        return try #require(answer.body["key"]?.stringValue, "\(answer.body.text())")
    }

    /// Orders an instance and waits until it has its tenant.
    ///
    /// - Returns: its id, its host's name and its key.
    func ordered(
        _ more: JSON = [:],
        key: String? = nil,
        organization: String = "org_a"
    ) async throws -> (id: String, hostname: String, key: String) {
        let answer = try await instances(.POST, "", MergePatch.apply(more, to: Self.order), key: key, organization: organization)
        #expect(answer.status == 200, "\(answer.body.text())")
        let id = try #require(answer.body["instance_id"]?.stringValue)
        try await eventually("the instance has its tenant") { try await row(id).tenantUID != nil }
        return (id, try await row(id).hostname, try #require(answer.body["idempotency_key"]?.stringValue))
    }

    /// An instance's row.
    func row(_ id: String) async throws -> InstanceRow {
        let uuid = try #require(UUID(uuidString: id))
        return try #require(try await InstanceRepository(pool: pool).get(uuid))
    }

    /// How an instance is doing; nil when it is not shown.
    func status(_ id: String, organization: String = "org_a") async throws -> String? {
        try await instances(.GET, "/\(id)", organization: organization).body["status"]?.stringValue
    }

    /// Waits until an instance is gone for good.
    func awaitEnd(_ id: String) async throws {
        try await eventually("the instance is gone") { try await row(id).deletedAt != nil }
    }

    /// What a tenant says that came up.
    static func running(_ address: String = "10.0.0.7") -> JSON {
        let steps = ["vm_create", "workspace_bootstrap", "agent_config", "gateway_start", "connectivity_check", "complete"]
        return [
            "phase": "Running", "targetNamespace": .string(namespace), "message": "All checks passed",
            "machine": ["provider": "local", "id": "m-1", "address": .string(address), "port": 18_789, "zone": "z"],
            "provisioning": [
                "run": 1, "steps": .array(steps.enumerated().map { step($1, "succeeded", seconds: $0 + 1) }),
            ],
            "conditions": [Self.condition("GatewayReady", "True"), Self.condition("MachineReady", "True")],
        ]
    }

    /// A condition.
    static func condition(_ type: String, _ status: String) -> JSON {
        [
            "type": .string(type), "status": .string(status), "reason": "R", "message": "m", "lastTransitionTime": "2026-03-18T09:00:00Z",
        ]
    }

    /// A reconciler of another replica.
    func reconciler(
        now: @escaping @Sendable () -> Date = { Date() },
        configure: (inout InstanceConfiguration) -> Void = { _ in }
    ) -> InstanceReconciler {
        var configuration = ControlPlaneConfiguration(namespace: Self.namespace, token: .init(Self.token))
        configuration.modelProxy.sealer = Self.sealer
        configuration.instances.watchInterval = .zero
        configuration.instances.bootstrapTimeout = .seconds(1_000_000_000)
        configure(&configuration.instances)
        var logger = Logger(label: "reconciler")
        logger.logLevel = .critical
        return InstanceReconciler(
            configuration: configuration,
            client: client,
            pool: pool,
            writer: plane.writer,
            logger: logger,
            now: now,
            random: { 0.5 }
        )
    }
}

/// Runs a test with a stage whose reconciler is quick.
func withInstances(
    configure: @escaping @Sendable (inout ControlPlaneConfiguration) -> Void = { _ in },
    _ body: @escaping @Sendable (Stage) async throws -> Void
) async throws {
    try await withStage(
        configure: { configuration in
            configuration.instances.interval = .milliseconds(50)
            configuration.instances.watchInterval = .milliseconds(50)
            configuration.instances.restInterval = .milliseconds(200)
            // Steps of tests have times of long ago.
            configuration.instances.bootstrapTimeout = .seconds(1_000_000_000)
            configuration.modelProxy.sealer = Stage.sealer
            configure(&configuration)
        },
        body
    )
}

/// Runs a test with a stage whose reconciler does nothing by itself.
func withStillInstances(_ body: @escaping @Sendable (Stage) async throws -> Void) async throws {
    try await withInstances(configure: { $0.instances.batch = 0 }, body)
}
