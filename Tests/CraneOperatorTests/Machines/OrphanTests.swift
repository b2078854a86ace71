import CraneAPI
import Foundation
import KubernetesClient
import KubernetesModel
import Machines
import NIOConcurrencyHelpers
import Observability
import Testing

@testable import CraneOperator

@Suite("Machines whose tenant is gone", .timeLimit(.minutes(15)))
struct OrphanTests {
    private static func machine(_ name: String, owner: String, installation: String? = "ours") -> MachineListing {
        MachineListing(id: MachineID("gce://p/z/\(name)"), name: name, ownerLabel: owner, installation: installation, state: .running)
    }

    private static func look(
        _ watch: inout OrphanWatch,
        _ machines: [MachineListing],
        _ tenants: OrphanWatch.Tenants = .init(),
        at minutes: Int
    ) -> [String] { watch.look(at: machines, tenants: tenants, installation: "ours", now: .seconds(60 * minutes)).map(\.name) }

    @Test("A machine goes once it was seen without a tenant twice, ten minutes apart")
    func patience() {
        var watch = OrphanWatch()
        let machines = [Self.machine("a", owner: "gone")]
        #expect(Self.look(&watch, machines, at: 100) == [])
        #expect(Self.look(&watch, machines, at: 109) == [])
        #expect(Self.look(&watch, machines, at: 110) == ["a"])
        #expect(watch.count == 1)
    }

    @Test("Whoever is seen with a tenant in between, or is another machine of the name, begins anew")
    func interruptions() {
        var watch = OrphanWatch()
        let machines = [Self.machine("a", owner: "one"), Self.machine("b", owner: "two"), Self.machine("c", owner: "three")]
        #expect(Self.look(&watch, machines, at: 0) == [])
        #expect(Self.look(&watch, [Self.machine("b", owner: "new")], .init(owners: ["one"]), at: 5) == [])
        #expect(Self.look(&watch, [machines[0], Self.machine("b", owner: "new"), machines[2]], at: 14) == [])
        #expect(Self.look(&watch, [Self.machine("b", owner: "new")], at: 15) == ["b"])
        #expect(watch.count == 1)
    }

    @Test("Machines of other installations, of none, without an owner, and those whose name a tenant wants are left alone")
    func notOurs() {
        var watch = OrphanWatch()
        let machines = [
            Self.machine("theirs", owner: "gone", installation: "other"), Self.machine("old", owner: "gone", installation: nil),
            Self.machine("bare", owner: ""), Self.machine("wanted", owner: "earlier"),
        ]
        for minutes in [0, 30, 60] { #expect(Self.look(&watch, machines, .init(machineNames: ["wanted"]), at: minutes) == []) }
        #expect(watch.count == 0)
    }

    @Test("The label of an installation tells clusters and watched namespaces apart, and is legal everywhere")
    func labels() {
        let cluster = "6f1c4f2e-0000-4000-8000-000000000001"
        let labels = [nil, "team-a", String(repeating: "n", count: 63)].map { InstallationIdentity.label(cluster: cluster, namespace: $0) }
        #expect(labels[0] == cluster && Set(labels).count == 3 && labels.allSatisfy { $0.utf8.count <= 63 })
    }

    private static func withLocalMachines(
        _ settings: MachineSettings = MachineSettings(),
        _ body: (OrphanSweep, LocalProcessProvider, NIOLockedValueBox<[Tenant]>, ManualClock, PrometheusRegistry) async throws -> Void
    ) async throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "crane-orphans-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: root) }
        var configuration = LocalProcessConfiguration(root: root, gateway: ["sleep", "600"])
        configuration.grace = .milliseconds(100)
        let provider = LocalProcessProvider(configuration: configuration, logger: Stage.quiet)
        let (clock, metrics, tenants) = (ManualClock(), PrometheusRegistry(), NIOLockedValueBox<[Tenant]>([]))
        let sweep = OrphanSweep(
            registry: MachineRegistry([MachineRegistry.Entry(local: provider, root: root)], metrics: metrics),
            installation: { "ours" },
            tenants: { tenants.withLockedValue { $0 } },
            settings: settings,
            metrics: metrics,
            ids: SecureRandom.uuid,
            time: clock.timeSource,
            logger: Stage.quiet
        )
        let result: Result<Void, any Error>
        do { result = .success(try await body(sweep, provider, tenants, clock, metrics)) } catch { result = .failure(error) }
        // Nothing is left running.
        for machine in try await provider.machines() {
            let target = MachineTarget(name: machine.name, owner: MachineOwner(uid: machine.ownerLabel, name: ""))
            try await poll { try await provider.destroy(target, operation: nil).state == .absent }
        }
        try result.get()
    }

    private static func poll(_ condition: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(20)
        while try await !condition() {
            try #require(ContinuousClock.now < end)
            try await Task.sleep(for: .milliseconds(20))  // wait: a process ends
        }
    }

    private static func make(_ name: String, uid: String, installation: String, _ provider: LocalProcessProvider) async throws
        -> MachineTarget
    {
        let target = MachineTarget(name: name, owner: MachineOwner(uid: uid, name: "team-a/\(name)"))
        let request = MachineRequest(
            target: target,
            userData: "#cloud-config\n{}\n",
            userDataHash: "hash",
            installation: installation
        )
        _ = try await provider.ensure(request, operation: nil)
        return target
    }

    @Test("On this host: the machine of a tenant that is gone goes, those of tenants and of another installation stay; all are counted")
    func sweep() async throws {
        try await Self.withLocalMachines { sweep, provider, tenants, clock, metrics in
            let orphan = try await Self.make("orphan", uid: "gone", installation: "ours", provider)
            let kept = try await Self.make("kept", uid: "here", installation: "ours", provider)
            let theirs = try await Self.make("theirs", uid: "elsewhere", installation: "other", provider)
            var tenant = Samples.tenant()
            tenant.metadata.uid = "here"
            tenants.withLockedValue { $0 = [tenant] }
            func state(_ target: MachineTarget) async throws -> MachineState { try await provider.observe(target, operation: nil).state }
            await sweep.sweep()
            clock.advance(by: .seconds(599))
            await sweep.sweep()
            #expect(try await state(orphan) == .running)
            let before = metrics.exposition()
            #expect(before.contains(#"opencrane_machines{provider="local",state="running"} 2"#), "\(before)")
            #expect(before.contains(#"opencrane_machine_orphans{provider="local"} 1"#))
            clock.advance(by: .seconds(1))
            try await Self.poll {
                await sweep.sweep()
                return try await state(orphan) == .absent
            }
            let left = [try await state(kept), try await state(theirs)]
            #expect(left == [.running, .running])
            await sweep.sweep()
            let after = metrics.exposition()
            #expect(after.contains(#"opencrane_machine_orphans{provider="local"} 0"#))
            #expect(after.contains(#"opencrane_machine_orphans_removed_total{provider="local"} 1"#))
            #expect(after.contains(#"opencrane_machine_provider_calls_total{outcome="ok",provider="local",verb="destroy"}"#), "\(after)")
            #expect(after.contains("opencrane_machine_provider_call_seconds_count"))
        }
    }

    @Test("Told not to, the operator only counts them")
    func reportsOnly() async throws {
        var settings = MachineSettings()
        settings.removesOrphans = false
        try await Self.withLocalMachines(settings) { sweep, provider, _, clock, metrics in
            let orphan = try await Self.make("orphan", uid: "gone", installation: "ours", provider)
            for _ in 0..<3 {
                await sweep.sweep()
                clock.advance(by: .seconds(600))
            }
            #expect(try await provider.observe(orphan, operation: nil).state == .running)
            #expect(metrics.exposition().contains(#"opencrane_machine_orphans{provider="local"} 1"#))
        }
    }

    @Test("Calls of a provider are counted by how they ended")
    func outcomes() async throws {
        let metrics = PrometheusRegistry()
        let scripted = ScriptedProvider()
        let provider = MeteredMachineProvider(scripted, metrics: metrics)
        let target = MachineTarget(name: "a", owner: MachineOwner(uid: "u", name: "n"))
        _ = try await provider.observe(target, operation: nil)
        scripted.set { $0.error = MachineError(.noCapacity, "full") }
        await #expect(throws: MachineError.self) { _ = try await provider.observe(target, operation: nil) }
        let text = metrics.exposition()
        #expect(
            text.contains(#"opencrane_machine_provider_calls_total{outcome="noCapacity",provider="local",verb="observe"} 1"#),
            "\(text)"
        )
        #expect(text.contains(#"opencrane_machine_provider_calls_total{outcome="ok",provider="local",verb="observe"} 1"#))
    }
}
