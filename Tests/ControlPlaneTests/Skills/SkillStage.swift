import AsyncHTTPClient
import CraneAPI
import Foundation
import HTTPOperations
import JSONValue
import KubernetesClient
import KubernetesModel
import NIOCore
import NIOHTTP1
import Postgres
import Testing

@testable import ControlPlane

/// What tests of skills do again and again.
extension Stage {
    static let skillText = "# Greeting\n\nSay good morning to whoever writes first.\n"

    /// Makes a skill and gives its content.
    ///
    /// - Returns: its id.
    func makeSkill(_ name: String, version: String = "1.0.0", content: String? = Stage.skillText, _ more: JSON = [:]) async throws -> String
    {
        var order: JSON = ["name": .string(name), "version": .string(version)]
        for (member, value) in more.objectValue ?? [:] { order[member] = value }
        let made = try await send(.POST, "/skills/catalog", order)
        #expect(made.status == 201, "\(made.body.text())")
        let id = try #require(made.body["id"]?.stringValue)
        if let content { #expect(try await upload(id, content).status == 200) }
        return id
    }

    /// Uploads content.
    func upload(_ id: String, _ content: String, type: String = "text/markdown", headers: [(String, String)] = []) async throws -> Answer {
        try await send(.PUT, "/skills/catalog/\(id)/content", text: content, headers: [("Content-Type", type)] + headers)
    }

    /// Scans a skill and publishes it.
    func publish(_ id: String) async throws {
        #expect(try await send(.POST, "/skills/catalog/\(id)/scan").body["passed"] == true)
        let published = try await send(.PUT, "/skills/catalog/\(id)", ["status": "published"])
        #expect(published.status == 200, "\(published.body.text())")
    }

    /// Makes a tenant, and a token of its pod.
    func workload(_ tenant: String, team: String? = nil, audience: String = "control-plane") async throws -> String {
        var body: JSON = ["name": .string(tenant), "displayName": .string(tenant), "email": .string("\(tenant)@corp.example")]
        if let team { body["team"] = .string(team) }
        let made = try await send(.POST, "/tenants", body)
        #expect(made.status == 201, "\(made.body.text())")
        try await pool.execute(
            "update tenants set status = \(["targetNamespace": .string(Stage.namespace)] as JSON) where name = \(tenant)"
        )
        let accounts = ResourceType(group: "", version: "v1", kind: "ServiceAccount", plural: "serviceaccounts", isNamespaced: true)
        let name = TenantNames(tenant: tenant).serviceAccount
        _ = try await client.dynamic(accounts, namespace: Stage.namespace).create(
            DynamicObject([
                "apiVersion": "v1", "kind": "ServiceAccount", "metadata": ["name": .string(name), "namespace": .string(Stage.namespace)],
            ])
        )
        return try await client.requestToken(serviceAccount: name, namespace: Stage.namespace, audiences: [audience]).token
    }

    /// What a pod gets for a digest.
    func fetch(_ digest: String, token: String?, headers: [(String, String)] = []) async throws -> (
        status: Int, headers: HTTPHeaders, text: String
    ) { try await fetch(url: base + "/api/internal/bundles/\(digest)/content", token: token, headers: headers) }

    /// What a pod gets from an address.
    func fetch(url: String, token: String?, headers: [(String, String)] = []) async throws -> (
        status: Int, headers: HTTPHeaders, text: String
    ) {
        var request = HTTPClientRequest(url: url)
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        return (Int(response.status.code), response.headers, String(buffer: try await response.body.collect(upTo: 1 << 21)))
    }
}
