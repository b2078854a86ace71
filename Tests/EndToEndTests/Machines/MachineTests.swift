import Foundation
import JSONValue
import KubernetesModel
import NIOConcurrencyHelpers
import Testing

extension EndToEnd {
    @Suite("Machines", .enabled(if: Installation.isLocal))
    struct MachineTests {
        /// An order as the wizard sends it.
        static let order: JSON = [
            "tenantId": "tenant_acme_01", "name": "Acme Fleet", "plan": "pro", "clerkOrgId": "org_abc123", "templateId": "standard-7-agent",
        ]
        static let organization = ["X-OpenCrane-Organization": "org_abc123"]

        private struct Seen: Sendable {
            var states: [String] = []
            var steps: [JSON] = []

            /// Takes note of an event.
            mutating func note(_ name: String, _ data: JSON) {
                if name == "step" { steps.append(data) }
                guard name == "fleet" else { return }
                let state = data[at: ["fleet", "status"]]?.stringValue ?? "none"
                if states.last != state { states.append(state) }
            }

            /// Whether the last step is told of, and that everything works.
            var isComplete: Bool {
                states.last == "active" && steps.contains { $0["step"] == "complete" && $0["status"] == "complete" }
            }
        }

        @Test(
            "An ordered fleet becomes active by itself, each step is told with its duration, seven agents answer; deleted, nothing is left"
        )
        func ordered() async throws {
            try await Stage.with(StageOptions(hasMachines: true)) { stage in
                let fleet = try #require(stage.fleet)
                let seen = NIOLockedValueBox(Seen())
                let (openings, opened) = AsyncStream.makeStream(of: Void.self)
                let watching = Task {
                    try await stage.events("/api/fleet/stream", headers: Self.organization) { name, data in
                        opened.yield()
                        return seen.withLockedValue { seen in
                            seen.note(name, data)
                            return seen.isComplete
                        }
                    }
                }
                defer { watching.cancel() }
                for await _ in openings { break }
                let client = RESTClient(base: stage.api.base, token: "")
                let answer = try await client.send(
                    "POST",
                    "/api/tenants",
                    Self.order.serialized(),
                    headers: ["X-Platform-Token": fleet.platformToken]
                )
                #expect(answer.status == 200)
                let tenant = try answer.json["tenant"]
                #expect(tenant?["status"] == "pending" && tenant?["tenant_id"] == "tenant_acme_01" && tenant?["agent_specs"] == [])

                try await within(.seconds(60), "the stream tells that the fleet is active") { try await watching.value }
                let told = seen.withLockedValue { $0 }
                #expect(told.states.first == "none" && told.states.last == "active")
                #expect(Set(told.states).isSubset(of: ["none", "pending", "provisioning", "active"]), "\(told.states)")
                #expect(told.states.contains("provisioning"))
                let done = told.steps.filter { $0["status"] == "complete" }
                #expect(done.compactMap { $0["step"]?.stringValue } == Steps.all, "each step is told once as complete, in order")
                for step in done { #expect((step["durationMs"]?.integerValue ?? -1) >= 0, "\(step.text())") }
                #expect(told.steps.allSatisfy { $0["status"] == "complete" || $0["status"] == "running" })

                try await expectActive(stage)
                try await expectAgents(stage, fleet)
                #expect(try await stage.provisioningLog("tenant-acme-01") == Steps.log)

                try await stage.kubectl(["delete", "tenant", "tenant-acme-01", "--timeout=60s"])
                #expect(fleet.processes().isEmpty)
                try await eventually("no directory is left") { fleet.entries.isEmpty }
                try await expectNothingLeft(stage)
                try await eventually("there is no fleet any more") { try await Self.fleet(stage).isNull }
            }
        }

        /// What is told of the fleet of the organisation.
        private static func fleet(_ stage: Stage) async throws -> JSON {
            let answer = try await stage.api.send("GET", "/api/fleet", headers: organization)
            return try #require(try answer.json["fleet"])
        }

        private func expectActive(_ stage: Stage) async throws {
            let told = try await Self.fleet(stage)
            #expect(told["status"] == "active")
            #expect(told["dashboardUrl"]?.stringValue?.hasPrefix("http") == true)
            #expect(told[at: ["gcpResources", "ip"]] == "127.0.0.1")
            let log = told["provisionLog"]?.arrayValue ?? []
            #expect(log.compactMap { $0["step"]?.stringValue } == Steps.all)
            for line in log {
                #expect(line["status"] == "complete" && line["message"]?.stringValue?.isEmpty == false)
                #expect((line["durationMs"]?.integerValue ?? -1) >= 0)
            }
        }

        private func expectAgents(_ stage: Stage, _ fleet: LocalFleet) async throws {
            let names = try await Self.fleet(stage)["agentSpecs"]?.arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
            #expect(Set(names).count == 7)
            #expect(fleet.machines.count == 1 && fleet.processes().count == 1)
            let machine = try #require(fleet.machines(of: "tenant-acme-01").first)
            for name in names {
                for file in ["AGENTS.md", "SOUL.md", "IDENTITY.md"] {
                    let text = try String(contentsOfFile: machine.file("workspace-\(name)/\(file)"), encoding: .utf8)
                    #expect(!text.isEmpty, "\(name)/\(file)")
                }
            }
            #expect(try await Set(stage.agentsOfGateway("tenant-acme-01", machine)) == Set(names))
        }

        @Test("A machine's process that is killed is noticed and started again; the status is honest throughout, and no run begins")
        func killed() async throws {
            try await Stage.with(StageOptions(hasMachines: true)) { stage in
                let fleet = try #require(stage.fleet)
                try await stage.apply(Samples.machineTenant("victim"))
                let before = try await stage.follow("it runs", "victim") { $0.phase == "Running" }
                let machine = try #require(fleet.machines(of: "victim").first)
                let first = try #require(fleet.processes(of: "victim").first)
                // The next one does not serve before the test says so.
                fleet.closeGate("victim")
                #expect(kill(first, SIGKILL) == 0)
                let down = try await stage.follow("it is degraded", "victim") { $0.phase == "Degraded" }
                #expect(down.conditionStatus("Ready") == "False" && down.conditionStatus("GatewayReady") == "False")
                try await eventually("another process is there") {
                    let now = fleet.processes(of: "victim")
                    return now.count == 1 && now.first != first
                }
                try await throughout("what does not answer is not said to run", .seconds(2)) {
                    let tenant = try await stage.tenant("victim")
                    return tenant?.phase == "Degraded" && tenant?.conditionStatus("Ready") == "False"
                        && tenant?.conditionStatus("GatewayReady") == "False"
                }
                fleet.openGate("victim")
                let after = try await stage.follow("it runs again", "victim") { tenant in
                    // Not a moment before the gateway answers.
                    if tenant.phase == "Running" { #expect(tenant.conditionStatus("GatewayReady") == "True") }
                    #expect(tenant.phase == "Running" || tenant.phase == "Degraded")
                    return tenant.phase == "Running"
                }
                #expect(after.conditionStatus("MachineReady") == "True" && after.conditionStatus("Ready") == "True")
                #expect(after.json[at: ["status", "provisioning"]] == before.json[at: ["status", "provisioning"]])
                #expect(fleet.machines == [machine], "the machine and its port are the same")
                #expect(try await stage.agentsOfGateway("victim", machine).count == 1)
                #expect(try await stage.provisioningLog("victim") == Steps.log)
            }
        }
    }
}

/// Waits for a result, and not for ever.
func within<R: Sendable>(_ limit: Duration, _ what: String, _ body: @escaping @Sendable () async throws -> R) async throws -> R {
    try await withThrowingTaskGroup(of: R?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)  // wait: the deadline
            return nil
        }
        defer { group.cancelAll() }
        guard let result = try await group.next() ?? nil else { throw DidNotHappen(what: what, limit: limit) }
        return result
    }
}
