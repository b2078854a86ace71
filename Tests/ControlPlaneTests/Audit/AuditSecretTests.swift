import Foundation
import HTTPOperations
import JSONValue
import ModelProxy
import ModelProxyFixtures
import NIOHTTP1
import Observability
import Postgres
import SealedSecrets
import Testing

@testable import ControlPlane

/// What changed is in the trail; what is secret is not, nor anything that could be made into it.
@Suite struct AuditSecretTests {
    private static let server: JSON = [
        "name": "jira", "endpoint": "http://jira-mcp:8080/mcp", "transport": "streamable-http", "status": "active",
        "credentials": [["displayName": "bot", "brokeringMode": "static", "secretRef": "jira-bot"]],
    ]

    /// Runs a test with a control plane that keeps keys of providers.
    private func withKeeper(_ body: @escaping @Sendable (Stage) async throws -> Void) async throws {
        try await ModelProxyStandIn.run { proxy in
            let client = try ModelProxyClient(endpoint: proxy.base, masterKey: SensitiveString(ModelProxyStandIn.masterKey))
            let sealer = SecretSealer(keys: try Trail.ring("k1"))
            try await withStage(
                configure: {
                    $0.modelProxy.client = client
                    $0.modelProxy.sealer = sealer
                },
                body
            )
        }
    }

    @Test func noSecretIsInTheTrail() async throws {
        try await withKeeper { stage in
            var secrets = ["sk-proj-PROVIDER-0123456789", "sk-proj-SECOND-0123456789"]
            var changed: [String] = []
            func made(_ answer: Stage.Answer, _ status: Int, _ name: String) -> JSON {
                #expect(answer.status == status, "\(name): \(answer.body.text())")
                changed.append(name)
                return answer.body
            }
            // Keys of providers: made, changed, deleted.
            for secret in secrets.prefix(2) {
                _ = made(try await stage.send(.PUT, "/providers/keys/openai", ["apiKey": .string(secret)]), 200, "ProviderKey/openai")
            }
            _ = made(try await stage.send(.DELETE, "/providers/keys/openai"), 204, "ProviderKey/openai")
            // Access tokens, and one that was made with another.
            let token = made(try await stage.send(.POST, "/access-tokens", ["name": "ci"]), 201, "AccessToken/")
            let plain = try #require(token["plainTextToken"]?.stringValue)
            let second = try await stage.send(.POST, "/access-tokens", ["name": "child"], token: plain)
            secrets += [plain, try #require(made(second, 201, "AccessToken/")["plainTextToken"]?.stringValue)]
            _ = made(try await stage.send(.DELETE, "/access-tokens/\(token["id"]?.stringValue ?? "")"), 204, "AccessToken/")
            // Keys of programs: made and rotated.
            let organization = [("X-OpenCrane-Organization", "org_a")]
            func keys(_ path: String, _ body: JSON) async throws -> Stage.Answer {
                try await Stage.send(
                    .POST,
                    stage.base + "/v1/api-keys" + path,
                    body.text(),
                    token: Stage.token,
                    headers: organization
                )
            }
            let key = made(try await keys("", ["name": "ci", "role": "admin", "scopes": ["api-keys:read"]]), 201, "APIKey/")
            let rotated = try await keys("/\(key[at: ["api_key", "id"]]?.stringValue ?? "")/rotate", [:])
            #expect((200...201).contains(rotated.status), "\(rotated.body.text())")
            secrets += [try #require(key["key"]?.stringValue), try #require(rotated.body["key"]?.stringValue)]
            // Credentials of MCP servers name a Secret; what an address carries is none of the trail's business.
            let server = made(try await stage.send(.POST, "/mcp-servers", Self.server), 201, "McpServer/")
            let path = "/mcp-servers/\(server["id"]?.stringValue ?? "")"
            _ = made(try await stage.send(.PUT, path, ["credentials": []]), 200, "McpServer/")
            _ = made(try await stage.send(.DELETE, path), 200, "McpServer/")

            for name in Set(changed) {
                let states = try await stage.rows(
                    "select (before is not null or after is not null)::text from audit_entries where resource like \(name + "%")"
                )
                #expect(states.count == changed.filter { $0 == name }.count + (name == "APIKey/" ? 1 : 0), "\(name)")
                #expect(states.allSatisfy { $0 == "true" }, "\(name) says what changed")
            }
            let trail = try await stage.rows("select e::text from audit_entries e").joined(separator: "\n")
            for secret in secrets {
                // Neither the whole, nor its end, nor its hash.
                for text in [secret, String(secret.suffix(12)), OpaqueSecret.hash(secret)] {
                    #expect(!trail.contains(text), "a secret of \(secret.prefix(4))… is in the trail")
                }
            }
        }
    }
}
