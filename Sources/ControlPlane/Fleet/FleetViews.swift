import CraneAPI
import FleetTemplates
import Foundation
import HTTPOperations
import JSONValue
import Projection

/// What is known of one fleet: its tenant's row and its provisioning log. The views of it are pure.
struct FleetState: Sendable, Hashable {
    /// The tenant.
    let row: TenantRow
    /// The finished steps of all runs, oldest first.
    let log: [ProvisioningLogEntry]
    private let catalog: TemplateCatalog
    private let fleet: TenantFleet
    private let provisioning: ProvisioningStatus?
    private let machine: MachineStatus?

    /// Reads a row. Parts that cannot be read count as not there.
    ///
    /// - Parameters:
    ///   - row: the tenant.
    ///   - log: the finished steps of all runs, oldest first.
    ///   - catalog: the templates there are.
    init(row: TenantRow, log: [ProvisioningLogEntry], catalog: TemplateCatalog) {
        self.catalog = catalog
        self.row = row
        self.log = log
        fleet = (try? row.metadata.spec["fleet"]?.decode(TenantFleet.self)) ?? TenantFleet()
        provisioning = try? row.metadata.status?["provisioning"]?.decode(ProvisioningStatus.self)
        machine = try? row.metadata.status?["machine"]?.decode(MachineStatus.self)
    }

    /// How it is doing.
    var status: FleetStatus {
        FleetStatus(phase: TenantPhase(rawValue: row.phase) ?? .pending, isComplete: isDone(FleetStatus.lastStep))
    }

    /// The steps of the present run.
    var steps: [ProvisioningStep] { provisioning?.steps ?? [] }
    /// The present run; 0 before the first.
    var run: Int { provisioning?.run ?? 0 }

    private func isDone(_ step: String) -> Bool { steps.contains { $0.name == step && ProvisioningOutcome($0.status) == .complete } }

    /// The fleet's id: the one it was ordered with, else its tenant's name.
    private var externalID: String { fleet.externalId ?? row.name }
    private var template: String { fleet.template ?? TemplateCatalog.defaultID }

    /// The agents: the template's with the tenant's own over them; nothing before provisioning begins.
    private var agents: [FleetAgentView] {
        guard status != .pending else { return [] }
        // A template of somebody's own that this program does not know shows the agents the tenant names.
        guard let plan = try? FleetPlan(fleet, catalog: catalog) else {
            return (fleet.agents ?? []).map { FleetAgentView(name: $0.name, role: $0.role ?? "") }
        }
        return plan.agents.map { FleetAgentView(name: $0.name, role: $0.role) }
    }

    /// The tenant as the provision flow shows it.
    var tenant: FleetTenantView {
        FleetTenantView(
            tenantID: externalID,
            name: row.displayName,
            plan: fleet.plan ?? "free",
            status: status,
            templateID: template,
            organization: Nullable(fleet.organization),
            repositories: fleet.repos ?? [],
            agents: agents,
            createdAt: RESTTimestamp.text(row.metadata.createdAt),
            updatedAt: RESTTimestamp.text(max(row.metadata.observedAt, row.metadata.createdAt))
        )
    }

    /// The tenant as it is answered to whoever ordered it: as it was at that moment, so that a repeated order gets the same answer.
    var order: FleetTenantView {
        var view = tenant
        view.status = .pending
        view.agents = []
        view.updatedAt = view.createdAt
        return view
    }

    /// The fleet as its people see it.
    var view: FleetView {
        FleetView(
            status: status,
            templateId: template,
            dashboardUrl: Nullable(dashboard),
            agentSpecs: agents,
            repos: fleet.repos ?? [],
            gcpResources: Nullable(machineView),
            provisionLog: log.map(FleetLogView.init),
            createdAt: RESTTimestamp.text(row.metadata.createdAt),
            updatedAt: RESTTimestamp.text(max(row.metadata.observedAt, row.metadata.createdAt))
        )
    }

    /// Where people reach the gateway: its host, or where it listens when it has none.
    private var dashboard: String? {
        guard isDone(FleetStatus.lastStep) else { return nil }
        if let host = row.ingressHost, !host.isEmpty { return "https://\(host)" }
        guard let url = row.metadata.status?[at: ["gateway", "url"]]?.stringValue else { return nil }
        // A gateway serves pages and its protocol on one port.
        if url.hasPrefix("wss://") { return "https://" + url.dropFirst(6) }
        if url.hasPrefix("ws://") { return "http://" + url.dropFirst(5) }
        return url
    }

    private var machineView: FleetMachineView? {
        guard isDone("vm_create"), let machine, let id = machine.id else { return nil }
        return FleetMachineView(
            vmName: id.split(separator: "/").last.map(String.init) ?? id,
            zone: Nullable(machine.zone),
            ip: Nullable(machine.address)
        )
    }
}

extension FleetLogView {
    /// A line of the log.
    init(_ entry: ProvisioningLogEntry) {
        self.init(
            step: entry.step,
            status: entry.outcome.rawValue,
            message: entry.message,
            durationMs: entry.milliseconds,
            createdAt: RESTTimestamp.text(entry.finishedAt)
        )
    }
}
