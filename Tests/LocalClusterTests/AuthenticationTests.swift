import JSONValue
import LocalCluster
import Testing

@Suite struct AuthenticationTests {
    private static let namespaces = "/api/v1/namespaces"

    private func token(_ client: TestClient, seconds: Int64 = 600, audience: String? = nil) async throws -> String {
        var request: JSON = [
            "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": ["expirationSeconds": .integer(seconds)],
        ]
        if let audience { request[at: ["spec", "audiences"]] = [.string(audience)] }
        let answer = try await client.post("/api/v1/namespaces/default/serviceaccounts/default/token", request)
        expect(201, answer)
        return answer.json["status"]?["token"]?.stringValue ?? ""
    }

    @Test func credentialsDecide() async throws {
        try await withServer { server, client in
            expect(200, try await client.get(Self.namespaces))
            expect(403, try await client.send("GET", Self.namespaces, isAnonymous: true))
            expect(200, try await client.send("GET", "/readyz", isAnonymous: true))
            expect(403, try await client.send("GET", "/openapi/v2", isAnonymous: true))
            for wrong in ["Bearer nonsense", "Bearer \(server.adminToken)x", "Bearer a.b.c"] {
                expect(401, try await client.get(Self.namespaces, headers: ["Authorization": wrong]))
            }
            // What is no bearer token is not looked at.
            expect(403, try await client.get(Self.namespaces, headers: ["Authorization": "Basic YTpi"]))
        }
    }

    @Test func aServiceAccountsTokenIsGoodForThisServerOnlyAndDiesWithTheAccount() async throws {
        try await withServer { server, client in
            let good = try await token(client)
            let other = try await token(client, audience: "elsewhere")
            try await withTestClient(of: server, token: good) { account in
                expect(200, try await account.get(Self.namespaces))
                let review: JSON = ["apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"]
                let found = try await account.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", review)
                #expect(found.json["status"]?["userInfo"]?["username"] == "system:serviceaccount:default:default")
            }
            try await withTestClient(of: server, token: other) { expect(401, try await $0.get(Self.namespaces)) }
            // The signature covers every part.
            let parts = good.split(separator: ".").map(String.init)
            let otherParts = other.split(separator: ".").map(String.init)
            try await withTestClient(of: server, token: [parts[0], otherParts[1], parts[2]].joined(separator: ".")) {
                expect(401, try await $0.get(Self.namespaces))
            }
            expect(200, try await client.delete("/api/v1/namespaces/default/serviceaccounts/default"))
            try await withTestClient(of: server, token: good) { account in
                expect(401, try await account.get(Self.namespaces))
            }
            let back = try await eventually {
                try await client.get("/api/v1/namespaces/default/serviceaccounts/default").status == 200
            }
            #expect(back, "a namespace gets its default account back")
        }
    }
}
