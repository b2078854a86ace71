import CraneAPI
import JSONValue
import KubernetesClient
import KubernetesModel
import MachineFixtures
import Machines
import NIOConcurrencyHelpers
import Testing

@testable import CraneOperator

/// Machines of the stand-in of Compute Engine; their gateways listen at a port of this host.
private struct ComputeHost: MachineHost {
    let standIn: ComputeStandIn
    let fixedPort: Int

    func userData() async throws -> String? {
        guard let instance = instances.first, instance["status"] == "RUNNING" else { return nil }
        return instance[at: ["metadata", "items"]]?.arrayValue?.first { $0["key"] == "user-data" }?["value"]?.stringValue
    }

    func gatewayListens(at port: Int) {}
    var instances: [JSON] { standIn.state.withLockedValue { Array($0.instances.values) } }
}

@Suite("Tenants in machines of Compute Engine", .serialized, .timeLimit(.minutes(15)))
struct ComputePipelineTests {
    /// Compute Engine, and machines that come up as they should; operators are up to the test.
    private static func set(
        _ body:
            @escaping @Sendable (Stage, ComputeStandIn, _ makeOperator: @escaping @Sendable (KubernetesClient?) throws -> CraneOperator)
            async throws -> Void
    ) async throws {
        try await withComputeStandIn { standIn in
            standIn.state.withLockedValue { state in
                state.internalAddress = "127.0.0.1"
                state.looks = 1
            }
            try await Stage.set(simulated: false) { stage in
                let host = ComputeHost(standIn: standIn, fixedPort: try await LoopbackPorts.free())
                let makeOperator: @Sendable (KubernetesClient?) throws -> CraneOperator = { client in
                    var settings = Stage.machineConfiguration
                    settings.gatewayPort = host.fixedPort
                    var configuration = ComputeEngineConfiguration(zone: "europe-west2-b", credentials: .metadataServer(host: standIn.host))
                    configuration.endpoint = standIn.address
                    return try stage.makeMachineOperator(ComputeEngineProvider(configuration: configuration), settings, client: client)
                }
                try await Stage.withRunning([MachinePlay(stage, host)]) { try await body(stage, standIn, makeOperator) }
            }
        }
    }

    /// Runs an operator with it.
    private static func play(_ body: @escaping @Sendable (Stage, ComputeStandIn) async throws -> Void) async throws {
        try await set { stage, standIn, makeOperator in
            try await Stage.withRunning([try makeOperator(nil)]) { try await body(stage, standIn) }
        }
    }

    private static func calls(_ standIn: ComputeStandIn) -> [String] {
        standIn.calls.map { String($0.method.dropFirst("instances.".count)) }.filter { ["insert", "delete", "stop", "start"].contains($0) }
    }

    @Test("Made, reached once it has an address, suspended, resumed, deleted twice: one instance the whole time, then none")
    func life() async throws {
        try await Self.play { stage, standIn in
            standIn.state.withLockedValue { $0.internalAddress = nil }
            standIn.state.withLockedValue { $0.addressAfter = 1000 }
            try await stage.createMachineTenant(.gce)
            let early = try await stage.awaitTenant("mia", ConditionType.machineReady, .false, reason: "AddressPending")
            #expect(early.status?.phase == .provisioning && early.status?.machine?.address == nil)
            #expect(early.status?.provisioning?.steps?.first?.status == .running)
            standIn.state.withLockedValue { $0.internalAddress = "127.0.0.1" }
            let tenant = try await stage.awaitPhase(.running)
            #expect(tenant.status?.machine?.id?.hasPrefix("gce://fleet-project/europe-west2-b/mia-") == true)
            #expect(tenant.status?.machine?.address == "127.0.0.1" && tenant.status?.machine?.operation == nil)
            #expect(tenant.status?.provisioning?.steps?.allSatisfy { $0.status == .succeeded } == true)

            _ = try await stage.tenants.mergePatch("mia", ["spec": ["suspended": true]])
            let asleep = try await stage.awaitPhase(.suspended)
            #expect(asleep.status?.machine?.state == "TERMINATED")
            _ = try await stage.tenants.mergePatch("mia", ["spec": ["suspended": false]])
            let again = try await stage.awaitPhase(.running)
            #expect(again.status?.machine?.id == tenant.status?.machine?.id)
            #expect(again.status?.machine?.credentialHash == tenant.status?.machine?.credentialHash)
            #expect(again.status?.provisioning == tenant.status?.provisioning)

            _ = try await stage.tenants.delete("mia")
            _ = try await stage.tenants.deleteIfPresent(ObjectKey(name: "mia"))
            try await eventually("the tenant is gone") { try await stage.tenants.getIfPresent("mia") == nil }
            #expect(standIn.state.withLockedValue { $0.instances.isEmpty })
            #expect(Self.calls(standIn) == ["insert", "stop", "start", "delete"])
            #expect(try await stage.children(in: "team-a").isEmpty)
        }
    }

    @Test("An operation that is done with an error ends the run with its reason; a new run makes one machine")
    func failedOperation() async throws {
        try await Self.play { stage, standIn in
            standIn.state.withLockedValue { $0.failures = ["INVALID_FIELD_VALUE"] }
            try await stage.createMachineTenant(.gce)
            let failed = try await stage.awaitTenant("mia", ConditionType.stalled, .true, reason: "ProvisioningFailed")
            #expect(failed.status?.phase == .error)
            #expect(failed.status?.message == "vm_create: The operation insert failed (INVALID_FIELD_VALUE): It did not work")
            try await stage.settle()
            #expect(Self.calls(standIn) == ["insert"], "nothing is tried again by itself")
            _ = try await stage.tenants.mergePatch("mia", ["metadata": ["annotations": [BootstrapMaterial.runAnnotation: "2"]]])
            let tenant = try await stage.awaitPhase(.running)
            #expect(tenant.status?.provisioning?.run == 2)
            #expect(standIn.state.withLockedValue { $0.instances.count } == 1)
            #expect(Self.calls(standIn) == ["insert", "insert"])
        }
    }

    @Test("No room in the zone is told of, and waited for")
    func noRoom() async throws {
        try await Self.play { stage, standIn in
            standIn.state.withLockedValue { $0.failures = ["ZONE_RESOURCE_POOL_EXHAUSTED"] }
            try await stage.createMachineTenant(.gce)
            let tenant = try await stage.awaitTenant("mia", ConditionType.machineReady, .false, reason: "NoCapacity")
            #expect(tenant.status?.phase == .provisioning)
            #expect(tenant.status?.conditions?.isTrue(ConditionType.stalled) == false)
            #expect(tenant.status?.message?.contains("ZONE_RESOURCE_POOL_EXHAUSTED") == true)
            // Whatever else brings the key back meanwhile.
            _ = try await stage.tenants.mergePatch("mia", ["metadata": ["annotations": ["note": "seen"]]])
            try await stage.settle()
            #expect(Self.calls(standIn) == ["insert"])
            let later = try await stage.tenants.get("mia")
            #expect(later.status?.conditions?.condition(ConditionType.machineReady)?.reason == "NoCapacity")
        }
    }

    @Test("A refusal for want of quota is told of, and waited for")
    func refusedForQuota() async throws {
        try await Self.play { stage, standIn in
            standIn.add(.init(method: "instances.insert", status: 403, reason: "quotaExceeded"))
            try await stage.createMachineTenant(.gce)
            try await stage.awaitTenant("mia", ConditionType.machineReady, .false, reason: "NoCapacity")
            try await stage.settle()
            #expect(Self.calls(standIn) == ["insert"])
        }
    }

    @Test("A stop that fails is told of, and not asked for all the time; deleting goes on all the same")
    func failedStop() async throws {
        try await Self.play { stage, standIn in
            try await stage.createMachineTenant(.gce)
            try await stage.awaitPhase(.running)
            standIn.state.withLockedValue { $0.failures = ["ZONE_RESOURCE_POOL_EXHAUSTED", "ZONE_RESOURCE_POOL_EXHAUSTED"] }
            _ = try await stage.tenants.mergePatch("mia", ["spec": ["suspended": true]])
            let tenant = try await stage.awaitTenant("mia", ConditionType.machineReady, .false, reason: "MachineNotReady")
            try await eventually("the stop has failed") {
                let machine = try await stage.tenants.get("mia").status?.machine
                return standIn.state.withLockedValue { $0.failures.count } == 1 && machine?.operation == nil
            }
            try await stage.settle()
            #expect(tenant.status?.phase != .suspended)
            #expect(Self.calls(standIn) == ["insert", "stop"])
            standIn.state.withLockedValue { $0.failures = [] }
            _ = try await stage.tenants.delete("mia")
            try await eventually("the tenant is gone") { try await stage.tenants.getIfPresent("mia") == nil }
            #expect(Self.calls(standIn) == ["insert", "stop", "delete"])
        }
    }

    @Test("Deleted while it is being made, the machine goes once it is there")
    func deletedEarly() async throws {
        try await Self.play { stage, standIn in
            standIn.state.withLockedValue { $0.looks = 1000 }
            try await stage.createMachineTenant(.gce)
            try await eventually("the machine is being made") {
                let stored = try await stage.tenants.get("mia").status?.machine?.operation
                return stored?.contains("operation-1") == true
            }
            _ = try await stage.tenants.delete("mia")
            try await stage.awaitTerminating()
            #expect(Self.calls(standIn) == ["insert"], "what is being made cannot be deleted yet")
            standIn.state.withLockedValue { state in
                state.operations["operation-1"]?.left = 1
                state.looks = 1
            }
            try await eventually("the tenant is gone") { try await stage.tenants.getIfPresent("mia") == nil }
            #expect(standIn.state.withLockedValue { $0.instances.isEmpty })
            #expect(Self.calls(standIn) == ["insert", "delete"])
        }
    }

    @Test("A new run takes the old machine away first, and makes the new one with other user data")
    func rerun() async throws {
        try await Self.play { stage, standIn in
            try await stage.createMachineTenant(.gce)
            let first = try await stage.awaitPhase(.running)
            _ = try await stage.tenants.mergePatch("mia", ["metadata": ["annotations": [BootstrapMaterial.runAnnotation: "2"]]])
            try await eventually("the second run is complete", within: .seconds(60)) {
                let status = try await stage.tenants.get("mia").status
                return status?.phase == .running && status?.provisioning?.run == 2
            }
            let second = try await stage.tenants.get("mia")
            #expect(second.status?.machine?.credentialHash != first.status?.machine?.credentialHash)
            #expect(second.status?.machine?.userDataHash != first.status?.machine?.userDataHash)
            #expect(Self.calls(standIn) == ["insert", "delete", "insert"])
            #expect(standIn.state.withLockedValue { $0.instances.count } == 1)
        }
    }

    @Test("Killed after any single write, the next operator completes the run with one instance, and with the call that was stored")
    func everyWrite() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for count in 1...8 { group.addTask { try await Self.crash(afterWrites: count) } }
            try await group.waitForAll()
        }
    }

    private static func crash(afterWrites count: Int) async throws {
        try await set { stage, standIn, makeOperator in
            try await stage.createMachineTenant(.gce)
            let (client, transport) = try stage.crashingClient(afterWrites: count)
            try await Stage.withRunning([try makeOperator(client)]) {
                try await eventually("the operator is killed, or done") {
                    if transport.hasCrashed { return true }
                    return try await stage.tenants.get("mia").status?.phase == .running
                }
            }
            // Finalizer, Secret, run, the call, the call's name: it was killed indeed.
            if count <= 5 { #expect(transport.hasCrashed) }
            try await Stage.withRunning([try makeOperator(nil)]) {
                let tenant = try await stage.awaitPhase(.running, within: .seconds(60))
                #expect(tenant.status?.provisioning?.run == 1)
                #expect(try await stage.children(in: "team-a") == ["Secret/openclaw-mia-bootstrap"])
            }
            let inserts = standIn.calls.filter { $0.method == "instances.insert" }
            #expect(Set(inserts.compactMap { $0.query["requestId"] }).count == 1, "killed after \(count) writes")
            #expect(standIn.state.withLockedValue { $0.instances.count } == 1)
        }
    }
}
