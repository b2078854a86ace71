import CraneAPI
import Foundation
import HTTPOperations
import JSONValue
import KubernetesClient
import KubernetesModel
import NIOHTTP1
import Testing

@testable import ControlPlane

@Suite struct MCPRegistryFeedTests {
    private static let accounts = ResourceType(
        group: "",
        version: "v1",
        kind: "ServiceAccount",
        plural: "serviceaccounts",
        isNamespaced: true
    )
    private static let namespaces = ResourceType(group: "", version: "v1", kind: "Namespace", plural: "namespaces", isNamespaced: false)

    /// Makes a tenant that runs in a namespace, as the operator does.
    private func makeTenant(_ stage: Stage, _ name: String, team: String? = nil) async throws {
        var body: JSON = ["name": .string(name), "displayName": .string(name), "email": .string("\(name)@corp.example")]
        if let team { body["team"] = .string(team) }
        #expect(try await stage.send(.POST, "/tenants", body).status == 201)
        try await stage.report(name, ["phase": "Running", "targetNamespace": .string(Stage.namespace)])
    }

    /// A token of a ServiceAccount, which is made if need be.
    private func token(
        _ stage: Stage,
        _ account: String,
        namespace: String = Stage.namespace,
        audience: String = "control-plane"
    ) async throws -> String {
        let api = stage.client.dynamic(Self.accounts, namespace: namespace)
        if try await api.getIfPresent(account) == nil {
            _ = try await api.create(
                DynamicObject([
                    "apiVersion": "v1", "kind": "ServiceAccount",
                    "metadata": ["name": .string(account), "namespace": .string(namespace)],
                ])
            )
        }
        return try await stage.client.requestToken(
            serviceAccount: account,
            namespace: namespace,
            audiences: [audience],
            expiresIn: .seconds(600)
        ).token
    }

    private func feed(_ stage: Stage, _ token: String?, _ query: String = "") async throws -> Stage.Answer {
        try await Stage.send(.GET, stage.base + "/api/internal/mcp-registry/v0.1/servers" + query, token: token)
    }

    private func titles(_ answer: Stage.Answer) -> [String] {
        (answer.body["servers"]?.arrayValue ?? []).compactMap { $0[at: ["server", "title"]]?.stringValue }
    }

    private func make(_ stage: Stage, _ name: String, status: String = "active", _ grants: [JSON]) async throws {
        let answer = try await stage.send(
            .POST,
            "/mcp-servers",
            [
                "name": .string(name), "endpoint": .string("https://\(name).example/mcp"), "transport": "streamable-http",
                "status": .string(status), "description": .string(String(repeating: "é", count: 150)), "grants": .array(grants),
                "credentials": [["displayName": "bot", "secretRef": "the-secret"]],
            ]
        )
        #expect(answer.status == 201, "\(answer.body.text())")
    }

    @Test func aTenantIsToldOfItsOwnServersAlone() async throws {
        try await withStage { stage in
            try await makeTenant(stage, "mia", team: "ops")
            try await makeTenant(stage, "leo")
            let everyone: JSON = ["subjectType": "everyone"]
            let mia: JSON = ["subjectType": "tenant", "subjectId": "mia"]
            try await make(stage, "b-all", [everyone])
            try await make(stage, "a-mia", [mia])
            try await make(stage, "c-ops", status: "degraded", [["subjectType": "department", "subjectId": "ops"]])
            try await make(stage, "d-draft", status: "draft", [everyone])
            try await make(stage, "e-not-mia", [everyone, ["subjectType": "tenant", "subjectId": "mia", "access": "deny"]])
            try await make(stage, "f-nobody", [])

            let mias = try await token(stage, TenantNames(tenant: "mia").serviceAccount)
            let leos = try await token(stage, TenantNames(tenant: "leo").serviceAccount)
            let answer = try await feed(stage, mias)
            #expect(answer.status == 200 && titles(answer) == ["a-mia", "b-all", "c-ops"], "\(answer.body.text())")
            #expect(titles(try await feed(stage, leos)) == ["b-all", "e-not-mia"])
            #expect(answer.body["metadata"] == ["count": 3])
            let entry = try #require(answer.body["servers"]?[0])
            #expect(entry[at: ["server", "remotes"]] == [["type": "streamable-http", "url": "https://a-mia.example/mcp"]])
            #expect(entry[at: ["server", "description"]]?.stringValue?.count == 100)
            #expect(entry[at: ["_meta", "io.modelcontextprotocol.registry/official", "isLatest"]] == true)
            #expect(entry[at: ["server", "name"]]?.stringValue?.hasPrefix("io.opencrane/") == true)
            #expect(!answer.body.text().contains("the-secret") && !answer.body.text().contains("credential"))

            // In parts, and narrowed.
            let first = try await feed(stage, mias, "?limit=2&version=latest")
            let next = try #require(first.body[at: ["metadata", "nextCursor"]]?.stringValue)
            #expect(titles(first) == ["a-mia", "b-all"])
            #expect(titles(try await feed(stage, mias, "?limit=2&cursor=\(next)")) == ["c-ops"])
            #expect(titles(try await feed(stage, mias, "?search=OPS")) == ["c-ops"])
            #expect(titles(try await feed(stage, mias, "?search=%25")) == [])
            #expect(titles(try await feed(stage, mias, "?updated_since=2999-01-01T00:00:00Z")) == [])
            #expect(titles(try await feed(stage, mias, "?updated_since=2020-01-01T00:00:00Z")).count == 3)
            #expect(try await feed(stage, mias, "?cursor=abc").code == "INVALID_CURSOR")
            #expect(try await feed(stage, mias, "?limit=101").status == 422)

            // What a policy forbids is forbidden here as in the contract.
            let policy: JSON = ["name": "strict", "mcpServers": ["deny": ["b-all"]]]
            #expect(try await stage.send(.POST, "/policies", policy).status == 201)
            #expect(try await stage.send(.PUT, "/tenants/leo", ["policyRef": "strict"]).status == 200)
            #expect(titles(try await feed(stage, leos)) == ["e-not-mia"])

            // A grant that is taken away is gone at once.
            let id = try #require(entry[at: ["_meta", "io.opencrane/catalogue", "id"]]?.stringValue)
            #expect(try await stage.send(.PUT, "/mcp-servers/\(id)", ["grants": []]).status == 200)
            #expect(titles(try await feed(stage, mias)) == ["b-all", "c-ops"])
        }
    }

    @Test func nobodyElseIsLetIn() async throws {
        try await withStage { stage in
            try await makeTenant(stage, "mia")
            try await make(stage, "all", [["subjectType": "everyone"]])
            let account = TenantNames(tenant: "mia").serviceAccount
            _ = try await stage.client.dynamic(Self.namespaces).create(
                DynamicObject(["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "elsewhere"]])
            )
            #expect(try await feed(stage, try await token(stage, account)).status == 200)
            for (what, token) in [
                ("no token", nil), ("the administrator's", Stage.token), ("no token at all", "a.b.c"),
                ("for another audience", try await token(stage, account, audience: "mcp-gateway")),
                ("of another namespace", try await token(stage, account, namespace: "elsewhere")),
                ("of another account", try await token(stage, "default")),
                ("of no tenant's", try await token(stage, TenantNames(tenant: "zoe").serviceAccount)),
            ] as [(String, String?)] {
                let answer = try await feed(stage, token)
                #expect(answer.status == 401 && answer.body["servers"] == nil, "\(what): \(answer.status)")
            }
        }
    }
}
