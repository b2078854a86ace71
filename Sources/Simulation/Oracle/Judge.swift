import CraneAPI
import JSONValue
import KubernetesModel
import LocalCluster
import Projection

/// Checks the state that a run ends in.
struct Judge {
    let world: World
    /// The state a run without faults ends in; `nil` when this is that run.
    let expected: ClusterSnapshot?

    /// What is wrong; nothing when everything is as it should be.
    func findings() -> [String] {
        var findings: [String] = []
        if let expected { findings += ClusterSnapshot(world.cluster).differences(from: expected) }
        return findings + orphans() + generations() + rows()
    }

    private func orphans() -> [String] {
        var tenants: [String: ClusterObject] = [:]
        for json in world.cluster.objects("tenants.opencrane.io") {
            let tenant = ClusterObject("tenants", json)
            tenants[tenant.path] = tenant
        }
        let customers = Set(world.cluster.objects("clustertenants.opencrane.io").map { ClusterObject("clustertenants", $0).name })
        var findings: [String] = []
        for resource in world.cluster.resources where !resource.hasSuffix(".opencrane.io") {
            for object in world.cluster.objects(resource).map({ ClusterObject(resource, $0) }) where object.isManaged && !object.isRetained
            {
                if let path = object.tenant {
                    if let tenant = tenants[path] {
                        if !tenant.isBeingDeleted, object.namespace != tenant.expectedNamespace {
                            findings.append("\(object.title) was left behind by tenant \(path), which is elsewhere")
                        }
                    } else {
                        findings.append("\(object.title) is an orphan: tenant \(path) does not exist")
                    }
                } else if let customer = object.clusterTenant, !customers.contains(customer) {
                    findings.append("\(object.title) is an orphan: ClusterTenant \(customer) does not exist")
                }
            }
        }
        return findings
    }

    /// Every status is about the newest specification.
    private func generations() -> [String] {
        ["tenants", "accesspolicies", "clustertenants"].flatMap { resource in
            world.cluster.objects("\(resource).opencrane.io").compactMap { json in
                let object = ClusterObject(resource, json)
                let generation = json[at: ["metadata", "generation"]]?.integerValue
                let observed = json[at: ["status", "observedGeneration"]]?.integerValue
                return generation == observed || object.isBeingDeleted
                    ? nil : "\(object.title) has generation \(generation ?? 0) but its status is about \(observed ?? 0)"
            }
        }
    }

    /// The projection says what the cluster says.
    private func rows() -> [String] {
        var rows: [String: ProjectedObject] = [:]
        for row in world.rows.objects { rows["\(row.kind.rawValue) \(row.key)"] = row }
        var findings: [String] = []
        for kind in ProjectedKind.allCases {
            for json in world.cluster.objects("\(kind.resourceType.plural).\(kind.resourceType.group)") {
                guard let truth = try? Self.project(json, kind) else {
                    findings.append("A \(kind.rawValue) cannot be read back: \(json.text().prefix(100))")
                    continue
                }
                let title = "\(kind.rawValue) \(truth.key)"
                guard let row = rows.removeValue(forKey: title) else {
                    findings.append("The projection lacks \(title)")
                    continue
                }
                if row != truth {
                    findings.append("The projection of \(title) is version \(row.resourceVersion), not \(truth.resourceVersion)")
                }
            }
        }
        return findings + rows.keys.sorted().map { "The projection still has \($0)" }
    }

    private static func project(_ json: JSON, _ kind: ProjectedKind) throws -> ProjectedObject {
        switch kind {
        case .tenant: try ProjectedObject(json.decode(Tenant.self))
        case .accessPolicy: try ProjectedObject(json.decode(AccessPolicy.self))
        case .clusterTenant: try ProjectedObject(json.decode(ClusterTenant.self))
        }
    }
}
