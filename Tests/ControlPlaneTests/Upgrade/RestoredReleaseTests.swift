import AuditChain
import Foundation
import HTTPOperations
import JSONValue
import KubernetesModel
import LocalPostgres
import Logging
import NIOHTTP1
import Observability
import Postgres
import Projection
import ReleaseFixtures
import SealedSecrets
import Testing

@testable import ControlPlane

/// The control plane on a database that a release left behind.
@Suite struct RestoredReleaseTests {
    /// Runs a test with a control plane on what a release left, with the release's sealing keys.
    private func withRestored(
        _ release: Release,
        _ body: @escaping @Sendable (Stage, SealingKeyring) async throws -> Void
    ) async throws {
        let ring = try SealingKeyring(file: release.place("sealing-keys").path(percentEncoded: false))
        try await withTestDatabase { database in
            try await release.restore(into: database)
            let eager = IntentRelay.Configuration(interval: .seconds(3600), backoff: IntentBackoff(first: .zero, longest: .zero))
            try await withStage(database: database, relay: eager, configure: { $0.modelProxy.sealer = SecretSealer(keys: ring) }) { stage in
                try await body(stage, ring)
            }
        }
    }

    private func names(_ stage: Stage, _ path: String, _ member: String = "name") async throws -> [String] {
        let answer = try await stage.send(.GET, path)
        #expect(answer.status == 200, "\(path): \(answer.body.text())")
        let items = answer.body.arrayValue ?? answer.body["data"]?.arrayValue ?? []
        return items.compactMap { $0[member]?.stringValue }.sorted()
    }

    @Test(arguments: try Release.all()) func servesWhatWasStored(_ release: Release) async throws {
        try await withRestored(release) { stage, _ in
            #expect(try await names(stage, "/tenants") == ["bare", "edge-fleet", "leo", "mia"])
            #expect(try await names(stage, "/cluster-tenants") == ["corp", "edge-corp"])
            #expect(try await names(stage, "/policies") == ["bare-policy", "base", "edge-policy"])
            #expect(try await names(stage, "/groups") == ["Forschung & Entwicklung — 研究"])
            #expect(try await names(stage, "/mcp-servers") == ["GitHub"])
            #expect(try await names(stage, "/skills/catalog") == ["greeting"])
            #expect(try await names(stage, "/third-party-sources") == ["Edge source ✓", "Uploads"])
            #expect(try await names(stage, "/access-tokens") == ["child ✓", "ci"])

            let leo = try await stage.send(.GET, "/tenants/leo").body
            #expect(leo["displayName"] == "Leo 🦁 \"der Löwe\"" && leo["policyRef"] == "base" && leo["clusterTenantRef"] == "corp")
            let fleet = try await stage.send(.GET, "/tenants/edge-fleet").body
            #expect(fleet["displayName"] == "مرحبا — Fleet 🐦" && fleet["phase"] == "Running")

            let group = try #require(try await stage.send(.GET, "/groups").body[0])
            #expect(group["members"] == ["tenant:mia", "user:leo@corp.example"])
            #expect(group["awarenessGrants"]?.arrayValue?.count == 2)
            let servers = try await stage.send(.GET, "/mcp-servers").body.arrayValue ?? []
            let server = try #require(servers.first { $0["name"] == "GitHub" })
            #expect(server["capabilities"] == ["tools", "prompts"] && server["grants"]?.arrayValue?.count == 1)
            let credentials = try await stage.send(.GET, "/mcp-servers/\(server["id"]?.stringValue ?? "")/credentials").body
            #expect(Set((credentials.arrayValue ?? []).compactMap { $0["secretRef"]?.stringValue }) == ["github-bot"])

            #expect(try await stage.send(.GET, "/awareness/rollout").body["targetVersion"] == "awareness/v2")
            #expect(try await stage.send(.GET, "/ai-budget/global").body["monthlyLimitUsd"]?.numberValue == 1234.56)
            #expect(try await stage.send(.GET, "/tenants/mia/datasets").body["project"] == ["Über uns"])
            let keys = try await stage.send(.GET, "/providers/keys").body.arrayValue ?? []
            #expect(keys.filter { $0["configured"] == true }.compactMap { $0["provider"] } == ["openai"])
            #expect(try await stage.send(.GET, "/audit?limit=5").body["data"]?.arrayValue?.count == 5)
            #expect(try await stage.send(.GET, "/v1/instances", token: Stage.token).status != 500)
        }
    }

    @Test(arguments: try Release.all()) func takesTheKeysThatWereGivenOut(_ release: Release) async throws {
        let credentials = try JSON(parsing: try release.text("credentials.json"))
        try await withRestored(release) { stage, _ in
            let token = try #require(credentials["accessToken"]?.stringValue)
            let key = try #require(credentials["apiKey"]?.stringValue)
            #expect(try await stage.send(.GET, "/tenants", token: token).status == 200)
            #expect(try await stage.send(.GET, "/tenants", token: String(token.dropLast()) + "?").status == 401)
            let address = stage.base + "/v1/api-keys"
            let keys = try await Stage.send(.GET, address, headers: [("X-Api-Key", key)])
            #expect(keys.status == 200 && keys.body.arrayValue?.count == 2, "\(keys.body.text())")
            #expect(try await Stage.send(.GET, address, headers: [("X-Api-Key", String(key.dropLast()) + "?")]).status == 401)
        }
    }

    @Test(arguments: try Release.all()) func opensWhatWasSealed(_ release: Release) async throws {
        try await withRestored(release) { stage, ring in
            let row = try #require(try await stage.pool.first("select sealed_key from provider_keys where provider = 'openai'"))
            let value = try SealedValue(bytes: try row.decode("sealed_key", as: PostgresBytes.self).bytes)
            let place = RowIdentity(table: "provider_keys", column: "sealed_key", key: ["openai"])
            let opened = try SecretSealer(keys: ring).open(value, at: place).reveal()
            #expect(String(decoding: opened, as: UTF8.self) == ReleaseWriter.providerKey)
            // The installation's own key is the one that there was, not a new one.
            let before = try await stage.rows("select encode(material, 'hex') from installation_keys where name = 'instance-usage-people'")
            _ = try await InstallationKeys(pool: stage.pool, sealer: SecretSealer(keys: ring)).key("instance-usage-people")
            #expect(before.count == 1)
            #expect(
                try await stage.rows("select encode(material, 'hex') from installation_keys where name = 'instance-usage-people'") == before
            )
        }
    }

    @Test(arguments: try Release.all()) func finishesWhatWasBegun(_ release: Release) async throws {
        try await withRestored(release) { stage, _ in
            try await stage.pool.execute(
                "update write_intents set next_attempt_at = now(), created_at = now() where name = \(ReleaseWriter.promised)"
            )
            #expect(try await stage.object(.tenant, ReleaseWriter.promised) == nil)
            #expect(try await stage.plane.relay.sweep() == 1)
            #expect(try await stage.object(.tenant, ReleaseWriter.promised)?.json[at: ["spec", "displayName"]] == "Promised ✓")
            #expect(try await stage.rows("select state from write_intents where name = \(ReleaseWriter.promised)") == ["applied"])
            // A request that is sent again with its key gets the answer that it got.
            let path = "/awareness/rollout"
            let order: JSON = ["targetVersion": "awareness/v2", "stableVersion": "awareness/v1", "waves": ["canary", "rest"]]
            let entries = try await stage.rows("select count(*)::text from audit_entries")
            let headers = [("Idempotency-Key", "release \(path)")]
            let again = try await stage.send(.PUT, path, order, headers: headers)
            #expect(again.status == 200 && again.body["nextWave"] == "canary", "\(again.body.text())")
            #expect(try await stage.rows("select count(*)::text from audit_entries") == entries, "it was not done twice")
            #expect(try await stage.send(.PUT, path, ["targetVersion": "awareness/v3"], headers: headers).status >= 400)
        }
    }

    @Test(arguments: try Release.all()) func goesOnWithTheTrail(_ release: Release) async throws {
        let ring = try SealingKeyring(file: release.place("sealing-keys").path(percentEncoded: false))
        try await release.withDatabase { pool in
            let trail = Trail(pool: pool, ring: ring)
            let before = try await trail.verify()
            #expect(before.finding == nil && before.standing == .authentic && before.removed > 0 && before.links > 20)
            let logger = Logger(label: "trail") { _ in SwiftLogNoOpLogHandler() }
            try await ProjectionSchema.migrate(pool, logger: logger)
            let migrated = try await trail.verify(expected: [before.head])
            #expect(migrated.finding == nil && migrated.head == before.head && migrated.links == before.links)
            // What was not sealed yet is, and new entries follow.
            #expect(try await trail.sealer().seal() > 0)
            try await trail.write("after")
            #expect(try await trail.sealer().seal() > 0)
            let after = try await trail.verify(expected: [before.head])
            #expect(after.finding == nil && after.head.sequence > before.head.sequence + 1)
            // It would be noticed.
            try await trail.tamper(["update audit_entries set message = 'other' where id = (select max(entry_id) - 3 from audit_chain)"])
            #expect(try await trail.found() != "whole")
        }
    }

    /// The program of the release knows its migrations only: it starts on the database of its successor, and answers.
    @Test(arguments: try Release.all()) func startsOnWhatItsSuccessorHasMade(_ release: Release) async throws {
        let logger = Logger(label: "former") { _ in SwiftLogNoOpLogHandler() }
        let former = Migrator(migrations: Array(ProjectionSchema.migrations.prefix(release.migration)), logger: logger)
        try await withRestored(release) { stage, _ in
            let report = try await former.migrate(stage.pool)
            #expect(report.applied.isEmpty && report.current == ProjectionSchema.migrations.count)
            #expect(try await former.status(stage.pool).pending.isEmpty)
            let made = try await stage.send(.POST, "/groups", ["name": "while both run"])
            #expect(made.status == 201)
            #expect(try await names(stage, "/groups").count == 2)
        }
    }
}
