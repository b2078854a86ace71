import CraneAPI
import JSONValue
import LocalCluster

/// Breaks what the operator does on purpose, between it and the cluster, to show that the checks of a run can fail.
struct Saboteur: Sendable {
    let sabotage: Sabotage

    /// The requests that reach the cluster instead of one; the answer to the first is the operator's.
    func twist(_ request: InProcessCluster.Request, _ record: RequestRecord) -> [InProcessCluster.Request] {
        switch sabotage {
        case .forgetsServices where record.resource == "services" && record.isStateChange: return [dryRun(request)]
        case .leavesOrphans where record.resource == "tenants" && record.subresource.isEmpty && record.verb == "patch":
            return [request] + orphan(record)
        case .leavesOrphans where record.resource == "configmaps" && record.verb == "delete": return [dryRun(request)]
        case .writesElsewhere where record.resource == "serviceaccounts" && record.verb == "patch":
            return [request, elsewhere(request, record)]
        // Only lists of one namespace look behind the caches, which are of all of them.
        case .trustsCache where record.verb == "list" && !record.namespace.isEmpty: return [nothing(request)]
        case .replacesKeys where record.resource == "deployments" && record.isStateChange: return [request] + newKey(record)
        default: return [request]
        }
    }

    /// A list of nothing.
    private func nothing(_ request: InProcessCluster.Request) -> InProcessCluster.Request {
        var request = request
        request.target += (request.target.contains("?") ? "&" : "?") + "fieldSelector=metadata.name%3Dnobody"
        return request
    }

    private func dryRun(_ request: InProcessCluster.Request) -> InProcessCluster.Request {
        var request = request
        request.target += request.target.contains("?") ? "&dryRun=All" : "?dryRun=All"
        return request
    }

    private func elsewhere(_ request: InProcessCluster.Request, _ record: RequestRecord) -> InProcessCluster.Request {
        var request = request
        request.target = request.target.replacing("/namespaces/\(record.namespace)/", with: "/namespaces/team-b/")
        var body = (try? JSON(parsing: request.body)) ?? .null
        body[at: ["metadata", "namespace"]] = "team-b"
        body[at: ["metadata", "ownerReferences"]] = nil
        request.body = body.serialized()
        return request
    }

    /// A child of a tenant that does not exist; a sound operator would sweep it up.
    private func orphan(_ record: RequestRecord) -> [InProcessCluster.Request] {
        let labels: JSON = [
            CraneLabels.managedBy: .string(FieldManagers.operator), CraneLabels.tenant: .string(record.name + "-ghost"),
            CraneLabels.tenantNamespace: .string(record.namespace),
        ]
        let body: JSON = ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "ghost", "labels": labels]]
        let target = "/api/v1/namespaces/\(record.namespace)/configmaps"
        return [.init(method: "POST", target: target, contentType: "application/json", userAgent: "saboteur", body: body.serialized())]
    }

    /// Another Secret in the place of the key, which cannot be changed itself.
    private func newKey(_ record: RequestRecord) -> [InProcessCluster.Request] {
        let tenant = record.name.replacing("openclaw-", with: "")
        let labels: JSON = [
            CraneLabels.managedBy: .string(FieldManagers.operator), CraneLabels.tenant: .string(tenant),
            CraneLabels.tenantNamespace: .string(record.namespace),
        ]
        let name = "\(record.name)-encryption-key"
        let body: JSON = [
            "apiVersion": "v1", "kind": "Secret", "metadata": ["name": .string(name), "labels": labels], "data": ["key": "c2Fib3RhZ2U="],
        ]
        let target = "/api/v1/namespaces/\(record.namespace)/secrets"
        return [
            .init(method: "DELETE", target: "\(target)/\(name)", contentType: nil, userAgent: "saboteur", body: []),
            .init(method: "POST", target: target, contentType: "application/json", userAgent: "saboteur", body: body.serialized()),
        ]
    }
}
