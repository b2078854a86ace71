import CraneAPI
import FleetTemplates
import JSONValue
import KubernetesClient
import KubernetesModel
import LocalCluster
import Machines
import Testing

@testable import CraneOperator

@Suite("Tenants in virtual machines", .serialized, .timeLimit(.minutes(15)))
struct MachineTenantTests {
    private static func play(
        _ script: MachinePlay.Script = .init(),
        _ body: @escaping @Sendable (Stage, ScriptedProvider, MachinePlay) async throws -> Void
    ) async throws {
        try await Stage.set(simulated: false) { stage in
            let provider = ScriptedProvider()
            let play = MachinePlay(stage, provider, script)
            try await Stage.withRunning([play]) {
                try await Stage.withRunning([try stage.makeMachineOperator(provider)]) { try await body(stage, provider, play) }
            }
        }
    }

    @Test("A tenant goes through all steps to a gateway that answers, and rests there")
    func complete() async throws {
        try await Self.play { stage, provider, _ in
            try await stage.createMachineTenant { $0.channels = [] }
            let tenant = try await stage.awaitPhase(.running)
            let status = try #require(tenant.status)
            #expect(status.provisioning?.run == 1)
            #expect(status.provisioning?.steps?.map(\.name) == ProvisioningStepName.allCases.map(\.rawValue))
            #expect(
                status.provisioning?.steps?.allSatisfy { $0.status == .succeeded && $0.startedAt != nil && $0.finishedAt != nil } == true
            )
            #expect(status.machine?.operation == nil && status.machine?.address == "127.0.0.1" && status.machine?.provider == "local")
            #expect(status.machine?.port == provider.now.port)
            #expect(status.gateway?.protocol == 4 && status.gateway?.url?.hasPrefix("ws://127.0.0.1:") == true)
            for type in [ConditionType.machineReady, ConditionType.gatewayReady, ConditionType.channelsConnected, ConditionType.ready] {
                #expect(status.conditions?.isTrue(type) == true, "\(type)")
            }
            #expect(try await stage.children(in: "team-a") == ["Secret/openclaw-mia-bootstrap"])
            #expect(provider.now.made == 1 && provider.now.unstored == 0)
            try await stage.settle()
            let writes = stage.operatorWrites
            try await stage.settle(for: .seconds(2))
            #expect(stage.operatorWrites == writes)
        }
    }

    @Test("A bootstrap that gives up ends the run; raising its number makes a new machine with a new credential")
    func bootstrapError() async throws {
        var script = MachinePlay.Script()
        (script.level, script.stage) = ("error", .repositories)
        try await Self.play(script) { stage, provider, play in
            try await stage.createMachineTenant()
            let failed = try await stage.awaitPhase(.error)
            #expect(failed.status?.message == "agent_config: repositories: scripted")
            #expect(failed.status?.conditions?.isTrue(ConditionType.stalled) == true)
            play.set { ($0.level, $0.stage) = ("info", .ready) }
            try await stage.settle()
            #expect(try await stage.tenants.get("mia").status?.phase == .error)
            _ = try await stage.tenants.mergePatch("mia", ["metadata": ["annotations": [BootstrapMaterial.runAnnotation: "2"]]])
            let tenant = try await stage.awaitPhase(.running)
            #expect(tenant.status?.provisioning?.run == 2)
            #expect(tenant.status?.machine?.credentialHash != failed.status?.machine?.credentialHash)
            #expect(provider.now.made == 2 && provider.now.removed == 1 && provider.now.machines.count == 1)
        }
    }

    @Test("Other files than the rendered ones end the run")
    func wrongDigest() async throws {
        var script = MachinePlay.Script()
        script.digest = "0000"
        try await Self.play(script) { stage, _, _ in
            try await stage.createMachineTenant()
            let tenant = try await stage.awaitPhase(.error)
            #expect(tenant.status?.message == "agent_config: the files on the machine are not those that were rendered")
        }
    }

    @Test("Trouble of the machine is a condition while it may pass, and ends the run when it lasts")
    func machineTrouble() async throws {
        var script = MachinePlay.Script()
        script.isSilent = true
        try await Self.play(script) { stage, provider, _ in
            provider.set {
                $0.first = .creating
                $0.trouble = MachineTrouble("NoCapacity", "there is no room")
            }
            try await stage.createMachineTenant()
            try await stage.awaitTenant("mia", ConditionType.machineReady, .false, reason: "NoCapacity")
            #expect(try await stage.tenants.get("mia").status?.phase == .provisioning)
            provider.set { $0.error = MachineError(.unreachable, "the provider does not answer") }
            try await stage.awaitTenant("mia", ConditionType.machineReady, .unknown, reason: "Unreachable")
            #expect(try await stage.tenants.get("mia").status?.phase == .provisioning)
            provider.set {
                $0.error = nil
                $0.trouble = MachineTrouble("Broken", "it is broken", isPermanent: true)
            }
            let tenant = try await stage.awaitPhase(.error)
            #expect(tenant.status?.message == "vm_create: it is broken")
        }
    }

    @Test("A machine of somebody else is neither adopted nor taken away")
    func foreign() async throws {
        try await Self.play { stage, provider, _ in
            let name = MachineName.forObject(namespace: "team-a", name: "mia")
            let machine = ScriptedProvider.Machine(
                owner: MachineOwner(uid: "x", name: "x/y"),
                userData: "",
                userDataHash: "",
                state: .running
            )
            provider.set { $0.machines[name] = machine }
            try await stage.createMachineTenant()
            let tenant = try await stage.awaitPhase(.error)
            #expect(tenant.status?.message == "vm_create: not yours")
            _ = try await stage.tenants.delete("mia")
            try await eventually("the tenant is gone") { try await stage.tenants.getIfPresent("mia") == nil }
            #expect(provider.now.machines.count == 1 && provider.now.removed == 0)
        }
    }

    @Test("Suspended, the machine is off; resumed, it is the same machine; deleted, nothing is left")
    func life() async throws {
        try await Self.play { stage, provider, _ in
            try await stage.createMachineTenant()
            try await stage.awaitPhase(.running)
            _ = try await stage.tenants.mergePatch("mia", ["spec": ["suspended": true]])
            try await stage.awaitPhase(.suspended)
            #expect(provider.now.machines.values.map(\.state) == [.stopped])
            _ = try await stage.tenants.mergePatch("mia", ["spec": ["suspended": false]])
            try await stage.awaitPhase(.running)
            #expect(provider.now.machines.values.map(\.state) == [.running] && provider.now.made == 1)
            _ = try await stage.tenants.delete("mia")
            try await eventually("the tenant is gone") { try await stage.tenants.getIfPresent("mia") == nil }
            #expect(provider.now.machines.isEmpty && provider.now.removed == 1)
            #expect(try await stage.children(in: "team-a").isEmpty)
            for request in stage.server.requests.latest where request.userAgent.hasPrefix(Stage.operatorAgent) && !request.resource.isEmpty
            {
                let resource = request.subresource.isEmpty ? request.resource : "\(request.resource)/\(request.subresource)"
                #expect(OperatorRBAC.allows(verb: request.verb, group: request.group, resource: resource), "\(request.verb) \(resource)")
            }
        }
    }

    @Test("A machine that vanished is not made again by itself; one without its Secret is told of")
    func lost() async throws {
        try await Self.play { stage, provider, _ in
            try await stage.createMachineTenant()
            try await stage.awaitPhase(.running)
            provider.set { $0.machines = [:] }
            let tenant = try await stage.awaitPhase(.degraded)
            #expect(tenant.status?.conditions?.condition(ConditionType.machineReady)?.reason == "MachineGone")
            #expect(tenant.status?.provisioning?.steps?.allSatisfy { $0.status == .succeeded } == true)
            #expect(provider.now.made == 1)
            _ = try await stage.client.resource(CoreV1.Secret.self, namespace: "team-a").delete("openclaw-mia-bootstrap")
            try await stage.awaitTenant("mia", ConditionType.ready, .false, reason: "BootstrapSecretMissing")
            _ = try await stage.tenants.mergePatch("mia", ["metadata": ["annotations": [BootstrapMaterial.runAnnotation: "2"]]])
            try await stage.awaitPhase(.running)
            #expect(provider.now.made == 2)
        }
    }

    @Test("A gateway that goes down makes its tenant degraded, and one that comes back mends it")
    func gatewayDown() async throws {
        try await Self.play { stage, provider, play in
            try await stage.createMachineTenant()
            let before = try await stage.awaitPhase(.running)
            play.haltGateway()
            let down = try await stage.awaitPhase(.degraded)
            #expect(down.status?.conditions?.condition(ConditionType.gatewayReady)?.reason == ConditionReason.gatewayUnreachable)
            #expect(down.status?.provisioning == before.status?.provisioning)
            try play.restartGateway()
            let after = try await stage.awaitPhase(.running, within: .seconds(60))
            #expect(after.status?.provisioning == before.status?.provisioning)
            #expect(provider.now.made == 1)
        }
    }

    @Test("Channels that are wanted are waited for, and told of when they drop")
    func channels() async throws {
        try await Self.play { stage, _, _ in
            try await stage.createMachineTenant { $0.channels = [Channel(adapter: "discord", config: ["token": "t"])] }
            let tenant = try await stage.awaitPhase(.running)
            #expect(tenant.status?.conditions?.condition(ConditionType.channelsConnected)?.message == "all channels are connected")
        }
    }

    @Test("What cannot be is said, and nothing is made")
    func blocked() async throws {
        try await Self.play { stage, provider, _ in
            try await stage.createMachineTenant { $0.runtime?.machine?.provider = .gce }
            try await stage.awaitTenant("mia", ConditionType.stalled, .true, reason: "RuntimeNotSupported")
            _ = try await stage.tenants.mergePatch(
                "mia",
                ["spec": ["runtime": ["machine": ["provider": "local"]], "fleet": ["template": "none"]]]
            )
            let tenant = try await stage.awaitTenant("mia", ConditionType.stalled, .true, reason: "InvalidSpec")
            #expect(tenant.status?.message?.contains("There is no template \"none\"") == true)
            #expect(provider.now.made == 0)
            #expect(try await stage.children(in: "team-a").isEmpty)
        }
    }
}
