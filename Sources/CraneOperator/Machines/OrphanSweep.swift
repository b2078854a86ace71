import CoreMetrics
import CraneAPI
import KubernetesClient
import KubernetesModel
import Logging
import Machines
import Metrics
import ServiceLifecycle

/// Counts the machines of all providers every so often, and takes those away whose Tenant is gone without having taken them along: because somebody
/// removed its finalizer, or the cluster's memory of it was lost.
actor OrphanSweep: Service {
    private let registry: MachineRegistry
    private let installation: @Sendable () async -> String?
    private let tenants: @Sendable () async throws -> [Tenant]
    private let settings: MachineSettings
    private let metrics: (any MetricsFactory)?
    private let ids: @Sendable () -> String
    private let time: TimeSource
    private let logger: Logger
    private var watches: [String: OrphanWatch] = [:]
    /// Deletions under way. One that is forgotten is begun again, which changes nothing.
    private var operations: [MachineID: MachineOperation] = [:]
    /// Those that are being taken away, so that each counts once.
    private var leaving: Set<MachineID> = []

    /// - Parameters:
    ///   - installation: who we are; `nil` while that is not known.
    ///   - tenants: asks the API server for all Tenants.
    ///   - metrics: where counts go. Default: what the process reports to.
    ///   - ids: makes UUIDs in lower case.
    init(
        registry: MachineRegistry,
        installation: @escaping @Sendable () async -> String?,
        tenants: @escaping @Sendable () async throws -> [Tenant],
        settings: MachineSettings,
        metrics: (any MetricsFactory)? = nil,
        ids: @escaping @Sendable () -> String,
        time: TimeSource,
        logger: Logger
    ) {
        self.registry = registry
        self.installation = installation
        self.tenants = tenants
        self.settings = settings
        self.metrics = metrics
        self.ids = ids
        self.time = time
        self.logger = logger
    }

    /// Looks every so often until cancelled or shut down.
    func run() async throws {
        // Whoever led before may have seen what this one has not: it begins anew.
        (watches, operations, leaving) = ([:], [:], [])
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.sweep()
                do { try await self.time.sleep(for: self.settings.sweepInterval) } catch { return }
            }
        }
    }

    /// Looks once at every provider.
    func sweep() async {
        guard let installation = await installation() else {
            logger.debug("Machines without tenants are not looked for: the cluster's identity is not known")
            return
        }
        for (name, entry) in registry.entries.sorted(by: { $0.key < $1.key }) {
            do {
                try await sweep(entry.provider, installation)
            } catch {
                logger.warning("The machines of a provider cannot be counted", metadata: ["provider": "\(name)", "error": "\(error)"])
            }
        }
    }

    private func sweep(_ provider: any MachineProvider, _ installation: String) async throws {
        // Machines first: a tenant that comes in between is seen, and one is there before its machine is.
        let machines = try await provider.machines()
        let known = try await tenants()
        let present = OrphanWatch.Tenants(
            owners: Set(known.compactMap { $0.metadata.uid.map { OwnerLabels.value(of: $0) } }),
            machineNames: Set(known.map { MachineName.forObject(namespace: $0.metadata.namespace ?? "default", name: $0.metadata.name) })
        )
        var watch = watches[provider.name] ?? OrphanWatch()
        let due = watch.look(at: machines, tenants: present, installation: installation, now: time.now)
        watches[provider.name] = watch
        report(machines.filter { $0.installation == installation }, orphans: watch.count, provider.name)
        let listed = Set(machines.map(\.id))
        func isGone(_ id: MachineID) -> Bool { id.providerID.hasPrefix("\(provider.name)://") && !listed.contains(id) }
        operations = operations.filter { !isGone($0.key) }
        leaving = leaving.filter { !isGone($0) }
        for machine in due {
            guard settings.removesOrphans else {
                logger.notice("A machine has no tenant", metadata: ["machine": "\(machine.id)", "owner": "\(machine.ownerLabel)"])
                continue
            }
            await remove(machine, provider)
        }
    }

    private func remove(_ machine: MachineListing, _ provider: any MachineProvider) async {
        let owner = MachineOwner(uid: machine.ownerLabel, name: "a tenant that is gone")
        let target = MachineTarget(name: machine.name, zone: machine.zone, namespace: machine.namespace, owner: owner)
        do throws(MachineError) {
            let seen = try await provider.observe(target, operation: operations[machine.id])
            let planned = provider.plannedOperation(for: .gone, last: seen, ids: ids)
            operations[machine.id] = planned
            let result = try await provider.destroy(target, operation: planned)
            operations[machine.id] = result.operation
            logger.notice(
                "A machine whose tenant is gone is taken away",
                metadata: ["machine": "\(machine.id)", "owner": "\(machine.ownerLabel)", "state": "\(result.state.rawValue)"]
            )
            if leaving.insert(machine.id).inserted {
                Counter(
                    label: "opencrane_machine_orphans_removed_total",
                    dimensions: [("provider", provider.name)],
                    factory: metrics ?? MetricsSystem.factory
                ).increment()
            }
        } catch {
            logger.warning(
                "A machine whose tenant is gone cannot be taken away",
                metadata: ["machine": "\(machine.id)", "error": "\(error)"]
            )
        }
    }

    private func report(_ machines: [MachineListing], orphans: Int, _ provider: String) {
        let factory = metrics ?? MetricsSystem.factory
        for state in MachineState.allCases where state != .absent {
            let labels = [("provider", provider), ("state", state.rawValue)]
            Gauge(label: "opencrane_machines", dimensions: labels, factory: factory).record(machines.count { $0.state == state })
        }
        Gauge(label: "opencrane_machine_orphans", dimensions: [("provider", provider)], factory: factory).record(orphans)
    }
}
