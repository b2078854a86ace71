import Foundation
import HTTPOperations
import JSONValue
import KubernetesModel
import NIOHTTP1
import Postgres
import Projection
import Testing

@testable import ControlPlane

@Suite struct ParticipationTests {
    private static func event(_ id: String, _ seconds: Double = 0, version: String? = "awareness/v1alpha1", violations: Int = 0) -> JSON {
        var body: JSON = [
            "eventId": .string(id), "occurredAt": .string(RESTTimestamp.text(Date().addingTimeInterval(seconds))),
            "policyViolations": .integer(Int64(violations)),
        ]
        if let version { body["contractVersion"] = .string(version) }
        return body
    }

    private func tenant(_ stage: Stage, _ name: String) async throws -> JSON {
        let report = try await stage.send(.GET, "/awareness/participation")
        #expect(report.status == 200, "\(report.body.text())")
        return report.body["tenants"]?.arrayValue?.first { $0["tenant"]?.stringValue == name } ?? .null
    }

    @Test func whatPodsTellIsReported() async throws {
        try await withStage { stage in
            for name in ["mia", "leo", "zoe"] { try await stage.makeRunning(name) }
            let mia = try await stage.workloadToken("openclaw-mia")
            let leo = try await stage.workloadToken("openclaw-leo")
            #expect(try await tenant(stage, "mia")["lastSeenAt"] == .null)
            #expect(try await stage.pod(.POST, "/participation", Self.event("1"), token: mia).status == 201)
            let other = Self.event("1", version: "awareness/v0", violations: 2)
            #expect(try await stage.pod(.POST, "/participation", other, token: leo).status == 201, "ids are each tenant's own")
            let report = try await stage.send(.GET, "/awareness/participation").body
            #expect(report["total"] == 3 && report["participating"] == 2 && report["drifted"] == 1)
            #expect(report["critical"] == 1 && report["warning"] == 1, "\(report.text())")
            #expect(report["tenants"]?.arrayValue?.compactMap { $0["severity"]?.stringValue } == ["critical", "ok", "warning"])
            let one = try await tenant(stage, "leo")
            #expect(one["policyViolations"] == 2 && one["drifted"] == true && one["expectedContractVersion"] == "awareness/v1alpha1")
            let critical = try await stage.send(.GET, "/awareness/participation?severity=critical").body
            #expect(critical["total"] == 3 && critical["tenants"]?.arrayValue?.compactMap { $0["tenant"] } == ["leo"])
            #expect(try await stage.send(.GET, "/awareness/participation?severity=ok").status == 422)
            // In pages.
            let page = try await stage.send(.GET, "/awareness/participation?limit=2")
            #expect(page.body["tenants"]?.arrayValue?.compactMap { $0["tenant"] } == ["leo", "mia"] && page.body["total"] == 3)
            let link = try #require(page.headers.first(name: "Link")?.split(separator: ">").first?.dropFirst("</api/v1".count))
            let next = try await stage.send(.GET, String(link))
            #expect(next.body["tenants"]?.arrayValue?.compactMap { $0["tenant"] } == ["zoe"] && next.headers["Link"].isEmpty)
        }
    }

    @Test func anEventCountsOnceAndALateOneMovesNothingBack() async throws {
        try await withStage { stage in
            try await stage.makeRunning("mia")
            let token = try await stage.workloadToken("openclaw-mia")
            func tell(_ event: JSON) async throws -> Stage.Answer { try await stage.pod(.POST, "/participation", event, token: token) }
            let newest = Self.event("new", -10, version: "awareness/v1alpha1", violations: 3)
            #expect(try await tell(newest).status == 201)
            for _ in 0..<2 {
                let again = try await tell(newest)
                #expect(again.status == 200 && again.body == ["eventId": "new", "status": "known"])
            }
            let seen = try await tenant(stage, "mia")
            #expect(seen["policyViolations"] == 3)
            #expect(try await tell(Self.event("old", -3600, version: "awareness/v0", violations: 1)).status == 201)
            let after = try await tenant(stage, "mia")
            #expect(after["lastSeenAt"] == seen["lastSeenAt"] && after["runningContractVersion"] == "awareness/v1alpha1")
            #expect(after["policyViolations"] == 4, "what it says of breaches counts")
            let reused = try await tell(Self.event("new", -10, violations: 9))
            #expect(reused.status == 409 && reused.code == "EVENT_ID_REUSED")
            #expect(try await stage.rows("select event_id from participation_events order by event_id") == ["new", "old"])
            // Breaches of long ago count no more.
            try await stage.pool.execute("update participation_events set occurred_at = occurred_at - interval '25 hours'")
            #expect(try await tenant(stage, "mia")["severity"] == "ok")
        }
    }

    @Test func timesAreBounded() throws {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        func time(_ offset: TimeInterval) throws -> Date {
            try ParticipationOperations.time(RESTTimestamp.text(now.addingTimeInterval(offset)), now: now)
        }
        #expect(try time(-86_400) == now.addingTimeInterval(-86_400))
        #expect(try time(299) == now, "a clock that is ahead counts as now")
        for offset in [-86_401, 301, 1e9] { #expect(throws: OperationError.self) { try time(offset) } }
        for text in ["", "yesterday", "2026-13-01T00:00:00Z"] {
            #expect(throws: OperationError.self) { try ParticipationOperations.time(text, now: now) }
        }
    }

    @Test func badEventsAreRefusedAndTooManyHeldOff() async throws {
        try await withStage { stage in
            try await stage.makeRunning("mia")
            let token = try await stage.workloadToken("openclaw-mia")
            let good = Self.event("1")
            for (member, value) in [
                ("eventId", "a b"), ("occurredAt", "2020-01-01T00:00:00Z"), ("occurredAt", "9999-01-01T00:00:00Z"), ("occurredAt", "x"),
                ("policyViolations", -1), ("policyViolations", 1.5), ("contractVersion", ""),
            ] as [(String, JSON)] {
                var body = good
                body[member] = value
                let answer = try await stage.pod(.POST, "/participation", body, token: token)
                #expect(answer.status == 422 && answer.fields == [member], "\(answer.body.text())")
            }
            #expect(try await stage.rows("select event_id from participation_events").isEmpty)
            #expect(try await stage.pod(.POST, "/participation", good, token: Stage.token).status == 401)
            var last = 0
            for number in 0..<70 where last != 429 {
                last = try await stage.pod(.POST, "/participation", Self.event("e\(number)"), token: token).status
            }
            #expect(last == 429)
        }
    }

    @Test func whatCountsNoMoreIsForgotten() async throws {
        try await withStage { stage in
            try await stage.makeRunning("mia")
            let token = try await stage.workloadToken("openclaw-mia")
            #expect(try await stage.pod(.POST, "/participation", Self.event("1"), token: token).status == 201)
            let repository = ParticipationRepository(pool: stage.pool)
            try await repository.forget(now: Date())
            #expect(try await stage.rows("select event_id from participation_events") == ["1"])
            try await repository.forget(now: Date().addingTimeInterval(8 * 86_400))
            #expect(try await stage.rows("select event_id from participation_events").isEmpty)
            #expect(try await stage.rows("select tenant_uid from participation").count == 1, "the tenant lives")
            #expect(try await stage.send(.DELETE, "/tenants/mia").status == 200)
            try await repository.forget(now: Date().addingTimeInterval(2 * 86_400))
            #expect(try await stage.rows("select tenant_uid from participation").isEmpty)
        }
    }
}
