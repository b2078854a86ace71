import CraneAPI
import JSONValue
import LocalCluster

/// The state of a cluster without what differs between two runs that did the same: uids, versions, times, addresses, names of
/// pods, key material.
struct ClusterSnapshot: Sendable, Hashable {
    /// The objects as JSON text by resource and path.
    private(set) var objects: [String: JSON] = [:]

    private static let skipped: Set<String> = [
        "pods", "replicasets.apps", "leases.coordination.k8s.io", "events.events.k8s.io", "events",
        "customresourcedefinitions.apiextensions.k8s.io",
    ]
    private static let dropped: Set<String> = [
        "uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "observedGeneration", "clusterIP", "clusterIPs",
        "podName", CraneAnnotations.tenantUID, CraneAnnotations.clusterTenantUID,
    ]

    init(_ cluster: InProcessCluster) {
        for resource in cluster.resources where !Self.skipped.contains(resource) {
            for json in cluster.objects(resource) {
                let object = ClusterObject(resource, json)
                var normal = Self.normal(json, isSecret: resource == "secrets")
                // A tenant that has come home keeps the finalizer that it needed elsewhere.
                if resource == "tenants.opencrane.io" { normal[at: ["metadata", "finalizers"]] = nil }
                objects[object.title] = normal
            }
        }
        for json in cluster.objects("pods") {
            let pod = ClusterObject("pods", json)
            let title = "pods of \(pod.tenant ?? "nobody") in \(pod.namespace)"
            let phase = json[at: ["status", "phase"]]?.stringValue ?? "Pending"
            objects[title] = .array((objects[title]?.arrayValue ?? []) + [.string(pod.isBeingDeleted ? "Terminating" : phase)])
        }
    }

    /// What is different here and there, one sentence each.
    func differences(from expected: ClusterSnapshot) -> [String] {
        var result: [String] = []
        for title in Set(objects.keys).union(expected.objects.keys).sorted() {
            switch (objects[title], expected.objects[title]) {
            case (nil, _?): result.append("\(title) is missing")
            case (_?, nil): result.append("\(title) should not be there")
            case (let found?, let wanted?):
                if found != wanted {
                    result.append("\(title) differs: \(Self.difference(found, wanted, path: "").prefix(3).joined(separator: "; "))")
                }
            case (nil, nil): continue
            }
        }
        return result
    }

    private static func difference(_ found: JSON, _ wanted: JSON, path: String) -> [String] {
        if case .object(let found) = found, case .object(let wanted) = wanted {
            return Set(found.keys).union(wanted.keys).sorted().flatMap { key -> [String] in
                let (one, other) = (found[key], wanted[key])
                guard one != other else { return [] }
                return difference(one ?? .null, other ?? .null, path: "\(path).\(key)")
            }
        }
        if case .array(let found) = found, case .array(let wanted) = wanted, found.count == wanted.count {
            return found.indices.flatMap { found[$0] == wanted[$0] ? [] : difference(found[$0], wanted[$0], path: "\(path)[\($0)]") }
        }
        return ["\(path) is \(found.text().prefix(160)) instead of \(wanted.text().prefix(160))"]
    }

    private static func normal(_ json: JSON, isSecret: Bool) -> JSON {
        switch json {
        case .object(let members):
            var result: [String: JSON] = [:]
            for (key, value) in members where !dropped.contains(key) {
                if isSecret, key == "data" {
                    result[key] = .array((value.objectValue ?? [:]).keys.sorted().map { .string($0) })
                } else if key == "conditions", let conditions = value.arrayValue {
                    let ordered = conditions.sorted { ($0["type"]?.stringValue ?? "") < ($1["type"]?.stringValue ?? "") }
                    result[key] = .array(ordered.map { normal($0, isSecret: false) })
                } else {
                    result[key] = normal(value, isSecret: isSecret)
                }
            }
            return .object(result)
        case .array(let elements): return .array(elements.map { normal($0, isSecret: isSecret) })
        case .string(let text) where text.hasPrefix("2026-") && text.hasSuffix("Z"): return "a time"
        default: return json
        }
    }
}
