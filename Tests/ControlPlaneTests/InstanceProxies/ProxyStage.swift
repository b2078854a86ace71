import AsyncHTTPClient
import CraneAPI
import DevelopmentGateway
import Foundation
import JSONValue
import KubernetesClient
import KubernetesModel
import NIOCore
import NIOHTTP1
import OpenClawGateway
import Postgres
import Testing

@testable import ControlPlane

/// A control plane with an instance whose gateway can be started and stopped.
struct ProxyStage: Sendable {
    let stage: Stage
    /// The instance.
    let id: UUID
    /// The unique id of its tenant.
    let uid: String
    /// Where the gateway keeps its files, also while it does not run.
    let directory: URL

    static let steps: JSON = .array(
        ["validate", "vm_create", "workspace_bootstrap", "agent_config", "gateway_start", FleetStatus.lastStep].map {
            Stage.step($0, "succeeded", seconds: 5)
        }
    )

    /// Tells the platform where the gateway listens.
    func point(to port: Int, phase: String = "Running") async throws {
        try await stage.report(
            "acme",
            [
                "phase": .string(phase), "targetNamespace": .string(Stage.namespace),
                "machine": ["address": "127.0.0.1", "port": .integer(Int64(port)), "id": "m-1"],
                "provisioning": ["run": 1, "steps": Self.steps],
            ]
        )
    }

    /// Runs the gateway while a body runs.
    func withGateway<Value: Sendable>(
        port: Int = 0,
        restartsOnChange: Bool = false,
        _ body: @escaping @Sendable (GatewayProcess) async throws -> Value
    ) async throws -> Value {
        try await withGatewayProcess(in: directory, port: port, { $0.restartsOnChange = restartsOnChange }) { gateway in
            if port == 0 { try await point(to: gateway.port) }
            return try await body(gateway)
        }
    }

    /// Runs the gateway behind a gate.
    func withGate(_ body: @escaping @Sendable (FrameGate) async throws -> Void) async throws {
        try await withGatewayProcess(in: directory) { gateway in
            try await FrameGate.with(gateway.port) { gate, port in
                try await point(to: port)
                try await body(gate)
            }
        }
    }

    /// Sends a request about the instance.
    func send(
        _ method: HTTPMethod,
        _ path: String,
        _ body: JSON? = nil,
        text: String? = nil,
        headers: [(String, String)] = []
    ) async throws -> Stage.Answer {
        try await Stage.send(method, url(path), text ?? body?.text(), token: Stage.token, headers: headers)
    }

    func url(_ path: String) -> String { stage.base + "/v1/instances/\(id.uuidString.lowercased())" + path }

    /// A request of a chat.
    func chatRequest(_ message: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url("/chat"))
        request.method = .POST
        request.headers.add(name: "Authorization", value: "Bearer \(Stage.token)")
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(ByteBuffer(string: JSON.object(["message": .string(message)]).text()))
        return request
    }

    /// Chats to the end.
    func chat(_ message: String) async throws -> (status: Int, events: [ChatEvent]) {
        let response = try await HTTPClient.shared.execute(chatRequest(message), timeout: .seconds(60))
        let text = String(buffer: try await response.body.collect(upTo: 1 << 22))
        return (Int(response.status.code), ChatEvent.list(text))
    }

    /// Changes the instance's row.
    func set(_ change: SQL) async throws { try await stage.pool.execute("update instances set \(change) where id = \(id)") }

    func row() async throws -> InstanceRow { try #require(try await InstanceRepository(pool: stage.pool).get(id)) }
}

/// An event of a chat.
struct ChatEvent: Sendable, Hashable {
    var name: String
    var data: JSON

    static func list(_ text: String) -> [ChatEvent] {
        text.components(separatedBy: "\n\n").compactMap { block in
            let lines = block.split(separator: "\n")
            guard let name = lines.first(where: { $0.hasPrefix("event: ") })?.dropFirst(7),
                let data = lines.first(where: { $0.hasPrefix("data: ") }).flatMap({ try? JSON(parsing: String($0.dropFirst(6))) })
            else { return nil }
            return ChatEvent(name: String(name), data: data)
        }
    }
}

/// Runs a test with an instance that came up. Nobody looks after instances, or collects what they use, by itself.
func withProxyStage(
    settings: JSON = [:],
    configure: @escaping @Sendable (inout ControlPlaneConfiguration) -> Void = { _ in },
    _ body: @escaping @Sendable (ProxyStage) async throws -> Void
) async throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "crane-instance-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: directory) }
    try await withStage(
        configure: { configuration in
            configuration.bodyLimit = 1 << 20
            configuration.modelProxy.sealer = Stage.sealer
            configuration.instances.interval = .seconds(3600)
            configuration.agents.interval = .seconds(3600)
            configuration.instanceProxies.connectTimeout = .seconds(2)
            configuration.instanceProxies.chat.connect = .seconds(2)
            configuration.instanceProxies.chat.heartbeat = .milliseconds(50)
            configuration.instanceProxies.usage.interval = .seconds(3600)
            configure(&configuration)
        },
        { stage in
            let tenant = try await stage.make(
                .tenant,
                "acme",
                spec: [
                    "displayName": "Acme", "email": "a@x.example", "fleet": [:],
                    "runtime": ["type": "VirtualMachine", "machine": ["provider": "local"]],
                ]
            )
            let secret = CoreV1.Secret(
                metadata: ObjectMeta(name: TenantNames(tenant: "acme").bootstrapSecret, namespace: Stage.namespace),
                data: [
                    BootstrapSecret.secretsKey: Data(JSON.object(["gatewayToken": .string(GatewayProcess.token)]).serialized())
                        .base64EncodedString(),
                    BootstrapSecret.deviceKey: Data(GatewayProcess.device).base64EncodedString(),
                ]
            )
            _ = try await stage.client.resource(CoreV1.Secret.self, namespace: Stage.namespace)
                .apply(secret, fieldManager: "opencrane-operator", force: true)
            try await stage.report("acme", ["phase": "Provisioning", "targetNamespace": .string(Stage.namespace)])
            let (id, uid) = (UUID(), try #require(tenant.metadata.uid))
            try await stage.pool.execute(
                """
                insert into instances (id, task_id, organization, agent_name, idempotency_key, request_hash, region_id, tier_id, tier_name,
                    preset_id, hostname, namespace, tenant_spec, tenant_uid, agent_config, actor, request_id, created_at, updated_at)
                values (\(id), \(UUID()), 'org_a', 'Acme', 'key', 'hash', 'local', 'small', 'Small', 'personal_assistant', 'acme',
                    \(Stage.namespace), \(JSON.object([:])), \(uid), \(settings), 'test', 'r', now(), now())
                """
            )
            try await body(ProxyStage(stage: stage, id: id, uid: uid, directory: directory))
        }
    )
}
