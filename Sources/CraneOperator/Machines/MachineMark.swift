import CraneAPI
import FleetTemplates
import KubernetesModel
import Machines

/// Which machine is a tenant's, whose it is to be, and for which run.
struct MachineMark: Sendable {
    /// The provider.
    let entry: MachineRegistry.Entry
    /// What the Tenant says of the machine.
    let spec: MachineSpec
    /// The machine's name and owner.
    let target: MachineTarget
    /// The run that is wanted: the recorded one, or a higher one that the annotation asks for.
    let run: Int

    /// Finds a tenant's machine.
    ///
    /// - Throws: ``TenantBlock`` when there can be none.
    init(_ tenant: Tenant, registry: MachineRegistry) throws(TenantBlock) {
        guard let spec = tenant.spec.runtime?.machine else {
            throw TenantBlock(.invalidSpec, "spec.runtime.machine is missing", isStalled: true)
        }
        guard let entry = registry.entries[spec.provider.rawValue] else {
            let known = registry.entries.keys.sorted().joined(separator: ", ")
            let message = "The operator makes no machines of provider \(spec.provider.rawValue); enabled: \(known.isEmpty ? "none" : known)"
            throw TenantBlock(.runtimeNotSupported, message, isStalled: true)
        }
        let namespace = tenant.metadata.namespace ?? "default"
        self.spec = spec
        self.entry = entry
        target = MachineTarget(
            name: MachineName.forObject(namespace: namespace, name: tenant.metadata.name),
            // The one it was made in: a Tenant that says otherwise now has its machine where it is.
            zone: tenant.status?.machine.map { $0.zone } ?? spec.zone,
            namespace: tenant.status?.targetNamespace ?? TenantVerdict.expectedNamespace(tenant),
            owner: MachineOwner(uid: tenant.metadata.uid ?? "", name: "\(namespace)/\(tenant.metadata.name)")
        )
        run = Self.run(of: tenant)
    }

    /// The run that is wanted.
    static func run(of tenant: Tenant) -> Int {
        let asked = tenant.metadata.annotations[BootstrapMaterial.runAnnotation].flatMap(Int.init) ?? 1
        return max(asked, tenant.status?.provisioning?.run ?? 1, 1)
    }

    /// A machine stays where it was made.
    func check(_ place: TenantPlacement, _ tenant: Tenant) throws(TenantBlock) {
        if let recorded = tenant.status?.targetNamespace, recorded != place.namespace, tenant.status?.machine != nil {
            let message = "A tenant in a virtual machine does not move from namespace \(recorded) to \(place.namespace): make a new tenant"
            throw TenantBlock(.invalidSpec, message, isStalled: true)
        }
        if let provider = tenant.status?.machine?.provider, provider != entry.provider.name, tenant.status?.machine?.id != nil {
            let message = "The machine was made by provider \(provider) and does not move to \(entry.provider.name): make a new tenant"
            throw TenantBlock(.invalidSpec, message, isStalled: true)
        }
    }

    /// The tenant's agents.
    func fleet(_ tenant: Tenant, _ catalog: TemplateCatalog) throws(TenantBlock) -> FleetPlan {
        do throws(TemplateError) {
            return try FleetPlan(tenant.spec.fleet, catalog: catalog)
        } catch {
            throw TenantBlock(.invalidSpec, "spec.fleet: \(error.message)", isStalled: true)
        }
    }

    /// What is asked of the provider.
    ///
    /// - Parameter installation: who we are, if that is known.
    func request(_ material: BootstrapMaterial, installation: String?) -> MachineRequest {
        MachineRequest(
            target: target,
            machineType: spec.machineType,
            image: spec.image,
            diskGb: spec.diskGb,
            network: spec.network,
            serviceAccount: spec.serviceAccount,
            userData: material.userData,
            userDataHash: material.userDataHash,
            installation: installation
        )
    }
}
