import CraneAPI
import Foundation
import HTTPOperations
import JSONValue
import KubernetesClient
import KubernetesModel
import LocalCluster
import NIOHTTP1
import OpenIDFixtures
import Postgres
import Testing

@testable import ControlPlane

@Suite struct PodTokenTests {
    private func tenant(_ stage: Stage, _ name: String, email: String, host: String? = "x.example.com", suspended: Bool = false)
        async throws
    {
        let status: JSON = ["targetNamespace": .string(Stage.namespace), "phase": "Running"]
        try await stage.pool.execute(
            """
            insert into tenants (namespace, name, uid, email, ingress_host, is_suspended, status)
            values (\(Stage.namespace), \(name), \("uid-" + name), \(email), \(host), \(suspended), \(status))
            """
        )
    }

    private func account(_ stage: Stage, _ name: String) async throws {
        _ = try await stage.client.dynamic(CoreV1.ServiceAccount.resourceType, namespace: Stage.namespace).create(
            DynamicObject([
                "apiVersion": "v1", "kind": "ServiceAccount", "metadata": ["name": .string(TenantNames(tenant: name).serviceAccount)],
            ])
        )
    }

    @Test(.timeLimit(.minutes(15))) func isForTheCallersTenantAlone() async throws {
        try await withLogins { stage, provider in
            let url = stage.base + "/api/v1/auth/pod-token"
            func ask(_ subject: String) async throws -> Browser.Answer {
                let browser = Browser(provider: provider)
                try await browser.logIn(stage.base, as: subject)
                return try await browser.call(.POST, url, token: try await browser.token(stage.base))
            }
            #expect(try await Browser().send(.POST, url).status == 401)
            // A token is no session.
            #expect(try await stage.send(.POST, "/auth/pod-token").status == 401)
            let none = try await ask("ada")
            #expect(none.status == 403 && none.json["code"] == "NO_TENANT")
            try await tenant(stage, "ada", email: "ada@example.com")
            // No service account yet.
            #expect(try await ask("ada").json["code"] == "POD_NOT_READY")
            try await account(stage, "ada")
            let given = try await ask("ada")
            #expect(given.status == 200, "\(given.text)")
            #expect(
                given.json["tenant"] == "ada" && given.json["ingressHost"] == "x.example.com" && given.json["audience"] == "openclaw-pod"
            )
            let end = try Date(
                try #require(given.json["expiresAt"]?.stringValue),
                strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)
            )
            #expect((500...660).contains(end.timeIntervalSinceNow))
            // Kubernetes says whose it is, and for whom.
            let token = try #require(given.json["token"]?.stringValue)
            let parts = token.split(separator: ".").map(String.init)
            let text = parts[1].replacing("-", with: "+").replacing("_", with: "/")
            let claims = try JSON(
                parsing: Array(try #require(Data(base64Encoded: text + String(repeating: "=", count: (4 - text.count % 4) % 4))))
            )
            #expect(
                claims["sub"]?.stringValue == "system:serviceaccount:\(Stage.namespace):openclaw-ada" && claims["aud"] == ["openclaw-pod"]
            )
            let kept = try await stage.rows("select row_to_json(a)::text from audit_entries a").joined()
            #expect(kept.contains("PodTokenIssued") && !kept.contains(parts[2]))

            try await stage.pool.execute("update tenants set is_suspended = true where name = 'ada'")
            #expect(try await ask("ada").json["code"] == "POD_NOT_READY")
            try await stage.pool.execute("update tenants set is_suspended = false, ingress_host = null where name = 'ada'")
            let hostless = try await ask("ada")
            #expect(hostless.status == 409 && hostless.json["code"] == "POD_NOT_READY")
            try await tenant(stage, "ada2", email: "ADA@example.com")
            let both = try await ask("ada")
            #expect(both.status == 409 && both.json["code"] == "AMBIGUOUS_TENANT")
            #expect(try await ask("bob").json["code"] == "NO_TENANT")
        }
    }

    @Test(.timeLimit(.minutes(15))) func anAddressThatWasGivenToSomebodyElseOpensNothing() async throws {
        let again: JSON = ["sub": "ada-the-second", "email": "ada@example.com", "email_verified": true]
        try await withLogins(users: Folk.all + [again]) { stage, provider in
            let url = stage.base + "/api/v1/auth/pod-token"
            func ask(_ subject: String) async throws -> JSON {
                let browser = Browser(provider: provider)
                try await browser.logIn(stage.base, as: subject)
                return try await browser.call(.POST, url, token: try await browser.token(stage.base)).json
            }
            try await tenant(stage, "ada", email: "ada@example.com")
            try await account(stage, "ada")
            #expect(try await ask("ada")["tenant"] == "ada")
            #expect(try await ask("ada-the-second")["code"] == "NO_TENANT")
            // Given to somebody else by an administrator, it is theirs.
            try await stage.pool.execute("update tenants set email = 'bob@example.com'")
            #expect(try await ask("bob")["tenant"] == "ada")
            #expect(try await ask("ada")["code"] == "NO_TENANT")
        }
    }
}
