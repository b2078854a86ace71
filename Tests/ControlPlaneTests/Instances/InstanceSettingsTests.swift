import CraneAPI
import Foundation
import JSONValue
import KubernetesClient
import KubernetesModel
import NIOHTTP1
import Postgres
import Testing

@testable import ControlPlane

@Suite struct InstanceSettingsTests {
    @Test func settingsAreMergedAndAnsweredAsPublished() async throws {
        try await withInstances { stage in
            let (id, _, _) = try await stage.ordered()
            func patch(_ body: JSON) async throws -> Stage.Answer { try await stage.instances(.PATCH, "/\(id)/platform-config", body) }
            let empty: JSON = [
                "advanced": [:], "channels": [:], "instance_id": .string(id), "integrations": [], "recipe_id": .null, "skills": [],
                "workflow_slugs": [],
            ]
            #expect(try await stage.instances(.GET, "/\(id)/platform-config").body == empty)
            #expect(try await patch([:]).body == empty)
            let first = try await patch([
                "channels": ["slack": ["token": "s3cret", "on": true]], "skills": ["a", ["name": "b"]], "recipe_id": "r",
                "advanced": ["deep": ["x": 1, "y": .null]],
            ])
            #expect(first.status == 200, "\(first.body.text())")
            #expect(
                first.body["channels"] == ["slack": ["token": InstanceSecrets.redacted, "on": true]]
                    && first.body["skills"] == ["a", ["name": "b"]]
            )
            #expect(first.body["advanced"] == ["deep": ["x": 1]] && first.body["recipe_id"] == "r")
            let second = try await patch(["channels": ["slack": ["token": .null], "irc": [:]], "recipe_id": .null])
            #expect(second.status == 200, "\(second.body.text())")
            #expect(second.body["channels"] == ["slack": ["on": true], "irc": [:]] && second.body["recipe_id"] == .null)
            #expect(second.body["skills"] == ["a", ["name": "b"]], "what is not named stays")
            for member in ["skills", "integrations", "workflow_slugs", "channels", "advanced"] {
                let refused = try await patch([member: .null])
                #expect(
                    refused.status == 422 && refused.body["detail"]?[0]?["loc"] == ["body", .string(member)],
                    "\(member): \(refused.body.text())"
                )
            }
            let unknown = try await patch(["plugins": []])
            #expect(unknown.status == 422 && unknown.body["detail"]?[0]?["type"] == "extra_forbidden")
            #expect(unknown.body["detail"]?[0]?["loc"] == ["body", "plugins"])
            #expect(try await stage.instances(.GET, "/\(id)/platform-config").body == second.body)
            // Nothing of it is in the audit trail but that it happened.
            let trail = try await stage.rows("select message || coalesce(before::text, '') || coalesce(after::text, '') from audit_entries")
            #expect(trail.count { $0.contains("settings") } == 2 && !trail.contains { $0.contains("s3cret") })
        }
    }

    @Test func secretsAreSealedAndNeverShownAgain() async throws {
        try await withInstances { stage in
            let (id, _, _) = try await stage.ordered()
            func patch(_ body: JSON) async throws -> Stage.Answer { try await stage.instances(.PATCH, "/\(id)/platform-config", body) }
            func stored() async throws -> String { try await stage.row(id).agentConfig.text() }
            func opened(_ path: [String]) async throws -> JSON? {
                let row = try await stage.row(id)
                return try InstanceSecrets(sealer: Stage.sealer).opened(row.agentConfig, of: row.id)["platform"]?[at: path]
            }
            let secret = ["channels", "discord", "accounts", "lead", "token"]
            let answer = try await patch([
                "channels": [
                    "discord": ["accounts": ["lead": ["token": "s3cret-1", "guild": "g"]]], "irc": ["password": "${IRC_PASSWORD}"],
                ],
                "integrations": [
                    ["id": "notion", "config": ["apiKey": "s3cret-2"]], ["id": "b", "config": ["env": ["B_KEY": "s3cret-3"]]],
                ],
            ])
            #expect(answer.status == 200, "\(answer.body.text())")
            let shown = try await stage.instances(.GET, "/\(id)/platform-config").body
            for text in [answer.body.text(), shown.text(), try await stored()] { #expect(!text.contains("s3cret")) }
            #expect(shown[at: secret] == InstanceSecrets.redacted)
            #expect(shown[at: ["channels", "discord", "accounts", "lead", "guild"]] == "g")
            #expect(shown[at: ["channels", "irc", "password"]] == "${IRC_PASSWORD}", "a name of a variable is no secret")
            #expect(try await opened(secret) == "s3cret-1")

            // What is shown may be sent back; a list in another order too.
            let before = try await stored()
            #expect(try await patch(["channels": shown["channels"] ?? .null]).status == 200)
            #expect(try await patch(["channels": ["discord": ["accounts": ["lead": ["token": "s3cret-1"]]]]]).status == 200)
            #expect(try await stored() == before)
            let turned = JSON.array((shown["integrations"]?.arrayValue ?? []).reversed())
            #expect(try await patch(["integrations": turned]).status == 200)
            let row = try await stage.row(id)
            let integrations = try InstanceSecrets(sealer: Stage.sealer).opened(row.agentConfig, of: row.id)[at: [
                "platform", "integrations",
            ]]
            #expect(
                integrations?[0]?[at: ["config", "env", "B_KEY"]] == "s3cret-3"
                    && integrations?[1]?[at: ["config", "apiKey"]] == "s3cret-2"
            )
            #expect(try await patch(["channels": ["discord": ["accounts": ["lead": ["token": "s3cret-4"]]]]]).status == 200)
            #expect(try await opened(secret) == "s3cret-4")

            // A seal opens for its own row only, and nobody brings one along.
            let seal = try #require(row.agentConfig["platform"]?[at: secret]?.stringValue)
            #expect(throws: (any Error).self) { try InstanceSecrets(sealer: Stage.sealer).opened(row.agentConfig, of: UUID()) }
            #expect(throws: (any Error).self) { try InstanceSecrets(sealer: nil).opened(row.agentConfig, of: row.id) }
            #expect(try await patch(["channels": ["x": ["name": .string(seal)]]]).status == 422)

            #expect(try await stage.instances(.DELETE, "/\(id)").status == 200)
            try await stage.awaitEnd(id)
            #expect(try await stage.row(id).agentConfig == [:], "nothing of it is left")
        }
    }

    @Test func withoutAKeyOnlySecretsAreRefused() async throws {
        try await withInstances(configure: { $0.modelProxy.sealer = nil }) { stage in
            let (id, _, _) = try await stage.ordered()
            func patch(_ body: JSON) async throws -> Stage.Answer { try await stage.instances(.PATCH, "/\(id)/platform-config", body) }
            let refused = try await patch(["channels": ["slack": ["botToken": "s3cret", "on": true]]])
            #expect(refused.status == 503 && !refused.body.text().contains("s3cret"), "\(refused.body.text())")
            #expect(refused.body["detail"]?.stringValue?.contains("OPENCRANE_SEALING_KEYS") == true)
            #expect(try await stage.row(id).agentConfig[at: ["platform", "channels"]] == nil)
            #expect(try await patch(["channels": ["slack": ["on": true, "token": "${SLACK}"]], "skills": ["a"]]).status == 200)
        }
    }

    @Test func secretsOfBeforeAreSealedByAndBy() async throws {
        try await withInstances { stage in
            let (id, _, _) = try await stage.ordered()
            let old: JSON = ["platform": ["channels": ["slack": ["token": "s3cret", "on": true]]]]
            try await stage.pool.execute("update instances set agent_config = \(old), due_at = now()")
            #expect(try await !stage.instances(.GET, "/\(id)/platform-config").body.text().contains("s3cret"))
            try await eventually("it is sealed") { try await !stage.row(id).agentConfig.text().contains("s3cret") }
            let row = try await stage.row(id)
            #expect(try InstanceSecrets(sealer: Stage.sealer).opened(row.agentConfig, of: row.id) == old)
        }
    }

    @Test(arguments: [
        ("token", true), ("botToken", true), ("SLACK_APP_TOKEN", true), ("signing-secret", true), ("apiKey", true), ("NOTION_KEY", true),
        ("Authorization", true), ("webhookUrl", true), ("key", true), ("on", false), ("name", false), ("guild", false),
        ("tokenFile", false),
        ("publicKey", false), ("hotkey", false),
    ])
    func whatIsSecretIsKnownByItsName(name: String, isSecret: Bool) { #expect(InstanceSecrets.isSecret(name) == isSecret) }

    @Test func aModelPolicyIsStoredAlsoWhenNothingRuns() async throws {
        try await withInstances { stage in
            let (id, _, _) = try await stage.ordered()
            func patch(_ body: JSON) async throws -> Stage.Answer { try await stage.instances(.PATCH, "/\(id)/model-policy", body) }
            let none = try await patch([:])
            #expect(none.status == 200 && Set((none.body.objectValue ?? [:]).keys) == ["instance_id", "message", "model_policy"])
            #expect(none.body["model_policy"] == [:])
            let stored = try await patch(["primary": "a/b", "fallbacks": ["c"]])
            #expect(stored.body["model_policy"] == ["primary": "a/b", "fallbacks": ["c"]])
            #expect(stored.body["message"]?.stringValue?.contains("not running") == true)
            #expect(try await patch(["fallbacks": .null]).body["model_policy"] == ["primary": "a/b"])
            for wrong in [["primary": 1], ["fallbacks": "x"], ["max_tokens_per_day": 1000], ["other": 1]] as [JSON] {
                #expect(try await patch(wrong).status == 422, "\(wrong)")
            }
            #expect(try await stage.row(id).agentConfig["model_policy"] == ["primary": "a/b"])
        }
    }

    @Test func ofManyChangesAtOnceNoneIsLost() async throws {
        try await withInstances { stage in
            let (id, _, _) = try await stage.ordered()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<8 {
                    group.addTask {
                        let answer = try await stage.instances(
                            .PATCH,
                            "/\(id)/platform-config",
                            ["advanced": ["k\(index)": .integer(Int64(index))]]
                        )
                        #expect(answer.status == 200)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await stage.instances(.GET, "/\(id)/platform-config").body["advanced"]?.objectValue?.count == 8)
        }
    }

    @Test func consentIsAnEntryOfTheTrail() async throws {
        try await withInstances { stage in
            let (id, _, _) = try await stage.ordered()
            for (value, says) in [(true, "may be read now"), (false, "may not be read")] {
                let answer = try await stage.instances(.PATCH, "/\(id)/consent", ["consent_debug_access": .bool(value)])
                #expect(
                    answer.status == 200
                        && Set((answer.body.objectValue ?? [:]).keys) == ["consent_debug_access", "instance_id", "message"]
                )
                #expect(answer.body["consent_debug_access"] == .bool(value) && answer.body["message"]?.stringValue?.contains(says) == true)
                #expect(try await stage.row(id).consentsToDebugAccess == value)
            }
            let trail = try await stage.rows(
                "select (before->>'consent_debug_access') || ' ' || (after->>'consent_debug_access') || ' ' || actor from audit_entries "
                    + "where action = 'InstanceConsentChanged' order by id"
            )
            #expect(trail == ["false true static-token", "true false static-token"])
            let missing = try await stage.instances(.PATCH, "/\(id)/consent", [:])
            #expect(missing.status == 422 && missing.body["detail"]?[0]?["loc"] == ["body", "consent_debug_access"])
            #expect(missing.body["detail"]?[0] == ["type": "missing", "loc": ["body", "consent_debug_access"], "msg": "Field required"])
        }
    }

    @Test func anAdministratorLetsAMachineFetchItsSecretsAgain() async throws {
        try await withInstances { stage in
            let (id, hostname, _) = try await stage.ordered()
            func rotate(_ id: String) async throws -> Stage.Answer { try await stage.instances(.POST, "/admin/\(id)/rotate-key") }
            #expect(try await rotate(UUID().uuidString).status == 404)
            #expect(try await rotate(id).status == 409, "there is no machine yet")
            try await stage.report(hostname, ["phase": "Provisioning", "targetNamespace": .string(Stage.namespace)])
            #expect(try await rotate(id).status == 409, "there is no Secret yet")
            let uid = try #require(try await stage.object(.tenant, hostname)?.metadata.uid)
            let credential = "ocb_\(uid)_" + String(repeating: "Ab-_9xyz", count: 5)
            let secret = CoreV1.Secret(
                metadata: ObjectMeta(name: TenantNames(tenant: hostname).bootstrapSecret, namespace: Stage.namespace),
                stringData: [BootstrapSecret.credentialKey: credential, BootstrapSecret.secretsKey: "{\"gatewayToken\":\"t\"}"]
            )
            _ = try await stage.client.resource(CoreV1.Secret.self, namespace: Stage.namespace).create(secret)
            func exchange() async throws -> Int {
                try await Stage.send(.POST, stage.base + "/v1/bootstrap/secrets", "{}", token: credential).status
            }
            let before = try await rotate(id)
            #expect(before.status == 200 && before.body == ["instance_id": .string(id), "status": "unchanged"])
            #expect(try await exchange() == 200)
            #expect(try await exchange() == 409)
            let rotated = try await rotate(id)
            #expect(rotated.status == 200 && rotated.body == ["instance_id": .string(id), "status": "rotated"])
            #expect(!rotated.body.text().contains("ocb_"))
            #expect(try await exchange() == 200)
            #expect(try await exchange() == 409)
            #expect(try await stage.rows("select actor from audit_entries where action = 'InstanceSecretsReopened'") == ["static-token"])
            #expect(try await stage.instances(.DELETE, "/\(id)").status == 200)
            #expect([404, 409].contains(try await rotate(id).status))
        }
    }
}
