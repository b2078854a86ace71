import Foundation
import JSONValue
import NIOConcurrencyHelpers
import NIOHTTP1
import Projection
import Testing

@testable import ControlPlane

@Suite struct AgentStreamTests {
    private static let credential = ("Authorization", "Bearer \(Stage.token)")

    private static func row(_ name: String, at date: Date, status: AgentStatus = .ready) -> AgentRow {
        let id = UUID()
        var row = AgentRow(
            id: id,
            boardID: UUID(),
            gatewayID: "g",
            namespace: "n",
            tenant: "t",
            name: name,
            key: AgentRow.key(of: id),
            now: date
        )
        row.status = status
        return row
    }

    @Test func eachChangeIsToldOnce() {
        let start = Date(timeIntervalSince1970: 1_000_000)
        func shown(_ rows: [AgentRow], after seconds: Double) -> [ShownAgent] {
            rows.map { ShownAgent($0, now: start.addingTimeInterval(seconds)) }
        }
        func told(_ events: [ServerSentEvent]) -> [String] {
            events.map { "\($0.data["agent"]?["name"]?.stringValue ?? "") \($0.data["agent"]?["status"]?.stringValue ?? "")" }
        }
        var a = Self.row("a", at: start)
        let b = Self.row("b", at: start.addingTimeInterval(-100))
        var teller = AgentTeller(since: nil)
        #expect(teller.look(shown([a, b], after: 0)).isEmpty, "what is there already is not told")
        #expect(teller.look(shown([a, b], after: 1)).isEmpty)
        a.status = .active
        a.lastSeenAt = start.addingTimeInterval(2)
        #expect(told(teller.look(shown([a, b], after: 2))) == ["a active"])
        #expect(teller.look(shown([a, b], after: 3)).isEmpty)
        // A call alone is nothing to tell of; silence is, although no row changed.
        a.lastSeenAt = start.addingTimeInterval(30)
        #expect(teller.look(shown([a, b], after: 31)).isEmpty)
        #expect(told(teller.look(shown([a, b], after: 631))) == ["a offline"])
        #expect(teller.look(shown([a, b], after: 632)).isEmpty)
        var gone = b
        gone.status = .deleted
        let new = Self.row("c", at: start.addingTimeInterval(640), status: .provisioning)
        #expect(told(teller.look(shown([a, gone, new], after: 650))) == ["b deleted", "c provisioning"])
        #expect(teller.look(shown([a, new], after: 1300)).isEmpty, "a farewell is said once")

        var catchingUp = AgentTeller(since: start.addingTimeInterval(-50))
        #expect(told(catchingUp.look(shown([a, b], after: 2))) == ["a active"])
        #expect(catchingUp.look(shown([a, b], after: 3)).isEmpty)
    }

    @Test(.timeLimit(.minutes(15))) func whoWatchesSeesEachStatus() async throws {
        try await withAgentStage(configure: {
            $0.agentFeed.interval = .milliseconds(20)
            $0.agentFeed.heartbeat = .milliseconds(200)
        }) { play in
            let seen = NIOLockedValueBox<[[String]]>([[], [], []])
            let foreign = NIOLockedValueBox(0)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, header) in [nil, ("X-OpenCrane-Organization", "org_a"), ("X-OpenCrane-Organization", "org_a")].enumerated() {
                    group.addTask {
                        try await StreamEvent.read(
                            play.stage.base + "/api/v1/agents/stream",
                            [Self.credential] + (header.map { [$0] } ?? [])
                        ) {
                            event in
                            let status = event.data["agent"]?["status"]?.stringValue ?? ""
                            seen.withLockedValue { $0[index].append(status) }
                            return status == "deleted"
                        }
                    }
                }
                // Another organisation hears nothing of it.
                group.addTask {
                    let headers = [Self.credential, ("X-OpenCrane-Organization", "org_b")]
                    try await StreamEvent.read(play.stage.base + "/api/v1/agents/stream", headers) { _ in
                        foreign.withLockedValue { $0 += 1 }
                        return false
                    }
                }
                try await eventually("all watch") { play.stage.plane.agentFeed.watcherCount == 4 }
                let row = try await play.record("Watched")
                let changes: [AgentStatus] = [.ready, .active, .idle, .updating, .paused, .deleting, .deleted]
                for (index, status) in changes.enumerated() {
                    try await eventually("all saw change \(index)") { seen.withLockedValue { $0.allSatisfy { $0.count == index + 1 } } }
                    _ = try await play.agents.update(row.id, now: Date()) { row in
                        row.status = status
                        if status == .deleted { row.deletedAt = Date() }
                        return []
                    }
                    // A call is nothing to tell of.
                    _ = try await play.agents.update(row.id, now: Date()) { row in
                        row.lastSeenAt = Date()
                        return []
                    }
                }
                for _ in 0..<3 { try await group.next() }
                #expect(seen.withLockedValue { $0 } == [[String]](repeating: ["provisioning"] + changes.map(\.rawValue), count: 3))
                #expect(foreign.withLockedValue { $0 } == 0)
                group.cancelAll()
            }
            try await eventually("nobody is looked for") { play.stage.plane.agentFeed.watcherCount == 0 }
        }
    }

    @Test(.timeLimit(.minutes(15))) func manyWatchersAskTheDatabaseOnce() async throws {
        try await withAgentStage(configure: {
            $0.agentFeed.interval = .milliseconds(500)
            $0.agentFeed.heartbeat = .milliseconds(200)
        }) { play in
            // As many connections as the client opens to one server.
            let count = 8
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<count {
                    group.addTask {
                        try await StreamEvent.read(play.stage.base + "/api/v1/agents/stream", [Self.credential]) { _ in true }
                    }
                }
                try await eventually("all watch") { play.stage.plane.agentFeed.watcherCount == count }
                let before = await play.stage.plane.agentWatcher.looks
                let row = try await play.record("Watched")
                try await group.waitForAll()
                let looks = await play.stage.plane.agentWatcher.looks - before
                #expect(looks < count, "\(count) watchers heard of one change by \(looks) looks")
                // Whoever comes later asks for what happened since.
                let since = row.createdAt.addingTimeInterval(-60).formatted(.iso8601)
                try await StreamEvent.read(play.stage.base + "/api/v1/agents/stream?since=\(since)", [Self.credential]) { event in
                    #expect(event.name == "agent" && event.data["agent"]?["id"] == .string(row.id.text))
                    return true
                }
            }
        }
    }

    @Test func whatIsAskedForIsChecked() async throws {
        try await withAgentStage(configure: { $0.agentFeed.watchers = 0 }) { play in
            for query in ["?since=yesterday", "?since=", "?colour=red"] {
                let answer = try await play.send(.GET, "/agents/stream\(query)")
                #expect(answer.status == 422 && answer.body["detail"]?[0]?["loc"]?[0] == "query", "\(query)")
            }
            #expect(try await play.send(.GET, "/agents/stream", token: nil).status == 401)
            let full = try await play.send(.GET, "/agents/stream")
            #expect(full.status == 503 && full.body["code"] == "too_many_streams" && full.headers.first(name: "Retry-After") == "30")
        }
    }
}
