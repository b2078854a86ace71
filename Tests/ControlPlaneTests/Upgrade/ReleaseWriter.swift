import AuditChain
import Foundation
import HTTPOperations
import JSONValue
import KubernetesModel
import LocalPostgres
import Logging
import ModelProxyFixtures
import NIOHTTP1
import Observability
import Projection
import ReleaseFixtures
import SealedSecrets
import Testing

@testable import ControlPlane
@testable import Postgres

/// Fills the database of a release and writes it down, for `scripts/cut-release`: through the API what it makes, by `rows.sql` the rest.
struct ReleaseWriter: Sendable {
    let release: Release
    let ring: SealingKeyring

    init(_ release: Release) throws {
        self.release = release
        ring = try SealingKeyring(file: release.place("sealing-keys").path(percentEncoded: false))
    }

    /// Fills and dumps.
    func write() async throws {
        try #require(release.migration == ProjectionSchema.migrations.count, "\(release) had other migrations: it is not written again")
        try await withTestDatabase { database in
            try await beginTrail(database)
            try await ModelProxyStandIn.run { proxy in
                let sealer = SecretSealer(keys: ring)
                let settings = try modelProxySettings(proxy, isRunning: false) { $0.sealer = sealer }
                try await withStage(database: database, configure: { $0.modelProxy = settings }) { stage in
                    try await fill(stage)
                    let rows = try release.text("rows.sql")
                    try await stage.pool.withConnection { try await $0.executeScript(rows, timeout: .seconds(60)) }
                    _ = try await InstallationKeys(pool: stage.pool, sealer: sealer).key("instance-usage-people")
                    try await eventually("the trail is sealed") {
                        try await stage.rows("select count(*)::text from audit_unsealed") == ["0"]
                    }
                }
            }
            try await endTrail(database)
            try dump(database)
        }
    }

    /// Entries of long ago, of which the first are removed again: the chain begins with an anchor.
    private func beginTrail(_ database: PostgresConfiguration) async throws {
        try await withTrail(in: database) { trail in
            var trail = trail
            trail.now = Date(timeIntervalSince1970: 1_600_000_000)
            try await trail.fill(4)
            var settings = RetentionSettings()
            (settings.auditDays, settings.batch) = (365, 2)
            let rows = RetentionRepository(
                pool: trail.pool,
                settings: settings,
                audit: AuditRetention(authenticator: trail.authenticator)
            )
            let later = trail.now + 366 * 86_400
            let sweep = RetentionSweep(
                rows: rows,
                settings: settings,
                now: { later },
                random: { 0 },
                logger: Logger(label: "release") { _ in SwiftLogNoOpLogHandler() }
            )
            _ = try await sweep.sweep()
            #expect(try await trail.count("audit_anchors") > 0)
        }
    }

    /// What is written and not sealed yet.
    private func endTrail(_ database: PostgresConfiguration) async throws {
        try await withTrail(in: database) { trail in
            #expect(try await trail.found() == "whole")
            try await trail.write("last")
        }
    }

    private func withTrail(in database: PostgresConfiguration, _ body: (Trail) async throws -> Void) async throws {
        let logger = Logger(label: "release") { _ in SwiftLogNoOpLogHandler() }
        let pool = PostgresPool(configuration: database, logger: logger)
        try await ProjectionSchema.migrate(pool, logger: logger)
        do {
            try await body(Trail(pool: pool, ring: ring))
        } catch {
            await pool.shutdown()
            throw error
        }
        await pool.shutdown()
    }

    private func dump(_ database: PostgresConfiguration) throws {
        let process = Process()
        process.executableURL = URL(filePath: try PostgresInstallation.find().binaries + "/pg_dump")
        process.arguments = [
            "--host", database.host ?? "", "--port", "\(database.port ?? 5432)", "--username", database.user ?? "", "--no-owner",
            "--no-privileges", "--inserts", "--rows-per-insert=50", "--encoding=UTF8", database.database ?? "",
        ]
        process.environment = ["PGPASSWORD": database.parameters["password"] ?? ""]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        // Lines with a backslash are for psql, and the schema is there.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).filter {
            !$0.hasPrefix("\\restrict") && !$0.hasPrefix("\\unrestrict") && !$0.hasPrefix("-- Dumped ")
        }
        try lines.joined(separator: "\n").write(to: release.place("database.sql"), atomically: true, encoding: .utf8)
    }
}

extension ReleaseWriter {
    /// Uses the API as its callers do.
    private func fill(_ stage: Stage) async throws {
        try await fillTenants(stage)
        let group = try await made(
            stage,
            "/groups",
            [
                "name": "Forschung & Entwicklung — 研究", "scope": "department", "description": "Wer forscht.",
                "members": ["tenant:mia", "user:Leo@corp.example"],
                "awarenessGrants": [["payloadId": "handbook"], ["payloadId": "secret", "access": "deny", "priority": -1_000_000]],
            ]
        )
        let server = try await made(
            stage,
            "/mcp-servers",
            [
                "name": "GitHub", "endpoint": "https://mcp.example.org/github", "transport": "streamable-http", "status": "active",
                "capabilities": ["tools", "prompts"], "credentials": [["displayName": "bot", "secretRef": "github-bot"]],
                "grants": [["subjectType": "group", "subjectId": group["id"] ?? .null, "note": "für alle"]],
            ]
        )
        _ = try await made(
            stage,
            "/mcp-servers/\(server["id"]?.stringValue ?? "")/credentials",
            ["displayName": "for the caller", "brokeringMode": "obo"]
        )
        let skill = try await stage.makeSkill(
            "greeting",
            ["tags": ["a", "ü"], "promotions": [["toScope": "project", "notes": "please"]]]
        )
        try await stage.publish(skill)
        _ = try await made(
            stage,
            "/third-party-sources",
            [
                "name": "Uploads", "type": "manual-upload",
                "items": [
                    ["kind": "mcp-server", "name": "Upstream", "upstreamId": "io.example/up", "endpoint": "https://up.example.org/mcp"]
                ],
            ]
        )
        try await fillSettings(stage)
        try await fillKeys(stage)
        // A write that was recorded and not done: the release ends here, and the next one does it.
        let name = Self.promised
        let spec: JSON = ["displayName": "Promised ✓", "email": "promised@corp.example"]
        let planned = PlannedWrite(
            kind: .tenant,
            key: ObjectKey(namespace: Stage.namespace, name: name),
            action: .create,
            payload: [
                "apiVersion": "opencrane.io/v1alpha1", "kind": "Tenant", "spec": spec,
                "metadata": ["name": .string(name), "namespace": .string(Stage.namespace)],
            ]
        )
        let request = WriteRequest(
            actor: "static-token",
            requestID: "promised",
            operationID: "createTenant",
            idempotencyKey: nil,
            digest: "promised"
        )
        _ = try await stage.plane.writer.record(planned, request)
        // What failed is in the trail as well.
        #expect(try await stage.send(.POST, "/tenants", Stage.tenant).status == 409)
    }

    private func fillTenants(_ stage: Stage) async throws {
        _ = try await made(stage, "/cluster-tenants", ["name": "corp", "displayName": "Corp — Gesellschaft m. b. H."])
        _ = try await made(
            stage,
            "/policies",
            ["name": "base", "description": "What all may.", "domains": ["allow": ["*.example.org"], "defaultDeny": true]]
        )
        _ = try await made(stage, "/tenants", Stage.tenant)
        _ = try await made(
            stage,
            "/tenants",
            [
                "name": "leo", "displayName": "Leo 🦁 \"der Löwe\"", "email": "Leo@corp.example", "policyRef": "base",
                "clusterTenantRef": "corp",
            ]
        )
        for name in ["mia", "leo"] { try await stage.report(name, ["phase": "Running", "targetNamespace": .string(Stage.namespace)]) }
        #expect(try await stage.send(.POST, "/tenants/leo/suspend", [:]).status < 300)
    }

    private func fillSettings(_ stage: Stage) async throws {
        let settings: [(String, JSON)] = [
            ("/ai-budget/global", ["monthlyLimitUsd": 1234.56]),
            ("/ai-budget/accounts/leo@corp.example", ["monthlyLimitUsd": 0]),
            ("/providers/keys/openai", ["apiKey": .string(Self.providerKey)]),
            ("/awareness/rollout", ["targetVersion": "awareness/v2", "stableVersion": "awareness/v1", "waves": ["canary", "rest"]]),
            ("/awareness/waves/mia", ["wave": "canary"]),
            ("/sessions/session-1/scope", ["principal": "mia", "scopes": [["scope": "org", "payloadId": "handbook"]]]),
        ]
        for (path, body) in settings {
            let answer = try await stage.send(.PUT, path, body, headers: [("Idempotency-Key", "release \(path)")])
            #expect(answer.status == 200, "\(path): \(answer.body.text())")
        }
    }

    private func fillKeys(_ stage: Stage) async throws {
        let token = try await made(stage, "/access-tokens", ["name": "ci"])
        let address = stage.base + "/v1/api-keys"
        let organization = [("X-OpenCrane-Organization", "org_edge")]
        let order: JSON = ["name": "ci", "role": "admin", "scopes": ["api-keys:read", "instances:read"]]
        let key = try await Stage.send(.POST, address, order.text(), token: Stage.token, headers: organization)
        #expect(key.status == 201, "\(key.body.text())")
        let other = try await Stage.send(.POST, address, order.text(), token: Stage.token, headers: organization)
        let id = other.body[at: ["api_key", "id"]]?.stringValue ?? ""
        let rotated = try await Stage.send(.POST, "\(address)/\(id)/rotate", "{}", token: Stage.token)
        #expect(rotated.status < 300, "\(rotated.body.text())")
        let credentials: JSON = ["accessToken": token["plainTextToken"] ?? .null, "apiKey": key.body["key"] ?? .null]
        let file = release.place("credentials.json")
        try (credentials.text(pretty: true) + "\n").write(to: file, atomically: true, encoding: .utf8)
    }

    /// A tenant that was asked for and not made.
    static let promised = "promised"
    /// The provider's key that is sealed in every release.
    static let providerKey = "sk-of-no-account-0123456789"

    private func made(_ stage: Stage, _ path: String, _ body: JSON) async throws -> JSON {
        let answer = try await stage.send(.POST, path, body)
        #expect(answer.status == 201, "\(path): \(answer.body.text())")
        return answer.body
    }
}
