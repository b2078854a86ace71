import JSONValue
import Testing

@testable import OCCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A server that goes away while somebody waits, and comes back.
@Suite struct RestartTests {
    private func status(_ phase: String, ready: Bool) -> RESTResponse {
        .json(200, ["kind": "Tenant", "name": "mia", "phase": .string(phase), "ready": .bool(ready)])
    }

    private func busy(_ status: Int, after seconds: Int? = nil) -> RESTResponse {
        .json(status, ["error": "Busy.", "code": "BUSY"], headers: seconds.map { ["retry-after": String($0)] } ?? [:])
    }

    @Test func aWaitOutlivesARestart() async {
        let harness = Harness(answers: [
            "GET /api/v1/tenants/mia/status": [
                status("Pending", ready: false), .none, busy(503, after: 7), busy(502), busy(504), busy(429, after: 3),
                status("Running", ready: true),
            ],
            "POST /api/v1/tenants": [.json(201, ["name": "mia"])],
        ])
        let outcome = await harness.run("wait", "tenant", "mia")
        #expect(outcome.exit == 0 && outcome.output == "tenant/mia is ready\n")
        // A second between looks, or as long as the server asks for.
        #expect(outcome.waits == [1, 1, 7, 1, 1, 3])
        #expect(
            outcome.errors == """
                tenant/mia: Pending (after 0 s)
                Warning: https://crane.test cannot be reached; still trying
                The server answers again

                """
        )
        let created = await harness.run("create", "tenant", "mia", "--display-name", "M", "--email", "m@x.test", "--wait")
        #expect(created.exit == 0 && created.output == "tenant/mia created\ntenant/mia is ready\n")
    }

    @Test func aWaitForAServerThatStaysAwayEndsInTime() async {
        let harness = Harness(answers: ["GET /api/v1/tenants/mia/status": [status("Pending", ready: false), busy(503, after: 600)]])
        let outcome = await harness.run("wait", "tenant", "mia", "--timeout", "30")
        #expect(outcome.exit == 1 && outcome.waits == [1, 29] && outcome.errors.contains("Busy. (BUSY)"))
        let absent = await Harness(answers: [:]).run("wait", "tenant", "mia", "--timeout", "3")
        #expect(absent.exit == 6 && absent.waits == [1, 1, 1])
        // One look is one look.
        #expect(await Harness(answers: [:]).run("wait", "tenant", "mia", "--timeout", "0").waits == [])
        // What does not pass is not waited for.
        let refused = Harness(answers: ["GET /api/v1/tenants/mia/status": [busy(403)]])
        #expect(await refused.run("wait", "tenant", "mia").exit == 4)
        let broken = Harness(answers: ["GET /api/v1/tenants/mia/status": [busy(500)]])
        #expect(await broken.run("wait", "tenant", "mia").waits == [])
    }

    @Test func watchingAndFollowingOutliveARestart() async {
        let event: JSON = [
            "time": "2025-12-31T23:59:30Z", "type": "Normal", "reason": "Created", "message": "done", "count": 1,
            "object": ["kind": "Tenant", "name": "mia"],
        ]
        let line: JSON = ["seq": 1, "created_at": "2026-01-01", "level": "info", "stage": "vm", "message": "made"]
        let stream = RESTResponse(status: 200, body: Array("event: agent\ndata: {}\n\n".utf8))
        let harness = Harness(answers: [
            "GET /api/v1/tenants": [busy(503, after: 9), .json(200, [Answers.mia]), busy(401)],
            "GET /api/v1/tenants/mia/events?limit=100": [.json(200, []), .none, busy(503), .json(200, [event]), busy(401)],
            "GET /v1/instances/i1/logs": [.json(200, ["logs": []]), busy(502), .json(200, ["logs": [line]]), busy(401)],
            "GET /api/v1/agents/stream": [stream, .none, busy(503), stream, busy(401)],
        ])
        let watched = await harness.run("get", "tenants", "-w", "-o", "name")
        #expect(watched.output == "tenant/mia\n" && watched.exit == 4 && watched.waits == [9, 2])
        let events = await harness.run("events", "tenant", "mia", "--follow", "-o", "json")
        #expect(events.output == event.text() + "\n" && events.exit == 4 && events.waits.count == 4)
        let logs = await harness.run("logs", "instance", "i1", "--follow")
        #expect(logs.output == "2026-01-01 info vm made\n" && logs.exit == 4)
        let heard = await harness.run("events", "agents", "--follow")
        #expect(heard.output == "agent\t{}\nagent\t{}\n" && heard.exit == 4)
        // Without --follow nothing is waited for that was never there.
        #expect(await Harness(answers: [:]).run("events", "agents").waits == [])
        #expect(await Harness(answers: [:]).run("events", "tenant", "mia").waits == [])
    }

    @Test func aRefusedConnectionIsToldAtOnce() async throws {
        // A socket that has a port and does not listen: nobody else can, either.
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name -> UInt16? in
                guard bind(socket, name, length) == 0, getsockname(socket, name, &length) == 0 else { return nil }
                return UInt16(bigEndian: pointer.pointee.sin_port)
            }
        }
        // Whoever goes on trying finds that this time is up, and says so instead.
        let request = RESTRequest(method: "GET", url: "http://127.0.0.1:\(try #require(port))/", timeout: 9)
        let error = await #expect(throws: OCError.self) { try await HTTPClientTransport().send(request) }
        #expect(error?.exit == .unreachable && error?.code == "UNREACHABLE" && error?.message.contains("Connection refused") == true)
    }
}
