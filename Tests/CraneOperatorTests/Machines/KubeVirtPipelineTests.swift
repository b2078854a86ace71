import CraneAPI
import Foundation
import JSONValue
import KubernetesClient
import KubernetesModel
import MachineFixtures
import Machines
import NIOConcurrencyHelpers
import ServiceLifecycle
import Testing

@testable import CraneOperator

/// Plays KubeVirt's controllers: what they write into the status of VirtualMachines, and the instances they make.
private final class PlayedKubeVirt: Service, MachineHost {
    struct Script: Sendable {
        /// Address of instances; `nil` while they have none.
        var address: String? = "127.0.0.1"
        /// What the status says instead of what would follow.
        var word: String?
    }

    static let machines = ResourceType(
        group: "kubevirt.io",
        version: "v1",
        kind: "VirtualMachine",
        plural: "virtualmachines",
        isNamespaced: true
    )
    static let instances = ResourceType(
        group: "kubevirt.io",
        version: "v1",
        kind: "VirtualMachineInstance",
        plural: "virtualmachineinstances",
        isNamespaced: true
    )

    let stage: Stage
    let fixedPort: Int
    let script = NIOLockedValueBox(Script())

    init(_ stage: Stage, port: Int) {
        self.stage = stage
        fixedPort = port
    }

    var machines: ResourceAPI<DynamicObject> { stage.client.dynamic(Self.machines, namespace: stage.namespace) }
    private var instances: ResourceAPI<DynamicObject> { stage.client.dynamic(Self.instances, namespace: stage.namespace) }

    func gatewayListens(at port: Int) {}

    func userData() async throws -> String? {
        guard let machine = try await machines.list().items.first, machine.json[at: ["status", "printableStatus"]] == "Running" else {
            return nil
        }
        let volumes = machine.json[at: ["spec", "template", "spec", "volumes"]]?.arrayValue ?? []
        let name = volumes.compactMap { $0[at: ["cloudInitNoCloud", "secretRef", "name"]]?.stringValue }.first ?? ""
        let secret = try await stage.client.resource(CoreV1.Secret.self, namespace: stage.namespace).getIfPresent(name)
        return secret?.data?["userdata"].flatMap { Data(base64Encoded: $0) }.map { String(decoding: $0, as: UTF8.self) }
    }

    func run() async throws {
        while !Task.isCancelled {
            // Another write at the same time: the next turn sees what came of it.
            try? await turn()
            try? await Task.sleep(for: .milliseconds(50))  // wait: for the operator's next write
        }
    }

    private func turn() async throws {
        let script = script.withLockedValue { $0 }
        let there = try await machines.list().items
        for instance in try await instances.list().items where !there.contains(where: { $0.metadata.name == instance.metadata.name }) {
            try await instances.deleteIfPresent(instance.key)
        }
        for machine in there where !machine.metadata.isBeingDeleted {
            let isOn = machine.json[at: ["spec", "runStrategy"]] == "Always"
            let word = machine.json[at: ["status", "printableStatus"]]?.stringValue
            let next = script.word ?? Self.next(after: word, isOn: isOn)
            if word != next {
                _ = try await machines.mergePatch(
                    machine.key,
                    ["status": ["printableStatus": .string(next)]],
                    subresource: "status"
                )
            }
            try await keepInstance(machine.metadata.name, isThere: next == "Running", script.address)
        }
    }

    private static func next(after word: String?, isOn: Bool) -> String {
        switch (word, isOn) {
        case (nil, true): "Provisioning"
        case ("Provisioning", true), ("Stopped", true): "Starting"
        case (_, true): "Running"
        case ("Running", false): "Stopping"
        case (_, false): "Stopped"
        }
    }

    private func keepInstance(_ name: String, isThere: Bool, _ address: String?) async throws {
        let key = ObjectKey(namespace: stage.namespace, name: name)
        let live = try await instances.getIfPresent(key)
        guard isThere else {
            if live != nil { try await instances.deleteIfPresent(key) }
            return
        }
        var interface: JSON = ["name": "default"]
        if let address { interface["ipAddress"] = .string(address) }
        let status: JSON = ["phase": "Running", "interfaces": [interface]]
        if live == nil {
            var instance = DynamicObject(Self.instances, metadata: ObjectMeta(name: name, namespace: stage.namespace))
            instance.json["status"] = status
            _ = try await instances.create(instance)
        } else if live?.json[at: ["status", "interfaces"]] != status["interfaces"] {
            try await instances.deleteIfPresent(key)
        }
    }
}

@Suite("Tenants in machines of KubeVirt", .serialized, .timeLimit(.minutes(15)))
struct KubeVirtPipelineTests {
    private static func play(_ body: @escaping @Sendable (Stage, PlayedKubeVirt) async throws -> Void) async throws {
        try await Stage.set(simulated: false) { stage in
            try await stage.serveKubeVirt()
            let played = PlayedKubeVirt(stage, port: try await LoopbackPorts.free())
            var settings = Stage.machineConfiguration
            settings.gatewayPort = played.fixedPort
            let provider = KubeVirtProvider(
                client: try Stage.client(of: stage.server, agent: Stage.operatorAgent),
                configuration: KubeVirtConfiguration(namespace: settings.platformNamespace)
            )
            let crane = try stage.makeMachineOperator(provider, settings)
            try await Stage.withRunning([MachinePlay(stage, played), played]) {
                try await Stage.withRunning([crane]) { try await body(stage, played) }
            }
        }
    }

    @Test("Made, reached once it has an address, suspended, resumed, deleted twice: one VirtualMachine the whole time, then none")
    func life() async throws {
        try await Self.play { stage, played in
            played.script.withLockedValue { $0.address = nil }
            try await stage.createMachineTenant(.kubevirt)
            let early = try await stage.awaitTenant("mia", ConditionType.machineReady, .false, reason: "AddressPending")
            #expect(early.status?.phase == .provisioning && early.status?.machine?.address == nil)
            played.script.withLockedValue { $0.address = "127.0.0.1" }
            let tenant = try await stage.awaitPhase(.running)
            let machine = try #require(try await played.machines.list().items.first)
            #expect(tenant.status?.machine?.id == "kubevirt://team-a/\(machine.metadata.name)")
            #expect(tenant.status?.machine?.address == "127.0.0.1" && tenant.status?.machine?.operation == nil)

            _ = try await stage.tenants.mergePatch("mia", ["spec": ["suspended": true]])
            try await stage.awaitPhase(.suspended)
            #expect(try await played.machines.get(machine.key).json[at: ["status", "printableStatus"]] == "Stopped")
            _ = try await stage.tenants.mergePatch("mia", ["spec": ["suspended": false]])
            let again = try await stage.awaitPhase(.running)
            #expect(try await played.machines.get(machine.key).metadata.uid == machine.metadata.uid)
            #expect(again.status?.provisioning == tenant.status?.provisioning)

            _ = try await stage.tenants.delete("mia")
            _ = try await stage.tenants.deleteIfPresent(ObjectKey(name: "mia"))
            try await eventually("the tenant is gone") { try await stage.tenants.getIfPresent("mia") == nil }
            #expect(try await played.machines.list().items.isEmpty)
            let secrets = try await stage.client.resource(CoreV1.Secret.self, namespace: "team-a").list().items
            #expect(secrets.isEmpty, "\(secrets.map(\.metadata.name))")
        }
    }

    @Test("What KubeVirt cannot do ends the run with its reason; a new run takes the old machine away and makes another")
    func failed() async throws {
        try await Self.play { stage, played in
            played.script.withLockedValue { $0.word = "ErrorPvcNotFound" }
            try await stage.createMachineTenant(.kubevirt)
            let failed = try await stage.awaitTenant("mia", ConditionType.stalled, .true, reason: "ProvisioningFailed")
            #expect(failed.status?.phase == .error && failed.status?.message?.hasPrefix("vm_create: ") == true)
            #expect(failed.status?.conditions?.condition(ConditionType.machineReady)?.reason == "ErrorPvcNotFound")
            let first = try #require(try await played.machines.list().items.first)
            played.script.withLockedValue { $0.word = nil }
            _ = try await stage.tenants.mergePatch("mia", ["metadata": ["annotations": [BootstrapMaterial.runAnnotation: "2"]]])
            let tenant = try await stage.awaitPhase(.running)
            #expect(tenant.status?.provisioning?.run == 2)
            let machines = try await played.machines.list().items
            #expect(machines.count == 1 && machines.first?.metadata.uid != first.metadata.uid)
        }
    }

    @Test("Deleted while it is being made, nothing is left")
    func deletedEarly() async throws {
        try await Self.play { stage, played in
            played.script.withLockedValue { $0.word = "Provisioning" }
            try await stage.createMachineTenant(.kubevirt)
            try await eventually("the machine is being made") {
                try await stage.tenants.get("mia").status?.machine?.state == "Provisioning"
            }
            _ = try await stage.tenants.delete("mia")
            try await eventually("the tenant is gone") { try await stage.tenants.getIfPresent("mia") == nil }
            #expect(try await played.machines.list().items.isEmpty)
            #expect(try await stage.children(in: "team-a").isEmpty)
        }
    }
}

extension Stage {
    /// Has the API server serve KubeVirt's kinds.
    fileprivate func serveKubeVirt() async throws {
        let definitions = ResourceType(
            group: "apiextensions.k8s.io",
            version: "v1",
            kind: "CustomResourceDefinition",
            plural: "customresourcedefinitions",
            isNamespaced: false
        )
        for definition in try Fixture.kubeVirtDefinitions() { _ = try await client.dynamic(definitions).create(DynamicObject(definition)) }
        try await eventually("KubeVirt is served") {
            for type in [PlayedKubeVirt.machines, PlayedKubeVirt.instances] {
                if try await !client.discovery.serves(type, refresh: true) { return false }
            }
            return true
        }
    }
}
