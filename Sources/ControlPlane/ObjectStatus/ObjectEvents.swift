import CraneAPI
import HTTPOperations
import HTTPTypes
import JSONValue
import KubernetesClient
import KubernetesModel

/// Reads what Kubernetes keeps of what happened to objects.
struct ObjectEvents: Sendable {
    let client: KubernetesClient
    /// How long Kubernetes may take for one question.
    let limit: Duration

    /// How many events a page of a list holds, and how many pages are read at most: an API server that keeps more of one object is not read to
    /// its end.
    private static let (pageSize, mostPages) = (500, 4)

    /// One question: where, and about what.
    private struct Query: Sendable {
        var namespace: String
        /// Names and values of fields.
        var fields: [(String, String)]
        /// Which of the names count; nil for all.
        var accepts: (@Sendable (String) -> Bool)?
        /// Whether it is asked for besides; then it may be refused.
        var isExtra = false
    }

    /// The newest events about an object alone, the newest last.
    ///
    /// - Throws: ``OperationError`` 502, 503.
    func about(_ object: some KubernetesResource, most: Int) async throws -> [ObjectEventView] {
        try await read([Self.own(object)], most: most)
    }

    /// The newest events about a tenant, its Deployment, its pods and its claim, the newest last.
    ///
    /// - Throws: ``OperationError`` 502, 503.
    func about(_ tenant: Tenant, most: Int) async throws -> [ObjectEventView] {
        try await read([Self.own(tenant)] + Self.children(of: tenant), most: most)
    }

    /// Events about objects without a namespace are in `default`. An earlier object of the name is another one.
    private static func own(_ object: some KubernetesResource) -> Query {
        Query(namespace: object.metadata.namespace ?? "default", fields: [("regarding.uid", object.metadata.uid ?? "")])
    }

    private static func children(of tenant: Tenant) -> [Query] {
        guard tenant.spec.runtimeType == .pod, let namespace = tenant.status?.targetNamespace else { return [] }
        let names = TenantNames(tenant: tenant.metadata.name)
        func query(_ kind: String, _ name: String) -> Query {
            Query(namespace: namespace, fields: [("regarding.kind", kind), ("regarding.name", name)], isExtra: true)
        }
        let deployment = names.deployment
        return [
            query("Deployment", deployment), query("PersistentVolumeClaim", names.stateClaim),
            Query(
                namespace: namespace,
                fields: [("regarding.kind", "Pod")],
                accepts: { isPod($0, of: deployment) },
                isExtra: true
            ),
        ]
    }

    /// Whether a name is one of a Deployment's pods, `<deployment>-<hash>-<five more>`: another tenant's Deployment may begin with this one's
    /// name, and then has more parts.
    static func isPod(_ name: String, of deployment: String) -> Bool {
        guard name.hasPrefix(deployment + "-") else { return false }
        let rest = name.dropFirst(deployment.count + 1).split(separator: "-", omittingEmptySubsequences: false)
        return rest.count == 2 && !rest[0].isEmpty && rest[1].count == 5
    }

    private func read(_ queries: [Query], most: Int) async throws -> [ObjectEventView] {
        let found = try await withThrowingTaskGroup(of: [DynamicObject].self) { group in
            for query in queries { group.addTask { try await answer(query) } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        // What is about the tenant may be found twice.
        let unique = Dictionary(found.map { ($0.key, $0) }) { first, _ in first }
        return unique.compactMap { key, event in ObjectEventView.read(event).map { ($0.time, key, $0.view) } }
            .sorted { ($0.0, $0.1) < ($1.0, $1.1) }
            .suffix(most).map(\.2)
    }

    private func answer(_ query: Query) async throws -> [DynamicObject] {
        let api = client.dynamic(EventsV1.Event.resourceType, namespace: query.namespace)
        let selector = query.fields.map { "\($0.0)=\($0.1)" }.joined(separator: ",")
        let answer: Result<[DynamicObject], OperationError> = try await onKubernetes(within: limit) {
            do {
                var found: [DynamicObject] = []
                var next: String?
                for _ in 0..<Self.mostPages {
                    let page: ObjectList<DynamicObject>
                    do {
                        page = try await api.list(ListOptions(fieldSelector: selector, limit: Self.pageSize, continueToken: next))
                    } catch let error as KubernetesError where error.isGone && next != nil {
                        break
                    }
                    found += page.items.filter { event in
                        query.accepts?(event.json[at: ["regarding", "name"]]?.stringValue ?? "") ?? true
                    }
                    next = page.metadata.continueToken.flatMap { $0.isEmpty ? nil : $0 }
                    if next == nil { break }
                }
                return .success(found)
            } catch let error as KubernetesError where error.isForbidden {
                return query.isExtra ? .success([]) : .failure(Self.refusal(error))
            }
        }
        return try answer.get()
    }

    private static func refusal(_ cause: KubernetesError) -> OperationError {
        OperationError(
            .badGateway,
            code: "UPSTREAM_ERROR",
            message: "Kubernetes does not let the control plane read events; its permissions are not in place.",
            cause: cause
        )
    }
}
