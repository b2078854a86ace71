import Foundation
import JSONValue
import Testing

@testable import ControlPlane

/// What every list declares, read off the declarations of all surfaces: a new list is found here by itself.
@Suite struct ListDeclarationTests {
    /// Answers that have a list in them and are none: why nobody needs pages of them.
    private static let exceptions: [String: String] = [
        "/api/internal/sessions/{sessionKey}/scope": "the whole scope of one session, at most as large as a write of it may be",
        "/sessions/{sessionKey}/scope": "the whole scope of one session, at most as large as a write of it may be",
        "/awareness/rollout": "one document: its waves are written as a whole",
        "/cluster-tenants/{name}": "one object, bounded by its resource",
        "/cluster-tenants/{name}/events":
            "the newest events in order, at most 500: Kubernetes keeps them for an hour and cannot be asked for those before",
        "/cluster-tenants/{name}/status": "one object: conditions and steps are bounded by its resource",
        "/groups/{id}": "one object: members and grants are written with it",
        "/metrics/server": "one document: what it has no source for is one of five",
        "/mcp-servers/{id}": "one object: capabilities and grants are written with it, credentials have a list of their own",
        "/platform/dns": "one document on one issuer, with 500 certificates at most; each has its status in Kubernetes",
        "/policies/{name}": "one object, bounded by its resource",
        "/policies/{name}/events":
            "the newest events in order, at most 500: Kubernetes keeps them for an hour and cannot be asked for those before",
        "/policies/{name}/status": "one object: conditions and steps are bounded by its resource",
        "/skills/catalog/{id}": "one object: tags, grants, findings and promotions are bounded for each skill",
        "/tenants/{name}/events":
            "the newest events in order, at most 500: Kubernetes keeps them for an hour and cannot be asked for those before",
        "/tenants/{name}/status": "one object: conditions and steps are bounded by its resource",
        "/tenants/{name}/datasets": "four lists of names, written with the tenant's resource",
        "/third-party-sources/{id}": "one object with what its last scan found, which is bounded",
        "/v1/instances/by-key/{idempotency_key}": "what came of one order, with the newest lines; all lines have a list of their own",
        "/v1/instances/{instance_id}/platform-config": "one document, written as a whole",
        "/v1/instances/{instance_id}/runtime": "one report, with the newest lines; all lines have a list of their own",
        "/v1/instances/{instance_id}/usage": "one entry for each day that is asked for, at most 365",
    ]

    /// A reading operation whose answer is an array, or an object with one.
    private struct Listing {
        var path: String
        var parameters: [String: JSON]
        var hasLink: Bool
    }

    private static func listings() throws -> [Listing] {
        let document = try JSON(parsing: ControlPlane.openAPIText())
        func resolved(_ value: JSON?) -> JSON? {
            guard let reference = value?["$ref"]?.stringValue else { return value }
            return document[at: reference.split(separator: "/").dropFirst().map(String.init)]
        }
        func isArray(_ schema: JSON?) -> Bool {
            let type = resolved(schema)?["type"]
            return type == "array" || type?.arrayValue?.contains("array") == true
        }
        let paths = try #require(document["paths"]?.objectValue)
        return paths.compactMap { path, item in
            guard let operation = item["get"], let response = resolved(operation["responses"]?["200"]) else { return nil }
            // Streams, pages for people and content as it is are no JSON.
            guard let schema = resolved(response["content"]?["application/json"]?["schema"]) else { return nil }
            let members = schema["properties"]?.objectValue ?? [:]
            guard isArray(schema) || members.values.contains(where: isArray) else { return nil }
            let parameters = (operation["parameters"]?.arrayValue ?? []).compactMap(resolved).filter { $0["in"] == "query" }
            return Listing(
                path: path,
                parameters: Dictionary(
                    parameters.compactMap { parameter in
                        parameter["name"]?.stringValue.map { ($0, resolved(parameter["schema"]) ?? .null) }
                    },
                    uniquingKeysWith: { first, _ in first }
                ),
                hasLink: response["headers"]?["Link"] != nil
            )
        }.sorted { $0.path < $1.path }
    }

    @Test func everyListHasPages() throws {
        let lists = try Self.listings().filter { Self.exceptions[$0.path] == nil }
        #expect(lists.count >= 25, "\(lists.map(\.path))")
        for list in lists {
            #expect(list.hasLink, "\(list.path) does not document the Link header")
            let limit = list.parameters["limit"]
            #expect(
                limit?["minimum"] == 1 && limit?["maximum"] != nil && limit?["default"] != nil,
                "\(list.path) takes no limit with bounds"
            )
            let cursor = list.parameters["cursor"]
            #expect(cursor?["maxLength"] != nil && cursor?["pattern"] != nil, "\(list.path) takes no cursor")
        }
    }

    @Test func whoeverHasNoPagesHasAReason() throws {
        let lists = try Self.listings()
        for (path, reason) in Self.exceptions {
            let list = lists.first { $0.path == path }
            #expect(list != nil, "\(path) is no list any more")
            #expect(list?.parameters["cursor"] == nil, "\(path) has pages now")
            #expect(reason.count > 20, "\(path)")
        }
    }

    /// A list that can be begun by number can be begun by cursor, too; the other way round is no need.
    @Test func noListIsPagedByNumberAlone() throws {
        let counted = try Self.listings().filter { $0.parameters["offset"] != nil }
        #expect(counted.map(\.path) == ["/api/tenants", "/api/v1/agents", "/api/v1/boards", "/api/v1/gateways"])
        #expect(counted.allSatisfy { $0.parameters["cursor"] != nil })
    }
}
