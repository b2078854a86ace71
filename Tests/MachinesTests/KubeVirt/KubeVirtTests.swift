import Foundation
import JSONValue
import KubernetesClient
import KubernetesModel
import LocalCluster
import Testing

@testable import Machines

@Suite("KubeVirt", .serialized)
struct KubeVirtTests {
    @Test(
        "Every printable status has our word and, where something is wrong, its reason",
        arguments: [
            ("Provisioning", MachineState.creating, false), ("Starting", .creating, false), ("WaitingForVolumeBinding", .creating, false),
            ("WaitingForReceiver", .creating, false), ("Running", .running, false), ("Migrating", .running, false),
            ("Paused", .stopped, false), ("Stopped", .stopped, false), ("Stopping", .stopping, false), ("Terminating", .deleting, false),
            ("CrashLoopBackOff", .degraded, true), ("ErrorUnschedulable", .degraded, true), ("ErrImagePull", .degraded, true),
            ("ImagePullBackOff", .degraded, true), ("ErrorPvcNotFound", .failed, true), ("ErrorDataVolumeNotFound", .failed, true),
            ("DataVolumeError", .failed, true), ("Unknown", .unknown, true), ("SomethingNew", .unknown, true), ("", .creating, false),
        ]
    )
    func states(_ row: (String, MachineState, Bool)) {
        let status: JSON = row.0.isEmpty ? [:] : ["printableStatus": .string(row.0)]
        let sight = VirtualMachineSight(["metadata": ["uid": "u"], "spec": [:], "status": status])
        let instance: JSON = ["status": ["interfaces": [["ipAddress": "10.1.1.1"]]]]
        let seen = sight.observation(id: MachineID("kubevirt://n/x"), instance: instance)
        #expect(seen.state == row.1)
        #expect(seen.providerState == row.0)
        #expect((seen.trouble != nil) == row.2)
        if row.1 == .degraded || row.1 == .failed { #expect(seen.trouble?.reason == row.0) }
        #expect(PrintableStatus.table.count == 18)
    }

    @Test("A machine that is being deleted is that before all else")
    func deleting() {
        let sight = VirtualMachineSight([
            "metadata": ["uid": "u", "deletionTimestamp": "2026-01-01T00:00:00Z"], "status": ["printableStatus": "CrashLoopBackOff"],
        ])
        let seen = sight.observation(id: MachineID("x"), instance: nil)
        #expect(seen.state == .deleting)
        #expect(seen.trouble == nil)
    }

    @Test("Sizes are cores and memory, or the name of an instance type")
    func sizes() throws {
        var request = Samples.request
        request.machineType = "4x16Gi"
        func machine() throws -> JSON {
            try VirtualMachineManifest(request, namespace: "n", configuration: KubeVirtConfiguration(namespace: "n")).machine(uid: nil)
        }
        let domain = try machine()[at: ["spec", "template", "spec", "domain"]]
        #expect(domain?[at: ["cpu", "cores"]] == 4)
        #expect(domain?[at: ["memory", "guest"]] == "16Gi")
        request.machineType = "u1.large"
        request.network = "team-a/vlan"
        request.image = "https://images.example.com/x.qcow2"
        let named = try machine()
        #expect(named[at: ["spec", "instancetype", "name"]] == "u1.large")
        #expect(named[at: ["spec", "template", "spec", "domain", "cpu"]] == nil)
        #expect(named[at: ["spec", "template", "spec", "networks"]]?[0]?[at: ["multus", "networkName"]] == "team-a/vlan")
        let source = named[at: ["spec", "dataVolumeTemplates"]]?[0]?[at: ["spec", "source", "http", "url"]]
        #expect(source == "https://images.example.com/x.qcow2")
        request.target.name = "a_b"
        #expect(throws: MachineError.self) { try machine() }
    }

    @Test("A machine is applied with its user data in a Secret of its own, followed, switched, and deleted with it")
    func life() async throws {
        try await KubeVirtStage.set { stage in
            try await stage.install()
            var request = Samples.request
            // Inline, KubeVirt takes no more than 2048 bytes.
            request.userData = "#cloud-config\n" + String(repeating: "# ü\n", count: 2000)
            let absent = try await stage.provider.observe(Samples.target, operation: nil)
            #expect(absent == MachineObservation(state: .absent))
            #expect(stage.provider.plannedOperation(for: .power(.on), last: absent, ids: { "x" }) == nil)

            let made = try await stage.provider.ensure(request, operation: nil)
            #expect(made.state == .creating)
            #expect(made.id == MachineID("kubevirt://fleets/acme-01"))
            let machine = try await stage.machines.get("acme-01")
            #expect(machine.json[at: ["spec", "runStrategy"]] == "Always")
            #expect(machine.json[at: ["spec", "running"]] == nil)
            // The definition drops what it does not know; nothing was dropped.
            let sent = try VirtualMachineManifest(request, namespace: "fleets", configuration: KubeVirtConfiguration(namespace: "fleets"))
                .machine(uid: nil)
            #expect(machine.json["spec"] == sent["spec"])
            let volumes = machine.json[at: ["spec", "template", "spec", "volumes"]]
            #expect(volumes?[1]?[at: ["cloudInitNoCloud", "secretRef", "name"]] == "acme-01-init")
            #expect(machine.json[at: ["spec", "template", "spec", "domain", "memory", "guest"]] == "8Gi")
            let secret = try await stage.secrets.get("acme-01-init")
            let data = try #require(secret.data?["userdata"].flatMap { Data(base64Encoded: $0) })
            #expect(String(decoding: data, as: UTF8.self) == request.userData)
            #expect(secret.metadata.ownerReferences.map(\.uid) == [machine.metadata.uid])

            // Nothing changes when nothing is to be changed.
            let version = machine.metadata.resourceVersion
            let writes = stage.server.requests.writes(userAgent: "machines")
            #expect(writes > 0)
            _ = try await stage.provider.ensure(request, operation: nil)
            #expect(stage.server.requests.writes(userAgent: "machines") == writes)
            #expect(try await stage.machines.get("acme-01").metadata.resourceVersion == version)

            try await stage.report("Running")
            try await stage.run(address: nil)
            let early = try await stage.provider.observe(Samples.target, operation: nil)
            #expect(early.state == .running)
            #expect(early.trouble?.reason == "AddressPending")
            try await stage.run(address: "10.244.0.9")
            let running = try await stage.provider.observe(Samples.target, operation: nil)
            #expect(running.addresses == [MachineAddress(.internalIP, "10.244.0.9")])
            #expect(running.trouble == nil)
            #expect(running.isProvisioned)
            #expect(running.userDataHash == "hash-1")

            _ = try await stage.provider.power(.off, of: Samples.target, operation: nil)
            #expect(try await stage.machines.get("acme-01").json[at: ["spec", "runStrategy"]] == "Halted")
            request.desiredPower = .off
            _ = try await stage.provider.ensure(request, operation: nil)
            #expect(try await stage.machines.get("acme-01").json[at: ["spec", "runStrategy"]] == "Halted")
            _ = try await stage.provider.power(.on, of: Samples.target, operation: nil)
            #expect(try await stage.machines.get("acme-01").json[at: ["spec", "runStrategy"]] == "Always")

            // What somebody else changes is changed back.
            _ = try await stage.machines.mergePatch("acme-01", ["spec": ["runStrategy": "Halted"]])
            _ = try await stage.machines.mergePatch("acme-01", ["metadata": ["labels": ["tenant": "other"]]])
            request.desiredPower = .on
            _ = try await stage.provider.ensure(request, operation: nil)
            #expect(try await stage.machines.get("acme-01").json[at: ["spec", "runStrategy"]] == "Always")
            #expect(try await stage.machines.get("acme-01").metadata.labels["tenant"] == "acme-01")

            let rows = try await stage.provider.machines()
            #expect(rows.map(\.id.providerID) == ["kubevirt://fleets/acme-01"])
            #expect(rows.first?.ownerLabel == Samples.owner.uid && rows.first?.installation == "ours")

            let going = try await stage.provider.destroy(Samples.target, operation: nil)
            #expect(going.state == .deleting)
            try await eventually("the machine is gone") {
                try await stage.provider.destroy(Samples.target, operation: nil).state == .absent
            }
            let left = try await stage.secrets.getIfPresent("acme-01-init")
            #expect(left == nil)
            let again = try await stage.provider.power(.on, of: Samples.target, operation: nil)
            #expect(again.state == .absent)
        }
    }

    @Test("What a machine was born with stays when it is rendered anew; its size and labels follow")
    func bornOnce() async throws {
        try await KubeVirtStage.set { stage in
            try await stage.install()
            var request = Samples.request
            _ = try await stage.provider.ensure(request, operation: nil)
            let before = try await stage.secrets.get("acme-01-init").data
            request.userData = "#cloud-config\n{\"other\": true}\n"
            request.userDataHash = "hash-2"
            request.labels = ["tenant": "acme-02"]
            let seen = try await stage.provider.ensure(request, operation: nil)
            #expect(seen.userDataHash == "hash-1")
            #expect(try await stage.secrets.get("acme-01-init").data == before)
            #expect(try await stage.machines.get("acme-01").metadata.labels["tenant"] == "acme-02")
        }
    }

    @Test("A crash between the Secret and the machine, or before the Secret had its owner, is made good")
    func halfMade() async throws {
        try await KubeVirtStage.set { stage in
            try await stage.install()
            let manifest = VirtualMachineManifest(
                Samples.request,
                namespace: "fleets",
                configuration: KubeVirtConfiguration(namespace: "fleets")
            )
            let secrets = stage.client.dynamic(CoreV1.Secret.resourceType, namespace: "fleets")
            _ = try await secrets.apply(DynamicObject(manifest.secret(ownerUID: nil)), fieldManager: "opencrane-operator")
            _ = try await stage.provider.ensure(Samples.request, operation: nil)
            let owners = try await stage.secrets.get("acme-01-init").metadata.ownerReferences
            #expect(owners.count == 1)
            // A Secret alone is taken away as well.
            _ = try await stage.machines.delete("acme-01")
            try await eventually("both are gone") {
                let machine = try await stage.machines.getIfPresent("acme-01")
                let secret = try await stage.secrets.getIfPresent("acme-01-init")
                return machine == nil && secret == nil
            }
            _ = try await secrets.apply(DynamicObject(manifest.secret(ownerUID: nil)), fieldManager: "opencrane-operator")
            let seen = try await stage.provider.destroy(Samples.target, operation: nil)
            #expect(seen.state == .absent)
            #expect(try await stage.secrets.getIfPresent("acme-01-init") == nil)
        }
    }

    @Test("Neither a stranger's machine nor a stranger's Secret is touched")
    func foreign() async throws {
        try await KubeVirtStage.set { stage in
            try await stage.install()
            let theirs = MachineTarget(name: "acme-01", owner: Samples.stranger)
            var request = Samples.request
            request.target = theirs
            _ = try await stage.provider.ensure(request, operation: nil)
            let version = try await stage.machines.get("acme-01").metadata.resourceVersion
            let calls: [@Sendable () async throws -> MachineObservation] = [
                { try await stage.provider.observe(Samples.target, operation: nil) },
                { try await stage.provider.ensure(Samples.request, operation: nil) },
                { try await stage.provider.power(.off, of: Samples.target, operation: nil) },
                { try await stage.provider.destroy(Samples.target, operation: nil) },
            ]
            for call in calls {
                let error = await #expect(throws: MachineError.self) { try await call() }
                #expect(error?.code == .foreignMachine)
            }
            #expect(try await stage.machines.get("acme-01").metadata.resourceVersion == version)

            _ = try await stage.secrets.create(CoreV1.Secret(metadata: ObjectMeta(name: "other-init"), stringData: ["userdata": "theirs"]))
            request = Samples.request
            request.target.name = "other"
            let error = await #expect(throws: MachineError.self) { try await stage.provider.ensure(request, operation: nil) }
            #expect(error?.code == .foreignMachine)
            #expect(try await stage.machines.getIfPresent("other") == nil)
            let mine = MachineTarget(name: "other", owner: Samples.owner)
            let seen = try await stage.provider.destroy(mine, operation: nil)
            #expect(seen.state == .absent)
            #expect(try await stage.secrets.getIfPresent("other-init") != nil)
        }
    }

    @Test("A cluster without KubeVirt is said to be one, and is tried again")
    func missing() async throws {
        try await KubeVirtStage.set { stage in
            let error = await #expect(throws: MachineError.self) { try await stage.provider.ensure(Samples.request, operation: nil) }
            #expect(error?.message.contains("KubeVirt") == true)
            #expect(error?.isPermanent == false)
        }
    }

    @Test(
        "Refusals of the API server",
        arguments: [
            (409, "", MachineError.Code.conflict, false), (401, "", .unauthorized, true), (403, "no", .refused, true),
            (403, "exceeded quota: team-a", .noCapacity, false), (422, "", .refused, true), (400, "", .refused, true),
            (429, "", .unavailable, false), (500, "", .unavailable, false), (503, "", .unavailable, false),
        ]
    )
    func refusals(_ row: (Int, String, MachineError.Code, Bool)) {
        let status = Status(code: row.0, reason: "Reason", message: row.1)
        let error = KubeVirtTrouble.error(KubernetesError.status(status), of: .ensure)
        #expect(error.code == row.2)
        #expect(error.isPermanent == row.3)
        let lost = KubeVirtTrouble.error(KubernetesError(.timedOut, "No answer"), of: .ensure)
        #expect(lost.code == .unreachable)
    }
}
