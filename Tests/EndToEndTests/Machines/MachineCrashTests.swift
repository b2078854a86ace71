import Foundation
import JSONValue
import KubernetesModel
import LocalCluster
import LocalPostgres
import Testing

extension EndToEnd {
    @Suite("Crashes on the way to a machine", .enabled(if: Installation.isLocal))
    struct MachineCrashTests {
        @Test("The operator, killed the moment each step is done, completes every run with one machine")
        func afterEachStep() async throws {
            try await Stage.with(StageOptions(hasMachines: true)) { stage in
                let fleet = try #require(stage.fleet)
                let tenants = Steps.all.indices.map { "after\($0 + 1)" }
                for (step, tenant) in zip(Steps.all, tenants) {
                    try await stage.apply(Samples.machineTenant(tenant))
                    try await stage.follow("\(step) is done", tenant) { $0.step(step) == "succeeded" }
                    await stage.operatorProcess.crash()
                    #expect(try await stage.tenant(tenant)?.step(step) == "succeeded")
                    try await stage.startOperator()
                }
                for tenant in tenants { try await expectOneMachine(stage, fleet, tenant) }
            }
        }

        @Test("The operator, killed inside each step, completes every run with the one machine that was there")
        func insideEachStep() async throws {
            // Without a control plane no machine can report, so the first step lasts.
            try await Stage.with(StageOptions(hasControlPlane: false, hasMachines: true)) { stage in
                try await stage.apply(Samples.machineTenant("inside1"))
                try await crash(stage, inside: ["inside1": "vm_create"])
                try await stage.startOperator()
                try await stage.startControlPlane()
                try await HeldRepository.with(stage.scratch) { try await insideOthers(stage, $0) }
            }
        }

        private func insideOthers(_ stage: Stage, _ repository: HeldRepository) async throws {
            let fleet = try #require(stage.fleet)
            let faults = try #require(try stage.apiServer?.server).faults
            // The secrets are not handed out as long as that cannot be noted.
            let noted = RequestMatch(verb: "patch", resource: "secrets", name: "openclaw-inside2-bootstrap")
            let refusal = faults.add(Fault(match: noted, action: .status(503), times: nil))
            repository.pause()
            fleet.closeGate("inside4")
            fleet.closeGate("inside6")
            try await stage.apply(
                [
                    Samples.machineTenant("inside3", repositories: [repository.url]),
                    Samples.machineTenant("inside4"),
                    Samples.machineTenant("inside5", "channels: [{adapter: discord, config: {enabled: false}}]"),
                    Samples.machineTenant("inside6"),
                ].joined(separator: "\n---\n")
            )
            let held: KeyValuePairs = [
                "inside2": "workspace_bootstrap", "inside3": "agent_config", "inside4": "gateway_start", "inside5": "connectivity_check",
            ]
            for (tenant, step) in held.dropFirst() { try await stage.follow("\(step) is under way", tenant) { $0.step(step) == "running" } }
            try await stage.follow("gateway_start is under way", "inside6") { $0.step("gateway_start") == "running" }
            // The bootstrap program asks less and less often, so it is held last.
            try await stage.apply(Samples.machineTenant("inside2"))
            try await eventually("the secrets are asked for") { faults.hits(refusal) > 0 }
            try await eventually("the rows are written so far") { try await stage.provisioningLog("inside6").count == 3 }
            // The last step is done at once, but for its row.
            await stage.postgres.stop()
            fleet.openGate("inside6")
            try await stage.follow("everything is done", "inside6") { $0.step("complete") == "succeeded" }
            let machines = fleet.machines
            let gateways = try ["inside4", "inside5", "inside6"].map { try #require(fleet.processes(of: $0).first) }
            try await crash(stage, inside: held)
            try await stage.postgres.start()
            #expect(try await stage.provisioningLog("inside6") == Array(Steps.log.prefix(3)), "the rows were not written")

            // Channels are not asked for all the time: this one is connected when the next operator asks first.
            try connectDiscord(try #require(machines.first { $0.owner.hasSuffix("/inside5") }))
            try await stage.startOperator()
            faults.remove(refusal)
            repository.resume()
            fleet.openGate("inside4")
            for number in 1...6 { try await expectOneMachine(stage, fleet, "inside\(number)") }
            #expect(Set(fleet.machines) == Set(machines), "no machine was made anew")
            for (tenant, pid) in zip(["inside4", "inside5", "inside6"], gateways) {
                #expect(fleet.processes(of: tenant) == [pid], "\(tenant): the gateway is the same process")
            }
        }

        /// Kills the operator while the steps of tenants are under way.
        private func crash(_ stage: Stage, inside steps: KeyValuePairs<String, String>) async throws {
            for (tenant, step) in steps {
                try await stage.follow("\(step) is under way", tenant) { $0.step(step) == "running" }
                try await eventually("there is a machine") { stage.fleet?.processes(of: tenant).count == 1 }
            }
            await stage.operatorProcess.crash()
            for (tenant, step) in steps { #expect(try await stage.tenant(tenant)?.step(step) == "running", "\(tenant)") }
        }

        private func connectDiscord(_ machine: LocalFleet.Machine) throws {
            let path = machine.file("openclaw.json")
            var configuration = try JSON(parsing: String(contentsOfFile: path, encoding: .utf8))
            configuration[at: ["channels", "discord", "enabled"]] = true
            try configuration.text().write(toFile: path, atomically: true, encoding: .utf8)
        }

        private func expectOneMachine(_ stage: Stage, _ fleet: LocalFleet, _ tenant: String) async throws {
            let running = try await stage.follow("it runs", tenant, within: .seconds(90)) { $0.phase == "Running" }
            #expect(running.run == 1)
            #expect(Steps.all.allSatisfy { running.step($0) == "succeeded" })
            #expect(fleet.machines(of: tenant).count == 1, "\(tenant)")
            #expect(fleet.processes(of: tenant).count == 1, "\(tenant)")
            try await eventually("the log of \(tenant) has a row a step") { try await stage.provisioningLog(tenant).count >= 6 }
            #expect(try await stage.provisioningLog(tenant) == Steps.log)
        }
    }
}
