import CraneAPI
import JSONValue
import KubernetesClient
import KubernetesModel
import Machines
import Testing

@testable import CraneOperator

@Suite("Crashes on the way to a machine", .serialized, .timeLimit(.minutes(15)))
struct MachineCrashTests {
    @Test("Killed after any single write, the next operator completes the run with one machine", arguments: [1...4, 5...8, 9...12])
    func everyWrite(_ writes: ClosedRange<Int>) async throws {
        for count in writes {
            try await Stage.set(simulated: false) { stage in
                let provider = ScriptedProvider()
                try await Stage.withRunning([MachinePlay(stage, provider)]) {
                    try await stage.createMachineTenant()
                    let (client, transport) = try stage.crashingClient(afterWrites: count)
                    try await Stage.withRunning([try stage.makeMachineOperator(provider, client: client)]) {
                        try await eventually("the operator is killed, or done") {
                            if transport.hasCrashed { return true }
                            return try await stage.tenants.get("mia").status?.phase == .running
                        }
                    }
                    // Finalizer, Secret, run, operation, machine: it was killed indeed.
                    if count <= 5 { #expect(transport.hasCrashed) }
                    try await Stage.withRunning([try stage.makeMachineOperator(provider)]) {
                        let tenant = try await stage.awaitPhase(.running)
                        #expect(tenant.status?.provisioning?.run == 1)
                        #expect(provider.now.made == 1 && provider.now.machines.count == 1)
                        #expect(try await stage.children(in: "team-a") == ["Secret/openclaw-mia-bootstrap"])
                    }
                }
            }
        }
    }

    @Test("Killed in the middle of a new run, the next operator completes it with one machine", arguments: [1...4, 5...8])
    func rerun(_ writes: ClosedRange<Int>) async throws {
        for count in writes {
            try await Stage.set(simulated: false) { stage in
                let provider = ScriptedProvider()
                try await Stage.withRunning([MachinePlay(stage, provider)]) {
                    try await stage.createMachineTenant()
                    try await Stage.withRunning([try stage.makeMachineOperator(provider)]) { _ = try await stage.awaitPhase(.running) }
                    _ = try await stage.tenants.mergePatch("mia", ["metadata": ["annotations": [BootstrapMaterial.runAnnotation: "2"]]])
                    let (client, transport) = try stage.crashingClient(afterWrites: count)
                    try await Stage.withRunning([try stage.makeMachineOperator(provider, client: client)]) {
                        try await eventually("the operator is killed, or done") {
                            if transport.hasCrashed { return true }
                            let status = try await stage.tenants.get("mia").status
                            return status?.phase == .running && status?.provisioning?.run == 2
                        }
                    }
                    try await Stage.withRunning([try stage.makeMachineOperator(provider)]) {
                        try await eventually("the second run is complete") {
                            let status = try await stage.tenants.get("mia").status
                            return status?.phase == .running && status?.provisioning?.run == 2
                        }
                        #expect(provider.now.made == 2 && provider.now.removed == 1 && provider.now.machines.count == 1)
                    }
                }
            }
        }
    }

    @Test("Killed in the middle of a deletion, the next operator leaves nothing", arguments: 1...5)
    func deletion(_ count: Int) async throws {
        try await Stage.set(simulated: false) { stage in
            let provider = ScriptedProvider()
            try await Stage.withRunning([MachinePlay(stage, provider)]) {
                try await stage.createMachineTenant()
                try await Stage.withRunning([try stage.makeMachineOperator(provider)]) { _ = try await stage.awaitPhase(.running) }
                _ = try await stage.tenants.delete("mia")
                let (client, transport) = try stage.crashingClient(afterWrites: count)
                try await Stage.withRunning([try stage.makeMachineOperator(provider, client: client)]) {
                    try await eventually("the operator is killed, or done") {
                        if transport.hasCrashed { return true }
                        return try await stage.tenants.getIfPresent("mia") == nil
                    }
                }
                try await Stage.withRunning([try stage.makeMachineOperator(provider)]) {
                    try await eventually("nothing is left") {
                        let tenant = try await stage.tenants.getIfPresent("mia")
                        let children = try await stage.children(in: "team-a")
                        return tenant == nil && children.isEmpty && provider.now.machines.isEmpty
                    }
                }
                #expect(provider.now.made == 1 && provider.now.removed == 1)
            }
        }
    }
}
