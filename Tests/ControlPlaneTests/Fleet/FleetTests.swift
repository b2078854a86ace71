import AsyncHTTPClient
import CraneAPI
import JSONValue
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import Testing

@testable import ControlPlane

@Suite struct FleetTests {
    private static let organization = [("X-OpenCrane-Organization", "org_abc123"), ("Authorization", "Bearer \(Stage.token)")]

    private func fleet(_ stage: Stage, _ headers: [(String, String)] = Self.organization) async throws -> JSON? {
        let answer = try await stage.order(.GET, "/fleet", platformToken: nil, headers: headers)
        #expect(answer.status == 200 && answer.body["ok"] == true, "\(answer.body.text())")
        return answer.body["fleet"]
    }

    @Test func aFleetFromOrderToSuspension() async throws {
        try await withStage { stage in
            #expect(try await fleet(stage) == .null)
            #expect(try await stage.order(.POST, "/tenants", ProvisionFlowTests.acme).status == 200)
            let pending = try #require(try await fleet(stage))
            #expect(
                Set(pending.objectValue.map { Array($0.keys) } ?? []) == [
                    "status", "templateId", "dashboardUrl", "agentSpecs", "repos", "gcpResources", "provisionLog", "createdAt", "updatedAt",
                ]
            )
            #expect(pending["status"] == "pending" && pending["dashboardUrl"] == .null && pending["gcpResources"] == .null)
            #expect(pending["agentSpecs"] == [] && pending["provisionLog"] == [] && pending["repos"] == [])

            try await stage.report(
                "tenant-acme-01",
                ["phase": "Provisioning", "provisioning": ["run": 1, "steps": [Stage.step("vm_create", "running")]]]
            )
            let running = try #require(try await fleet(stage))
            #expect(running["status"] == "provisioning" && running["provisionLog"] == [] && running["gcpResources"] == .null)
            #expect(running["agentSpecs"]?.arrayValue?.count == 7)

            let made = Stage.step("vm_create", "succeeded", seconds: 45, message: "VM created")
            try await stage.report(
                "tenant-acme-01",
                [
                    "provisioning": [
                        "run": 1, "steps": [made, Stage.step("workspace_bootstrap", "failed", seconds: 50, message: "no git")],
                    ],
                    "phase": "Error",
                    "machine": [
                        "provider": "gce", "id": "gce://p/europe-west2-b/agent-fleet", "zone": "europe-west2-b", "address": "10.0.0.7",
                    ],
                ]
            )
            let failed = try #require(try await fleet(stage))
            #expect(failed["status"] == "error" && failed["dashboardUrl"] == .null)
            #expect(failed["gcpResources"] == ["vmName": "agent-fleet", "zone": "europe-west2-b", "ip": "10.0.0.7"])
            #expect(
                failed["provisionLog"] == [
                    [
                        "step": "vm_create", "status": "complete", "message": "VM created", "durationMs": 45_000,
                        "createdAt": "2026-03-18T09:00:45.000Z",
                    ],
                    [
                        "step": "workspace_bootstrap", "status": "failed", "message": "no git", "durationMs": 50_000,
                        "createdAt": "2026-03-18T09:00:50.000Z",
                    ],
                ]
            )
            // A new run: the rows of the earlier one stay.
            try await stage.report(
                "tenant-acme-01",
                [
                    "phase": "Running", "ingressHost": "acme.agents.example",
                    "provisioning": ["run": 2, "steps": [made, Stage.step("complete", "succeeded", seconds: 59)]],
                ]
            )
            let active = try #require(try await fleet(stage))
            #expect(active["status"] == "active" && active["dashboardUrl"] == "https://acme.agents.example")
            #expect(
                active["provisionLog"]?.arrayValue?.compactMap { $0["step"]?.stringValue } == [
                    "vm_create", "workspace_bootstrap", "vm_create", "complete",
                ]
            )
            try await stage.report("tenant-acme-01", ["phase": "Suspended"])
            #expect(try await fleet(stage)?["status"] == "suspended")
        }
    }

    /// Whether the static token, with these headers, has a fleet.
    private func has(_ stage: Stage, _ headers: (String, String)...) async throws -> Bool {
        try await fleet(stage, headers + [("Authorization", "Bearer \(Stage.token)")]) != .null
    }

    @Test func organizationsAndPersonsSeeTheirOwn() async throws {
        try await withStage { stage in
            let own = try await stage.order(.POST, "/tenants", ["tenantId": "own", "name": "Own", "email": "Me@X.example"])
            #expect(own.status == 200)
            let acme = try await stage.order(.POST, "/tenants", ProvisionFlowTests.acme)
            #expect(acme.status == 200)
            try await stage.make(
                .tenant,
                "other",
                spec: ["displayName": "O", "email": "boss@acme.example", "fleet": ["organization": "org_other"]]
            )
            try await stage.project("other")
            let seen = [
                try await has(stage, ("X-OpenCrane-User", "me@x.EXAMPLE")),
                try await has(stage, ("X-OpenCrane-Organization", "org_abc123")),
                // No fall-through, in neither direction.
                try await has(stage, ("X-OpenCrane-Organization", "org_none"), ("X-OpenCrane-User", "me@x.example")),
                try await has(stage, ("X-OpenCrane-User", "boss@acme.example")),
                // The static token is nobody.
                try await has(stage),
            ]
            #expect(seen == [true, true, false, false, false])
            let nobody = try await stage.order(.GET, "/fleet", platformToken: nil)
            #expect(nobody.errorCode == "unauthorized")
            let platform = try await stage.order(.GET, "/fleet")
            #expect(platform.status == 401, "the platform token is for orders")
            let headers = [("X-OpenCrane-Organization", String(repeating: "x", count: 300)), ("Authorization", "Bearer \(Stage.token)")]
            for path in ["/fleet", "/fleet/stream"] {
                let answer = try await stage.order(.GET, path, platformToken: nil, headers: headers)
                #expect(answer.status == 422)
            }
        }
    }

    @Test(.timeLimit(.minutes(15))) func theStreamShowsEachStep() async throws {
        try await withStage(configure: { $0.fleetFeed.heartbeat = .milliseconds(200) }) { stage in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let (events, sink) = AsyncStream.makeStream(of: StreamEvent.self)
                // Two listeners see the same.
                for index in 0..<2 {
                    group.addTask {
                        try await StreamEvent.read(stage.base + "/api/fleet/stream", Self.organization) { event in
                            if index == 0 { sink.yield(event) }
                            return event.name == "fleet" && event.data["fleet"]?["status"] == "active"
                        }
                    }
                }
                var seen = events.makeAsyncIterator()
                #expect(await seen.next() == StreamEvent(name: "fleet", data: ["ok": true, "fleet": .null]))
                try await eventually("both listen") { stage.plane.feed.watcherCount == 2 }
                #expect(try await stage.order(.POST, "/tenants", ProvisionFlowTests.acme).status == 200)
                let ordered = try #require(await seen.next())
                #expect(ordered.name == "fleet" && ordered.data["fleet"]?["status"] == "pending")

                func report(_ phase: JSON, _ steps: [JSON]) async throws {
                    try await stage.report("tenant-acme-01", ["phase": phase, "provisioning": ["run": 1, "steps": .array(steps)]])
                }
                try await report("Provisioning", [Stage.step("vm_create", "running")])
                let running = try #require(await seen.next())
                #expect(running.name == "step" && running.data["status"] == "running" && running.data["durationMs"] == .null)
                #expect(await seen.next()?.data["fleet"]?["status"] == "provisioning")
                let made = Stage.step("vm_create", "succeeded", seconds: 4, message: "made")
                try await report("Provisioning", [made, Stage.step("workspace_bootstrap", "running")])
                let steps = [try #require(await seen.next()), try #require(await seen.next())].map(\.data)
                #expect(steps.map { $0["step"]?.stringValue } == ["vm_create", "workspace_bootstrap"])
                #expect(steps[0]["status"] == "complete" && steps[0]["durationMs"] == 4000 && steps[0]["message"] == "made")
                try await report(
                    "Running",
                    [made, Stage.step("workspace_bootstrap", "succeeded", seconds: 6), Stage.step("complete", "succeeded", seconds: 7)]
                )
                #expect(await seen.next()?.data["step"] == "workspace_bootstrap")
                #expect(await seen.next()?.data["step"] == "complete")
                #expect(await seen.next()?.data["fleet"]?["status"] == "active")
                try await group.waitForAll()
            }
            // Both have gone; a sign of life that cannot be sent ends their streams.
            try await eventually("nobody is watched for") { stage.plane.feed.watcherCount == 0 }
        }
    }

    @Test(.timeLimit(.minutes(15))) func whoWaitsForAFleetHearsOfTheStepsItHasTaken() async throws {
        try await withStage(configure: { $0.fleetFeed.heartbeat = .milliseconds(200) }) { stage in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let (events, sink) = AsyncStream.makeStream(of: StreamEvent.self)
                group.addTask {
                    try await StreamEvent.read(stage.base + "/api/fleet/stream", Self.organization) { event in
                        sink.yield(event)
                        return event.data["step"] == "workspace_bootstrap"
                    }
                    sink.finish()
                }
                try await eventually("it listens") { stage.plane.feed.watcherCount == 1 }
                let fleet: JSON = ["organization": "org_abc123"]
                try await stage.make(.tenant, "acme", spec: ["displayName": "A", "email": "a@x.example", "fleet": fleet])
                let steps: [JSON] = [Stage.step("vm_create", "succeeded", seconds: 4), Stage.step("workspace_bootstrap", "running")]
                try await stage.report("acme", ["phase": "Provisioning", "provisioning": ["run": 1, "steps": .array(steps)]])
                var names: [String] = []
                for await event in events { names.append(event.data["step"]?.stringValue ?? event.name) }
                #expect(names == ["fleet", "fleet", "vm_create", "workspace_bootstrap"])
                try await group.waitForAll()
            }
        }
    }

    @Test(.timeLimit(.minutes(15))) func streamsAreBoundedAndEnd() async throws {
        try await withStage(configure: {
            $0.fleetFeed.watchers = 1
            $0.fleetFeed.heartbeat = .milliseconds(100)
            $0.fleetFeed.lifetime = .milliseconds(1500)
        }) { stage in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await StreamEvent.read(stage.base + "/api/fleet/stream", Self.organization) { _ in false } }
                try await eventually("it listens") { stage.plane.feed.watcherCount == 1 }
                let refused = try await stage.order(.GET, "/fleet/stream", platformToken: nil, headers: Self.organization)
                #expect(refused.status == 503 && refused.errorCode == "too_many_streams")
                // Ends by itself after its time.
                try await group.waitForAll()
            }
            #expect(try await stage.order(.GET, "/fleet/stream", platformToken: nil).status == 401)
        }
    }
}

/// An event of a stream, as a client reads it.
struct StreamEvent: Sendable, Hashable {
    var name: String
    var data: JSON

    /// Reads a stream until a predicate holds or the stream ends.
    static func read(
        _ url: String,
        _ headers: [(String, String)],
        until isEnough: @escaping @Sendable (StreamEvent) -> Bool
    ) async throws {
        var request = HTTPClientRequest(url: url)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        #expect(response.status == .ok && response.headers.first(name: "Content-Type") == "text/event-stream")
        var text = ""
        for try await buffer in response.body {
            text += String(buffer: buffer)
            while let end = text.firstRange(of: "\n\n") {
                let lines = text[..<end.lowerBound].split(separator: "\n")
                text = String(text[end.upperBound...])
                guard let name = lines.first(where: { $0.hasPrefix("event: ") })?.dropFirst(7),
                    let data = lines.first(where: { $0.hasPrefix("data: ") })?.dropFirst(6)
                else { continue }
                if isEnough(StreamEvent(name: String(name), data: try JSON(parsing: String(data)))) { return }
            }
        }
    }
}
