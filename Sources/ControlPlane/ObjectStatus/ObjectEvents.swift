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

    /// How many events a page of a list holds.
    var pageSize = 500
    /// How many events one question looks through at most: an API server that keeps more, and lists them by name and not by time, is not read to
    /// its end.
    var mostRead = Self.usualMostRead
    static let usualMostRead = 2000

    /// What was found.
    struct Found: Sendable {
        var events: [ObjectEventView] = []
        /// Whether there were more than were looked through.
        var isIncomplete = false
    }

    /// One question: where, and about what.
    private struct Query: Sendable {
        var namespace: String
        /// Names and values of fields.
        var fields: [(String, String)]
        /// Which of them count.
        var accepts: @Sendable (DynamicObject) -> Bool = { _ in true }
        /// Whether it is asked for besides; then it may be refused.
        var isExtra = false
    }

    /// The newest events about an object alone, the newest last.
    ///
    /// - Throws: ``OperationError`` 502, 503.
    func about(_ object: some KubernetesResource, most: Int) async throws -> Found {
        try await read([Self.own(object)], most: most)
    }

    /// The newest events about a tenant, its Deployment, its pods and its claim, the newest last.
    ///
    /// - Throws: ``OperationError`` 502, 503.
    func about(_ tenant: Tenant, most: Int) async throws -> Found {
        try await read([Self.own(tenant)] + Self.children(of: tenant), most: most)
    }

    /// Events about objects without a namespace are in `default`. An earlier object of the name is another one.
    private static func own(_ object: some KubernetesResource) -> Query {
        Query(namespace: object.metadata.namespace ?? "default", fields: [("regarding.uid", object.metadata.uid ?? "")])
    }

    private static func children(of tenant: Tenant) -> [Query] {
        guard tenant.spec.runtimeType == .pod, let namespace = tenant.status?.targetNamespace else { return [] }
        let names = TenantNames(tenant: tenant.metadata.name)
        let (deployment, created) = (names.deployment, tenant.metadata.creationTimestamp)
        func query(_ kind: String, _ name: String) -> Query {
            Query(
                namespace: namespace,
                fields: [("regarding.kind", kind), ("regarding.name", name)],
                accepts: { isSince(created, $0) },
                isExtra: true
            )
        }
        return [
            query("Deployment", deployment), query("PersistentVolumeClaim", names.stateClaim),
            Query(
                namespace: namespace,
                fields: [("regarding.kind", "Pod")],
                accepts: { isSince(created, $0) && isPod($0.json[at: ["regarding", "name"]]?.stringValue ?? "", of: deployment) },
                isExtra: true
            ),
        ]
    }

    /// Whether an event was recorded after a tenant was made: what is found by name may be about what an earlier tenant of the name had, which
    /// may have been somebody else's. Both times are the API server's.
    static func isSince(_ created: Timestamp?, _ event: DynamicObject) -> Bool {
        guard let created, let recorded = event.metadata.creationTimestamp else { return false }
        return recorded >= created
    }

    /// What Kubernetes makes hashes and ends of names from: no vowels, and no digits that look like letters.
    private static let alphabet = Set("bcdfghjklmnpqrstvwxz2456789")

    /// Whether a name is one of a Deployment's pods: `<deployment>-<hash>-<five more>`, of which Kubernetes cuts what comes before the five at 58
    /// characters. Another tenant's Deployment may begin with this one's name: its pods have more parts, or others. Where the cut takes all of
    /// the hash and more, with tenants' names of 49 and 50 characters, pods are left out. What stays alike are pods of a tenant of such a long
    /// name, or one of 48, that is this one's with a hyphen and at most ten characters of Kubernetes' alphabet.
    static func isPod(_ name: String, of deployment: String) -> Bool {
        guard name.hasPrefix(deployment + "-") else { return false }
        let parts = name.dropFirst(deployment.count + 1).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ $0.allSatisfy(alphabet.contains) }) else { return false }
        switch parts.count {
        case 1: return name.count == 63 && (5...15).contains(parts[0].count)
        case 2: return (1...10).contains(parts[0].count) && parts[1].count == 5
        default: return false
        }
    }

    private func read(_ queries: [Query], most: Int) async throws -> Found {
        let (found, isIncomplete) = try await withThrowingTaskGroup(of: ([DynamicObject], Bool).self) { group in
            for query in queries { group.addTask { try await answer(query) } }
            return try await group.reduce(into: ([DynamicObject](), false)) { $0 = ($0.0 + $1.0, $0.1 || $1.1) }
        }
        // What is about the tenant may be found twice.
        let unique = Dictionary(found.map { ($0.key, $0) }) { first, _ in first }
        let views = unique.compactMap { key, event in ObjectEventView.read(event).map { ($0.time, key, $0.view) } }
            .sorted { ($0.0, $0.1) < ($1.0, $1.1) }
            .suffix(most).map(\.2)
        return Found(events: views, isIncomplete: isIncomplete)
    }

    /// Asks one question.
    ///
    /// - Returns: what it found, and whether there was more to look through.
    private func answer(_ query: Query) async throws -> ([DynamicObject], Bool) {
        let api = client.dynamic(EventsV1.Event.resourceType, namespace: query.namespace)
        let selector = query.fields.map { "\($0.0)=\($0.1)" }.joined(separator: ",")
        let answer: Result<([DynamicObject], Bool), OperationError> = try await onKubernetes(within: limit) {
            do {
                var found: [DynamicObject] = []
                var next: String?
                for _ in 0..<mostRead / pageSize {
                    let page: ObjectList<DynamicObject>
                    do {
                        page = try await api.list(ListOptions(fieldSelector: selector, limit: pageSize, continueToken: next))
                    } catch let error as KubernetesError where error.isGone && next != nil {
                        break
                    }
                    found += page.items.filter(query.accepts)
                    next = page.metadata.continueToken.flatMap { $0.isEmpty ? nil : $0 }
                    if next == nil { break }
                }
                return .success((found, next != nil))
            } catch let error as KubernetesError where error.isForbidden {
                return query.isExtra ? .success(([], false)) : .failure(Self.refusal(error))
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
