import Foundation
import JSONValue
import NIOHTTP1
import Postgres
import Testing

@testable import ControlPlane

/// Lists by pages, over HTTP: nothing is skipped or shown twice, also among rows of one moment and while rows are added.
@Suite struct ListPagingTests {
    private static func texts(_ pages: [Stage.Answer], _ list: String, _ member: String) -> [[String]] {
        pages.map { ($0.body[list]?.arrayValue ?? []).compactMap { $0[member]?.stringValue } }
    }

    private static func makeFleet(_ stage: Stage, _ name: String) async throws {
        try await stage.make(
            .tenant,
            name,
            spec: [
                "displayName": .string(name), "email": "f@x.example", "fleet": ["externalId": .string(name), "plan": "pro"],
                "runtime": ["type": "VirtualMachine", "machine": ["provider": "local"]],
            ]
        )
        try await stage.report(name, ["phase": "Running"])
    }

    @Test func boardsGatewaysAndFleets() async throws {
        try await withStage { stage in
            for index in 1...5 { try await Self.makeFleet(stage, "f-\(index)") }
            let token = [("X-Platform-Token", Stage.platformToken)]
            try await stage.pool.execute("update tenants set created_at = '2026-01-01T00:00:00.123456Z'")
            for (path, list, member) in [
                ("/api/v1/boards", "items", "name"), ("/api/v1/gateways", "items", "name"), ("/api/tenants", "tenants", "tenant_id"),
            ] {
                var walk = PageWalk(base: stage.base, first: path + "?limit=2")
                if list == "tenants" { walk = PageWalk(base: stage.base, first: path + "?limit=2&plan=pro", headers: token) }
                let pages = try await walk.pages()
                #expect(Self.texts(pages, list, member) == [["f-5", "f-4"], ["f-3", "f-2"], ["f-1"]], "\(path)")
                #expect(pages.allSatisfy { $0.body["total"] == 5 && $0.body["limit"] == 2 && $0.body["offset"] == 0 }, "\(path)")
                try await walk.refusals(hasOffset: true)
                // Whoever goes by number does so as before, and a page that holds all says of no next one.
                let second = try await walk.ask(path + "?limit=2&offset=2")
                #expect(Self.texts([second], list, member) == [["f-3", "f-2"]] && second.body["offset"] == 2, "\(path)")
                let all = try await walk.ask(path + "?limit=5")
                #expect(Self.texts([all], list, member)[0].count == 5 && all.headers["Link"].isEmpty, "\(path)")
            }
            // What is added is newer than everything, and does not move the pages; by number it would.
            let walk = PageWalk(base: stage.base, first: "/api/v1/boards?limit=2")
            let pages = try await walk.pages { if $0 == 1 { try await Self.makeFleet(stage, "later") } }
            #expect(Self.texts(pages, "items", "name") == [["f-5", "f-4"], ["f-3", "f-2"], ["f-1"]])
        }
    }

    @Test func agents() async throws {
        try await withAgentStage { play in
            for index in 1...5 { _ = try await play.record("a-\(index)") }
            try await play.stage.pool.execute("update agents set created_at = '2026-01-01T00:00:00.999999Z' where name <> 'a-5'")
            let walk = PageWalk(base: play.stage.base, first: "/api/v1/agents?limit=2&board_id=\(play.board.text)")
            let pages = try await walk.pages { if $0 == 1 { _ = try await play.record("later") } }
            let names = Self.texts(pages, "items", "name")
            #expect(names.map(\.count) == [2, 2, 1] && names[0][0] == "a-5")
            #expect(names.flatMap { $0 }.sorted() == ["a-1", "a-2", "a-3", "a-4", "a-5"])
            try await walk.refusals(hasOffset: true)
        }
    }

    @Test func instancesAndTheirLogs() async throws {
        try await withStage { stage in
            let id = UUID()
            try await stage.recordInstance("i-0", of: "org_a", id: id, tenant: "u-0")
            for index in 1...4 { try await stage.recordInstance("i-\(index)", of: "org_a") }
            try await stage.recordInstance("other", of: "org_b")
            try await stage.pool.execute("update instances set created_at = '2026-01-01T00:00:00.000001Z'")
            let headers = [("Authorization", "Bearer \(Stage.token)"), ("X-OpenCrane-Organization", "org_a")]
            let walk = PageWalk(base: stage.base, first: "/v1/instances?limit=2", headers: headers)
            let pages = try await walk.pages { if $0 == 1 { try await stage.recordInstance("later", of: "org_a") } }
            let hosts = Self.texts(pages, "instances", "hostname")
            #expect(hosts.map(\.count) == [2, 2, 1])
            #expect(hosts.flatMap { $0 }.sorted() == ["i-0", "i-1", "i-2", "i-3", "i-4"])
            #expect(try await walk.ask("/v1/instances").body["instances"]?.arrayValue?.count == 6, "without a limit it is as it was")
            try await walk.refusals()

            for seq in 1...5 {
                try await stage.pool.execute(
                    """
                    insert into bootstrap_log (uid, credential_hash, seq, stage, level, message, created_at)
                    values ('u-0', 'h', \(seq), 'started', 'info', \("line \(seq)"), '2026-01-01T00:00:00Z')
                    """
                )
            }
            let log = PageWalk(base: stage.base, first: "/v1/instances/\(id.uuidString.lowercased())/logs?limit=2", headers: headers)
            let parts = try await log.pages { number in
                guard number == 1 else { return }
                try await stage.pool.execute(
                    """
                    insert into bootstrap_log (uid, credential_hash, seq, stage, level, message, created_at)
                    values ('u-0', 'h', 6, 'started', 'info', 'later', '2026-01-01T00:00:00Z')
                    """
                )
            }
            #expect(Self.texts(parts, "logs", "message") == [["line 4", "line 5"], ["line 2", "line 3"], ["line 1"]])
            #expect(parts.map { $0.body["total"] } == [5, 6, 6])
            let whole = try await log.ask("/v1/instances/\(id.uuidString.lowercased())/logs")
            #expect(Self.texts([whole], "logs", "message")[0].count == 6 && whole.headers["Link"].isEmpty)
            try await log.refusals()
        }
    }

    @Test func keysOfProviders() async throws {
        try await withStage { stage in
            for name in ["a_b", "ab", "a-b", "openai", "zz"] {
                try await stage.pool.execute(
                    "insert into provider_keys (provider, sealed_key, revision, updated_at) values (\(name), '\\x00', 1, now())"
                )
            }
            func names(_ pages: [Stage.Answer]) -> [[String]] {
                pages.map { ($0.body.arrayValue ?? []).compactMap { $0["provider"]?.stringValue } }
            }
            let walk = PageWalk(base: stage.base, first: "/api/v1/providers/keys?limit=2")
            let pages = try await walk.pages { number in
                // One that comes before what was shown does not move the pages.
                guard number == 1 else { return }
                try await stage.pool.execute(
                    "insert into provider_keys (provider, sealed_key, revision, updated_at) values ('a', '\\x00', 1, now())"
                )
            }
            #expect(names(pages) == [["a-b", "a_b"], ["ab", "claude"], ["openai", "zz"]])
            #expect(names(try await PageWalk(base: stage.base, first: "/api/v1/providers/keys?limit=1").pages()).flatMap { $0 }.count == 7)
            let whole = try await walk.ask("/api/v1/providers/keys")
            #expect(names([whole]) == [["a", "a-b", "a_b", "ab", "claude", "openai", "zz"]] && whole.headers["Link"].isEmpty)
            try await walk.refusals()
        }
    }

    @Test func theTrail() async throws {
        try await withStage { stage in
            for index in 1...3 { try await stage.makeGroup("g-\(index)", []) }
            let walk = PageWalk(base: stage.base, first: "/api/v1/audit?limit=2")
            let pages = try await walk.pages()
            let ids = Self.texts(pages, "data", "id").flatMap { $0 }
            #expect(pages.count > 1 && Set(ids).count == ids.count)
            for page in pages {
                let next = page.body["pagination"]?["nextCursor"]?.stringValue
                let link = try PageWalk.next(page)
                #expect((next == nil) == (link == nil) && next.map { link?.hasSuffix("cursor=\($0)") == true } != false)
            }
        }
    }
}
