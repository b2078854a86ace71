import AsyncHTTPClient
import CraneAPI
import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import KubernetesClient
import KubernetesModel
import NIOCore
import NIOHTTP1
import Postgres
import Projection
import Testing

@testable import ControlPlane

/// Two customers with something of every kind, and everybody who may call.
struct AccessWorld: Sendable {
    let stage: Stage
    /// How each caller proves who it is.
    private(set) var credentials: [AccessCaller: [(String, String)]] = [:]
    /// How the pod proves who it is where skills are delivered.
    private var registryPod: [(String, String)] = []
    /// Unique ids of the tenants with machines, by name: `olgas` of a person, `corps` and `others` of organisations.
    private(set) var machines: [String: String] = [:]
    /// Ids of what the catalogues have, by the first part of the path.
    private(set) var catalogue: [String: String] = [:]
    private(set) var credentialID = ""
    /// The agent that calls.
    private(set) var agent = UUID()

    init(_ stage: Stage) async throws {
        self.stage = stage
        try await makeCustomers()
        for (name, email, organization) in [
            ("olgas", AccessCaller.owner.email, nil), ("corps", "c@corp.example", "corp"), ("others", "o@other.example", "other"),
        ] as [(String, String, String?)] {
            machines[name] = try await Self.machine(stage, name, email: email, organization: organization)
        }
        try await makeCatalogue()
        try await makeCallers()
    }

    private func made(_ path: String, _ body: JSON, base: String? = nil, headers: [(String, String)] = []) async throws -> JSON {
        let answer = try await Stage.send(.POST, (base ?? stage.base + "/api/v1") + path, body.text(), token: Stage.token, headers: headers)
        try #require(answer.status < 300, "\(path): \(answer.body.text())")
        return answer.body
    }

    private func makeCustomers() async throws {
        for (customer, policy, tenant, email) in [
            ("corp", "base", "mia", AccessCaller.owner.email), ("other", "theirs", "leo", "leo@other.example"),
        ] {
            _ = try await made("/cluster-tenants", ["name": .string(customer), "displayName": .string(customer)])
            _ = try await made("/policies", ["name": .string(policy)])
            try await stage.makeRunning(
                tenant,
                ["clusterTenantRef": .string(customer), "email": .string(email), "policyRef": .string(policy), "team": .string(policy)]
            )
        }
    }

    private static func machine(_ stage: Stage, _ name: String, email: String, organization: String?) async throws -> String {
        var spec: JSON = [
            "displayName": .string(name), "email": .string(email), "fleet": ["maxAgents": 200],
            "runtime": ["type": "VirtualMachine", "machine": ["provider": "local"]],
        ]
        if let organization { spec[at: ["fleet", "organization"]] = .string(organization) }
        let made = try await stage.make(.tenant, name, spec: spec)
        try await stage.report(name, ["phase": "Provisioning", "targetNamespace": .string(Stage.namespace)])
        return try #require(made.metadata.uid)
    }

    private mutating func makeCatalogue() async throws {
        let skill = try await stage.makeSkill("greeting")
        try await stage.publish(skill)
        let server = try await made("/mcp-servers", MCPServerTests.jira)
        catalogue = [
            "skills": skill, "mcp-servers": server["id"]?.stringValue ?? "",
            "groups": try await stage.makeGroup("everyone", [["payloadId": "news", "subjectType": "everyone"]]),
            "third-party-sources": try await made(
                "/third-party-sources",
                ["name": "official", "type": "mcp-registry", "url": "https://registry.example.org/v0/servers"]
            )["id"]?.stringValue ?? "",
        ]
        credentialID = server["credentials"]?[0]?["id"]?.stringValue ?? ""
    }

    /// How a caller proves who it is at a door.
    func proof(of caller: AccessCaller, at door: AccessDoor) -> [(String, String)] {
        caller == .pod && door == .registry ? registryPod : credentials[caller] ?? []
    }

    private mutating func makeCallers() async throws {
        for caller in AccessCaller.allCases where caller.isPerson {
            credentials[caller] = [("Authorization", "Bearer \(try await token(of: caller).text)")]
        }
        credentials[.platformAdmin] = [("Authorization", "Bearer \(Stage.token)")]
        credentials[.platformProgram] = [("X-Platform-Token", Stage.platformToken)]
        for (caller, role) in [(AccessCaller.memberKey, "member"), (.adminKey, "admin")] {
            credentials[caller] = [("X-Api-Key", try await key(of: "corp", role: role).secret)]
        }
        credentials[.pod] = [("Authorization", "Bearer \(try await stage.workloadToken("openclaw-mia"))")]
        registryPod = [("Authorization", "Bearer \(try await stage.workloadToken("openclaw-mia", audience: "skill-registry"))")]
        agent = UUID()
        let agentToken = AgentToken(agent: agent, secret: OpaqueSecret.randomBytes(AgentToken.secretLength))
        try await record(agent, on: "corps", token: agentToken)
        credentials[.agent] = [("X-Agent-Token", agentToken.text)]
        let machine = "ocb_\(machines["corps"] ?? "")_" + String(repeating: "Ab-_9xyz", count: 5)
        let secret = CoreV1.Secret(
            metadata: ObjectMeta(name: TenantNames(tenant: "corps").bootstrapSecret, namespace: Stage.namespace),
            stringData: [
                BootstrapSecret.credentialKey: machine, BootstrapSecret.userDataKey: "#cloud-config\n",
                BootstrapSecret.secretsKey: #"{"gatewayToken":"gateway-token-1","gatewayPort":18789,"files":{},"repositories":[]}"#,
            ]
        )
        _ = try await stage.client.resource(CoreV1.Secret.self, namespace: Stage.namespace)
            .apply(secret, fieldManager: "opencrane-operator", force: true)
        credentials[.machine] = [("Authorization", "Bearer \(machine)")]
    }

    /// A fresh access token of a person.
    func token(of caller: AccessCaller) async throws -> (id: UUID, text: String) {
        let token = AccessToken(secret: OpaqueSecret.randomBytes(32))
        let record = AccessTokenRecord(
            id: UUID(),
            secretHash: token.hash,
            name: "test",
            owner: caller.subject,
            createdBy: caller.subject,
            roles: caller.roles,
            scopes: ["read", "write"],
            organization: caller.organization,
            email: caller.email,
            createdAt: Date(),
            expiresAt: Date().addingTimeInterval(36_000)
        )
        try await stage.pool.withTransaction { try await AccessTokenRepository.insert(record, now: Date(), in: $0) }
        return (record.id, token.text)
    }

    /// A fresh key of an organisation.
    ///
    /// - Parameter maker: the key it is made with; nil for the administrator of the platform.
    func key(of organization: String, role: String = "member", madeWith maker: String? = nil) async throws -> (id: String, secret: String) {
        let scopes = APIKeyScope.allCases.map { JSON.string($0.rawValue) }
        let order: JSON = ["name": "test", "role": .string(role), "scopes": .array(scopes)]
        let answer = try await Stage.send(
            .POST,
            stage.base + "/v1/api-keys",
            order.text(),
            token: maker == nil ? Stage.token : nil,
            headers: [maker.map { ("X-Api-Key", $0) } ?? ("X-OpenCrane-Organization", organization)]
        )
        try #require(answer.status == 201, "\(answer.body.text())")
        return (answer.body[at: ["api_key", "id"]]?.stringValue ?? "", answer.body["key"]?.stringValue ?? "")
    }

    /// Records an agent on the board of a tenant.
    func record(_ id: UUID, on machine: String, token: AgentToken? = nil) async throws {
        let uid = machines[machine] ?? ""
        var row = AgentRow(
            id: id,
            boardID: Board.id(ofTenant: uid),
            gatewayID: uid,
            namespace: Stage.namespace,
            tenant: machine,
            name: "agent \(id.uuidString)",
            key: AgentRow.key(of: id),
            now: Date()
        )
        row.options = ProvisionOptions().json
        row.tokenHash = token?.hash
        let audit = AgentActor(subject: "test", requestID: "r").entry("AgentCreated", row, "test")
        guard case .inserted = try await AgentRepository(pool: stage.pool).insert(row, capacity: 1000, audit: audit, now: Date()) else {
            throw AgentBusy()
        }
    }

    /// Binds a session for somebody.
    func session(of principal: String) async throws -> String {
        let key = "session-\(UUID().uuidString)"
        try await stage.pool.execute(
            """
            insert into session_scopes (session_key, principal, scopes, bound_by, created_at, updated_at)
            values (\(key), \(principal), \([] as JSON), 'test', now(), now())
            """
        )
        return key
    }

    /// The status of an answer; of one that never ends only the head is read.
    func status(_ method: HTTPRequest.Method, _ path: String, _ body: String?, headers: [(String, String)]) async throws -> (Int, String) {
        var request = HTTPClientRequest(url: stage.base + path)
        request.method = HTTPMethod(rawValue: method.rawValue)
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        guard response.headers["Content-Type"].first?.hasPrefix("application/json") == true else { return (Int(response.status.code), "") }
        return (Int(response.status.code), String(buffer: try await response.body.collect(upTo: 1 << 22)))
    }

    /// Digests of what every table holds, by its name, apart from when a credential was last used.
    func digests() async throws -> [String: String] {
        let names = try await stage.rows(
            "select table_name::text from information_schema.tables where table_schema = current_schema() and table_type = 'BASE TABLE'"
        )
        // That somebody was refused is written down, and sealed; some things are measured all the time.
        let restless = [
            "audit_chain", "audit_anchors", "audit_unsealed", "server_snapshots", "drift_evaluations", "drift_alert", "background_leases",
        ]
        let parts = names.filter { !restless.contains($0) }.sorted().map { name -> SQL in
            """
            select \(name) || '=' || coalesce(md5(string_agg(line, '' order by line)), '') from (
                select (to_jsonb(t) - 'last_used_at' - 'last_seen_at')::text as line from \(identifier: name) t
                    where to_jsonb(t)->>'action' is distinct from \(RefusalTrail.action)) lines
            """
        }
        let lines = try await stage.rows(SQL.joined(parts, separator: " union all "))
        return Dictionary(
            lines.compactMap { line in line.split(separator: "=", maxSplits: 1).first.map { (String($0), line) } },
            uniquingKeysWith: { first, _ in first }
        )
    }
}
