import Foundation
import HTTPOperations
import JSONValue
import NIOHTTP1
import OutboundGuard
import Postgres
import Testing

@testable import ControlPlane

@Suite struct SourceTests {
    private static let registry: JSON = ["name": "official", "type": "mcp-registry", "url": "https://registry.example.org/v0/servers"]

    @Test func aSourceIsRegisteredChangedAndDeleted() async throws {
        try await withStage {
            $0.sources.interval = .seconds(3600)
        } _: { stage in
            let made = try await stage.send(.POST, "/third-party-sources", Self.registry)
            #expect(made.status == 201 && made.body["type"] == "mcp-registry" && made.body["syncStatus"] == "pending-approval")
            #expect(made.body["url"] == "https://registry.example.org/v0/servers" && made.body["items"] == [])
            let id = try #require(made.body["id"]?.stringValue)
            let refused = try await stage.send(.POST, "/third-party-sources/\(id)/sync")
            #expect(refused.status == 409 && refused.code == "APPROVAL_REQUIRED")
            let approved = try await stage.send(.POST, "/third-party-sources/\(id)/approve")
            #expect(approved.status == 200 && approved.body["approvedBy"] == "static-token" && approved.body["syncStatus"] == "syncing")

            let noted = try await stage.send(.PUT, "/third-party-sources/\(id)", ["notes": "ours", "intervalSeconds": 600])
            #expect(noted.body["notes"] == "ours" && noted.body["approvedBy"] == "static-token" && noted.body["url"] == made.body["url"])
            let moved = try await stage.send(.PUT, "/third-party-sources/\(id)", ["url": "https://other.example.org/"])
            #expect(moved.body["syncStatus"] == "pending-approval" && moved.body["approvedBy"] == nil && moved.body["notes"] == "ours")

            let tag = try #require(moved.headers["ETag"].first)
            #expect(
                try await stage.send(.PUT, "/third-party-sources/\(id)", ["notes": "x"], headers: [("If-Match", "\"0.0\"")]).status == 412
            )
            let key = [("If-Match", tag), ("Idempotency-Key", "k")]
            let first = try await stage.send(.PUT, "/third-party-sources/\(id)", ["notes": "x"], headers: key)
            #expect(first.status == 200)
            #expect(try await stage.send(.PUT, "/third-party-sources/\(id)", ["notes": "x"], headers: key).body == first.body)
            let list = try await stage.send(.GET, "/third-party-sources")
            #expect(list.body[0]?["id"]?.stringValue == id && list.body[0]?["items"] == nil)
            #expect(try await stage.send(.POST, "/third-party-sources", Self.registry).code == "THIRD_PARTY_SOURCE_EXISTS")
            #expect(try await stage.send(.DELETE, "/third-party-sources/\(id)").body["status"] == "deleted")
            #expect(try await stage.send(.GET, "/third-party-sources/\(id)").code == "THIRD_PARTY_SOURCE_NOT_FOUND")
            #expect(
                try await stage.trail("ThirdPartySource/\(id)") == [
                    "Created static-token", "Approved static-token", "Updated static-token", "Updated static-token",
                    "Updated static-token", "Deleted static-token",
                ]
            )
        }
    }

    @Test func urlsThatLeadInsideAreRefusedWhenTheyAreStored() async throws {
        try await withStage { stage in
            for url in [
                "http://registry.example.org/", "https://127.0.0.1/", "https://169.254.169.254/latest", "https://localhost/",
                "https://kubernetes.default.svc/", "https://user:password@example.org/", "https://2130706433/", "https://[::1]/",
                "https://example.org:8443/", "file:///etc/passwd",
            ] {
                let answer = try await stage.send(
                    .POST,
                    "/third-party-sources",
                    ["name": "x", "type": "mcp-registry", "url": .string(url)]
                )
                #expect(answer.status == 422 && answer.fields == ["url"], "\(url) \(answer.body.text())")
            }
            func fields(_ body: JSON) async throws -> Set<String> {
                Set(try await stage.send(.POST, "/third-party-sources", body).fields)
            }
            #expect(try await fields(["name": "x", "type": "git-repository"]) == ["url"])
            #expect(try await fields(["name": "x", "type": "manual-upload", "url": "https://example.org/"]) == ["url"])
            #expect(try await fields(["name": "x", "type": "mcp-registry", "url": "https://example.org/", "path": "a"]) == ["path"])
            let repository: JSON = ["name": "x", "type": "git-repository", "url": "https://example.org/r.git"]
            for (member, value) in [
                ("path", "a/../b"), ("path", "/etc"), ("ref", "--upload-pack=x"), ("ref", "a..b"), ("path", "x/.git/y"),
            ] {
                var body = repository
                body[member] = .string(value)
                #expect(try await fields(body) == [member])
            }
            var body = repository
            body["items"] = []
            #expect(try await fields(body) == ["items"])
            #expect(try await fields(["name": "", "type": "ftp", "intervalSeconds": 1]) == ["intervalSeconds", "name", "type"])
        }
    }

    /// What people say a source has becomes drafts after an approval, and nothing more.
    @Test func itemsOfAManualSourceBecomeDrafts() async throws {
        try await withStage {
            $0.sources.interval = .milliseconds(50)
        } _: { stage in
            let items: JSON = [
                ["kind": "skill-bundle", "name": "greeting", "upstreamId": "g", "version": "2.0.0"],
                ["kind": "mcp-server", "name": "jira", "upstreamId": "j", "endpoint": "https://jira.example.org/mcp"],
            ]
            let id = try await stage.approvedSource(["name": "ours", "type": "manual-upload", "items": items])
            let source = try await stage.settled(id, "healthy")
            #expect(source["managedItemCount"] == 2 && source["items"]?.arrayValue?.allSatisfy { $0["problem"] == nil } == true)
            let skill = try #require(source["items"]?[0]?["skillBundleId"]?.stringValue)
            let made = try await stage.send(.GET, "/skills/catalog/\(skill)")
            #expect(made.body["status"] == "draft" && made.body["version"] == "2.0.0" && made.body["sourceName"] == "ours")
            let server = try #require(source["items"]?[1]?["mcpServerId"]?.stringValue)
            #expect(try await stage.send(.GET, "/mcp-servers/\(server)").body["status"] == "draft")
            // Another run changes nothing.
            #expect(try await stage.send(.POST, "/third-party-sources/\(id)/sync").status == 202)
            _ = try await stage.settled(id, "healthy")
            #expect(try await stage.rows("select name from skill_bundles") == ["greeting"])
            #expect(try await stage.trail("ThirdPartySource/\(id)").filter { $0.hasPrefix("Synced") } == ["Synced source-scheduler"])
            // What became of the items outlives the source.
            #expect(try await stage.send(.DELETE, "/third-party-sources/\(id)").status == 200)
            #expect(try await stage.send(.GET, "/skills/catalog/\(skill)").body["sourceName"] == nil)
            #expect(try await stage.rows("select coalesce(source_id::text, '-') from mcp_servers") == ["-"])
        }
    }

    @Test func sourcesAreThePlatformsBusiness() async throws {
        try await withStage { stage in
            let made = try await stage.send(.POST, "/third-party-sources", Self.registry)
            let id = try #require(made.body["id"]?.stringValue)
            let operations = stage.plane.surface.operations.filter { "\($0.label.path)".hasPrefix("/third-party-sources") }
            try await RoleTokens.serving(operations) { base in
                func ask(_ method: HTTPMethod, _ path: String, _ token: String) async throws -> Int {
                    try await Stage.send(method, base + "/third-party-sources" + path, token: token).status
                }
                let seen = try await ask(.GET, "/\(id)", RoleTokens.viewer)
                #expect(seen == 200)
                for token in [RoleTokens.customer, RoleTokens.customersViewer, RoleTokens.owner] {
                    #expect(try await ask(.GET, "", token) == 403)
                    #expect(try await ask(.GET, "/\(id)", token) == 403)
                }
                for token in [RoleTokens.viewer, RoleTokens.customer] {
                    #expect(try await ask(.POST, "/\(id)/approve", token) == 403)
                    #expect(try await ask(.POST, "/\(id)/sync", token) == 403)
                    #expect(try await ask(.DELETE, "/\(id)", token) == 403)
                }
            }
        }
    }

    @Test func theListComesInPages() async throws {
        try await withStage { stage in
            for number in 1...3 {
                let body: JSON = ["name": .string("s\(number)"), "type": "manual-upload"]
                #expect(try await stage.send(.POST, "/third-party-sources", body).status == 201)
            }
            let pages = try await stage.pages("/third-party-sources?limit=2")
            #expect(pages.map { $0.compactMap { $0["name"]?.stringValue } } == [["s3", "s2"], ["s1"]])
        }
    }
}
