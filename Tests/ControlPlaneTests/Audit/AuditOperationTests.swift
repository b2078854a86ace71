import AuditChain
import Foundation
import HTTPOperations
import JSONValue
import NIOHTTP1
import Postgres
import Projection
import SealedSecrets
import Testing

@testable import ControlPlane

@Suite struct AuditOperationTests {
    /// Follows the cursors from the first page on.
    private func walk(_ stage: Stage, _ query: String, limit: Int) async throws -> [[JSON]] {
        var (pages, cursor): ([[JSON]], String?) = ([], nil)
        repeat {
            let answer = try await stage.send(.GET, "/audit?limit=\(limit)\(query)" + (cursor.map { "&cursor=\($0)" } ?? ""))
            #expect(answer.status == 200, "\(answer.body.text())")
            pages.append(answer.body["data"]?.arrayValue ?? [])
            #expect(answer.body[at: ["pagination", "limit"]] == .integer(Int64(limit)))
            cursor = answer.body[at: ["pagination", "nextCursor"]]?.stringValue
            #expect(answer.body[at: ["pagination", "hasMore"]] == .bool(cursor != nil))
        } while cursor != nil && pages.count < 100
        return pages
    }

    private func ids(_ pages: [[JSON]]) -> [Int64] { pages.joined().compactMap { $0["id"]?.stringValue.flatMap { Int64($0) } } }

    /// Fills the trail: some entries of one moment, some a microsecond apart, of two tenants and actors.
    private func fill(_ stage: Stage) async throws {
        try await stage.pool.execute(
            """
            insert into audit_entries (at, actor, request_id, action, resource, tenant, message, outcome, before)
            select timestamptz '2027-01-15 08:00:00.123456+00' + (n / 20) * interval '1 microsecond', case n % 2 when 0 then 'ann' else 'bob' end,
                'r', 'Updated', 'Tenant/t' || n % 5, 't' || n % 5, 'm', 'succeeded', '{"n": 1}'
            from generate_series(0, 59) n
            """
        )
    }

    /// W-29: entries of one moment are neither skipped nor repeated, whatever is written meanwhile.
    @Test func pagesSkipAndRepeatNothing() async throws {
        try await withStage { stage in
            try await fill(stage)
            let all = (1...60).reversed().map { Int64($0) }
            for limit in [1, 7, 20, 59, 60, 61] {
                let pages = try await walk(stage, "", limit: limit)
                #expect(ids(pages) == all && pages.dropLast().allSatisfy { $0.count == limit }, "\(limit)")
            }
            // What comes while somebody reads comes before what was read.
            let first = try await stage.send(.GET, "/audit?limit=10")
            let cursor = try #require(first.body[at: ["pagination", "nextCursor"]]?.stringValue)
            try await fill(stage)
            try await stage.pool.execute(
                "insert into audit_entries (at, actor, request_id, action, resource, message, outcome) values (now() + interval '10 years', 'a', 'r', 'x', 'y', 'm', 'failed')"
            )
            let second = try await stage.send(.GET, "/audit?limit=1&cursor=\(cursor)")
            let next = try #require(second.body["data"]?[0]?["id"]?.stringValue.flatMap { Int64($0) })
            #expect(next == 50)
        }
    }

    @Test func filtersAndStates() async throws {
        try await withStage { stage in
            try await fill(stage)
            #expect(try await ids(walk(stage, "&tenant=t3", limit: 5)).count == 12)
            #expect(try await ids(walk(stage, "&actor=ann", limit: 7)).count == 30)
            #expect(try await ids(walk(stage, "&resource=Tenant/t4&actor=bob", limit: 4)).count == 6)
            #expect(try await ids(walk(stage, "&tenant=nobody", limit: 4)).isEmpty)
            let plain = try await stage.send(.GET, "/audit?limit=1").body["data"]?[0]
            #expect(plain?["before"] == nil || plain?["before"] == .null)
            let whole = try await stage.send(.GET, "/audit?limit=1000&changes=true").body
            #expect(whole["data"]?[0]?["before"] == ["n": 1] && whole["data"]?.arrayValue?.count == 60)
            #expect(whole[at: ["pagination", "limit"]] == 100, "pages with states are smaller")
        }
    }

    /// W-29: a cursor that was not given out is refused, and no page is without a bound.
    @Test func badCursorsAndLimitsAreRefused() async throws {
        try await withStage { stage in
            try await fill(stage)
            let given = try await stage.send(.GET, "/audit?limit=1").body[at: ["pagination", "nextCursor"]]?.stringValue ?? ""
            let other = try await stage.send(.GET, "/access-tokens?limit=1")
            #expect(other.status == 200)
            // Nonsense, a bare time as others have it, a cut one, one of another list, one whose number is none.
            let bad = ["xx", "MjAyNy0wMS0xNVQwODowMDowMC4xMjNa", String(given.dropLast(3)), "eyJsIjoidGVuYW50cyIsInQiOjEsInIiOlsiMSJdfQ"]
            for cursor in bad + ["eyJsIjoiYXVkaXQiLCJ0IjoxLCJyIjpbIngiXX0"] {
                let answer = try await stage.send(.GET, "/audit?cursor=\(cursor)")
                #expect(answer.status == 400 && answer.code == "INVALID_CURSOR", "\(cursor)")
            }
            for query in ["cursor=%21", "limit=0", "limit=1001", "limit=-1", "limit=x", "changes=maybe"] {
                #expect([400, 422].contains(try await stage.send(.GET, "/audit?\(query)").status), "\(query)")
            }
            #expect(try await stage.send(.GET, "/audit").body["data"]?.arrayValue?.count == 60)
            #expect(try await stage.send(.GET, "/audit", token: nil).status == 401)
        }
    }

    /// W-21: who, by which request, what came of it and what changed; in the transaction of the change; after the tenant is gone as before.
    /// And all of it is sealed by itself.
    @Test func writesAreAuditedAndSealed() async throws {
        let ring = try Trail.ring("k1")
        try await withStage(configure: { $0.modelProxy.sealer = SecretSealer(keys: ring) }) { stage in
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant, headers: [("X-Request-Id", "r-1")]).status == 201)
            #expect(try await stage.send(.PUT, "/tenants/mia", ["team": "dev"], headers: [("X-Request-Id", "r-2")]).status == 200)
            #expect(try await stage.send(.DELETE, "/tenants/mia", headers: [("X-Request-Id", "r-3")]).status == 200)
            let group = try await stage.send(.POST, "/groups", ["name": "g"], headers: [("X-Request-Id", "r-4")])
            #expect(group.status == 201, "\(group.body.text())")
            let lines = try await stage.send(.GET, "/audit?changes=true").body["data"]?.arrayValue ?? []
            #expect(lines.map { $0["requestId"]?.stringValue } == ["r-4", "r-3", "r-2", "r-1"])
            #expect(lines.allSatisfy { $0["outcome"] == "succeeded" && $0["actor"] == "static-token" })
            #expect(lines.dropFirst().allSatisfy { $0["tenant"] == "mia" }, "also after the tenant is gone")
            #expect(lines[2][at: ["before", "team"]] == "ops" && lines[2][at: ["after", "team"]] == "dev")
            #expect(lines[1][at: ["before", "team"]] == "dev" && lines[0][at: ["after", "name"]] == "g")
            let verification = AuditVerification(pool: stage.pool, keys: ring)
            try await eventually("everything is sealed") {
                let report = try await verification.run()
                #expect(report.finding == nil)
                return report.waiting == 0 && report.links == 7 && report.standing == .authentic
            }
        }
    }
}
