import CraneAPI
import DevelopmentGateway
import Foundation
import JSONValue
import KubernetesClient
import KubernetesModel
import Logging
import NIOHTTP1
import OpenClawGateway
import Postgres
import Projection
import Testing

@testable import ControlPlane

/// A control plane with a tenant whose gateway can be started and stopped.
struct AgentStage: Sendable {
    /// The platform's API as agents reach it.
    static let address = "http://plane.example:8080"

    let stage: Stage
    /// The tenant's unique id.
    let uid: String
    /// Where the gateway keeps its files, also while it does not run.
    let directory: URL

    /// The tenant's board.
    var board: UUID { Board.id(ofTenant: uid) }
    var agents: AgentRepository { AgentRepository(pool: stage.pool) }

    /// The seed's body, for this stage's board.
    func body(_ name: String = "Financial Operations Lead", _ change: (inout JSON) -> Void = { _ in }) -> JSON {
        var body: JSON = [
            "name": .string(name), "board_id": .string(board.text), "status": "active",
            "identity_profile": ["role": "cfo", "specialty": "budget_planning"],
            "identity_template": "You are a CFO agent responsible for financial planning and analysis.",
        ]
        change(&body)
        return body
    }

    /// Tells the platform where the gateway listens.
    func point(to port: Int) async throws {
        try await stage.report(
            "acme",
            [
                "phase": "Running", "targetNamespace": .string(Stage.namespace),
                "machine": ["address": "127.0.0.1", "port": .integer(Int64(port))],
            ]
        )
    }

    /// Runs the gateway while a body runs; the next one listens at the same port.
    func withGateway<Value: Sendable>(
        port: Int = 0,
        restartsOnChange: Bool = false,
        _ body: @escaping @Sendable (GatewayProcess) async throws -> Value
    ) async throws -> Value {
        try await withGatewayProcess(
            in: directory,
            port: port,
            { configuration in
                configuration.restartsOnChange = restartsOnChange
                // Many agents are made in a moment.
                configuration.changesPerMinute = 10_000
            }
        ) { gateway in
            if port == 0 { try await point(to: gateway.port) }
            return try await body(gateway)
        }
    }

    func send(
        _ method: HTTPMethod,
        _ path: String,
        _ body: JSON? = nil,
        token: String? = Stage.token,
        headers: [(String, String)] = []
    ) async throws -> Stage.Answer { try await stage.send(method, path, body, token: token, headers: headers) }

    func row(_ id: UUID) async throws -> AgentRow { try #require(try await agents.get(id)) }

    /// The file of an agent with its token, as it is on disk.
    func tools(_ row: AgentRow) throws -> String {
        try String(contentsOfFile: try #require(row.workspacePath) + "/TOOLS.md", encoding: .utf8)
    }

    /// The ids of the gateway's agents that the platform made, as its configuration on disk has them.
    func gatewayAgents() throws -> [String] {
        // A gateway that nobody has changed has none.
        guard let data = try? Data(contentsOf: directory.appending(path: "openclaw.json")) else { return [] }
        let config = try JSON(parsing: data)
        return (config[at: ["agents", "list"]]?.arrayValue ?? []).compactMap { $0["id"]?.stringValue }.filter { $0.hasPrefix("mc-") }
    }

    /// A replica of its own: what makes agents, over a transport.
    ///
    /// - Parameters:
    ///   - gateways: the way to gateways.
    ///   - ahead: how many seconds its clock is ahead.
    func replica(_ gateways: TenantGateways, ahead: TimeInterval = 0, logger: Logger? = nil) -> AgentProvisioner {
        var settings = AgentSettings()
        settings.baseURL = Self.address
        settings.connectTimeout = .seconds(3)
        settings.patience = .milliseconds(200)
        return AgentProvisioner(
            agents: agents,
            tenants: TenantRepository(pool: stage.pool),
            gateways: gateways,
            witness: TenantWitness(client: stage.planeClient, limit: .seconds(5)),
            settings: settings,
            logger: logger ?? Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            now: { Date().addingTimeInterval(ahead) },
            random: { 0 }
        )
    }

    /// Records an agent as a request does, without making it.
    func record(_ name: String) async throws -> AgentRow {
        let (id, now) = (UUID(), Date())
        var row = AgentRow(
            id: id,
            boardID: board,
            gatewayID: uid,
            namespace: Stage.namespace,
            tenant: "acme",
            name: name,
            key: AgentRow.key(of: id),
            now: now
        )
        row.heartbeatConfig = ["interval_seconds": 30]
        row.heartbeat = ["every": "30s", "target": "last"]
        row.options = ProvisionOptions().json
        row.nextAttemptAt = now
        let audit = AgentActor(subject: "test", requestID: "r").entry("AgentCreated", row, "test")
        guard case .inserted(let inserted) = try await agents.insert(row, capacity: 1000, audit: audit, now: now) else {
            throw AgentBusy()
        }
        return inserted
    }
}

/// Runs a test with a tenant and its board. Nobody looks after agents by itself unless the test says so.
func withAgentStage(
    maxAgents: Int64 = 200,
    reconciles: Bool = false,
    configure: @escaping @Sendable (inout ControlPlaneConfiguration) -> Void = { _ in },
    _ body: @escaping @Sendable (AgentStage) async throws -> Void
) async throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "crane-agents-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: directory) }
    try await withStage(
        configure: { configuration in
            configuration.agents.interval = reconciles ? .milliseconds(50) : .seconds(3600)
            configuration.agents.connectTimeout = .seconds(2)
            configuration.agents.patience = .seconds(2)
            configuration.agents.backoff = IntentBackoff(first: .milliseconds(200), longest: .milliseconds(400))
            configuration.agents.baseURL = AgentStage.address
            configure(&configuration)
        },
        { stage in
            let tenant = try await stage.make(
                .tenant,
                "acme",
                spec: [
                    "displayName": "Acme", "email": "a@x.example",
                    "fleet": ["organization": "org_a", "maxAgents": .integer(maxAgents)],
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
            try await body(AgentStage(stage: stage, uid: try #require(tenant.metadata.uid), directory: directory))
        }
    )
}

extension Stage.Answer {
    /// The id of the agent that was answered.
    var agent: UUID? { body["id"]?.stringValue.flatMap { UUID(uuidString: $0) } }
}
