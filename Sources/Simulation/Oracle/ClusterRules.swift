import CraneAPI
import JSONValue
import KubernetesModel
import LocalCluster

/// Rules that hold at every moment, checked change by change: nothing of a tenant outside of its namespaces, nobody else's objects touched,
/// and an encryption key that stays as it was written.
struct ClusterRules: Sendable {
    /// Every namespace that a tenant was ever meant to be in.
    private var places: [String: Set<String>] = [:]
    private var keys: [String: String] = [:]
    /// Keys of the claims that are there and not on their way out.
    private var claims: Set<String> = []

    /// Kinds that the operator writes without owning them.
    private static let shared: Set<String> = [
        "tenants.opencrane.io", "accesspolicies.opencrane.io", "clustertenants.opencrane.io", "leases.coordination.k8s.io",
        "events.events.k8s.io", "events",
    ]

    /// Takes a change in.
    ///
    /// - Returns: sentences about rules that it breaks.
    mutating func broken(by change: InProcessObservation.Change) -> [String] {
        let object = ClusterObject(change.resource, change.object)
        if change.resource == "tenants.opencrane.io" { notePlace(object) }
        if change.resource == "persistentvolumeclaims" {
            if change.isDeletion || object.isBeingDeleted { claims.remove(object.path) } else { claims.insert(object.path) }
        }
        if change.isDeletion { return [] }
        return [placement(object), foreign(object), key(object)].compactMap { $0 }
    }

    private mutating func notePlace(_ tenant: ClusterObject) {
        places[tenant.path, default: []].insert(tenant.expectedNamespace)
    }

    private func placement(_ object: ClusterObject) -> String? {
        guard object.isManaged else { return nil }
        if let tenant = object.tenant {
            guard places[tenant]?.contains(object.namespace) ?? false else {
                return "\(object.title) of tenant \(tenant) is in a namespace where that tenant never belonged"
            }
        } else if let customer = object.clusterTenant {
            let place = object.resource == "namespaces" ? object.name : object.namespace
            guard place == BoundNamespace.name(clusterTenant: customer) else {
                return "\(object.title) of ClusterTenant \(customer) is outside of its namespace"
            }
        }
        return nil
    }

    private func foreign(_ object: ClusterObject) -> String? {
        guard !object.isManaged, !Self.shared.contains(object.resource) else { return nil }
        let managers = (object.json[at: ["metadata", "managedFields"]]?.arrayValue ?? []).compactMap { $0["manager"]?.stringValue }
        return managers.contains(FieldManagers.operator) ? "The operator wrote \(object.title), which is not its own" : nil
    }

    private mutating func key(_ object: ClusterObject) -> String? {
        guard object.resource == "secrets", object.isManaged, object.name.hasSuffix("-encryption-key"),
            let value = object.json[at: ["data", "key"]]?.stringValue
        else { return nil }
        let former = keys.updateValue(value, forKey: object.path)
        guard let former, former != value else { return nil }
        let claim = object.path.replacing("-encryption-key", with: "-state")
        return claims.contains(claim) ? "The encryption key \(object.path) changed while its volume was in use" : nil
    }
}

/// What the checks want to know of an object.
struct ClusterObject: Sendable {
    let resource: String
    let json: JSON
    let name: String
    let namespace: String
    private let labels: [String: JSON]

    init(_ resource: String, _ json: JSON) {
        self.resource = resource
        self.json = json
        let metadata = json["metadata"]
        name = metadata?["name"]?.stringValue ?? ""
        namespace = metadata?["namespace"]?.stringValue ?? ""
        labels = metadata?["labels"]?.objectValue ?? [:]
    }

    var path: String { namespace.isEmpty ? name : "\(namespace)/\(name)" }
    var title: String { "\(resource) \(path)" }
    var isBeingDeleted: Bool { json[at: ["metadata", "deletionTimestamp"]] != nil }
    /// Whether the operator made it.
    var isManaged: Bool { labels[CraneLabels.managedBy]?.stringValue == FieldManagers.operator }
    /// The namespace and name of the tenant it belongs to.
    var tenant: String? {
        guard let name = labels[CraneLabels.tenant]?.stringValue, let namespace = labels[CraneLabels.tenantNamespace]?.stringValue else {
            return nil
        }
        return "\(namespace)/\(name)"
    }
    /// The ClusterTenant it is labelled with.
    var clusterTenant: String? { labels[CraneLabels.clusterTenant]?.stringValue }
    /// Whether it is to outlive its tenant.
    var isRetained: Bool { json[at: ["metadata", "annotations", CraneAnnotations.retention]] != nil }
    /// Of a tenant: where its workload belongs.
    var expectedNamespace: String {
        guard let customer = json[at: ["spec", "clusterTenantRef"]]?.stringValue, !customer.isEmpty else { return namespace }
        return BoundNamespace.name(clusterTenant: customer)
    }
}
