import JSONValue
import KubernetesModel

/// The `eviction` subresource of pods: a deletion that a disruption budget can refuse.
extension ResourceHandler {
    func evict(_ call: APICall) async throws -> APIResponse {
        let body = try BodyDecoder.object(call.body, contentType: call.contentType, kind: "Eviction")
        let name = ObjectFields.name(body)
        guard name.isEmpty || name == call.name else {
            throw APIError.badRequest("name in URL does not match name in Eviction object")
        }
        var query = call.query
        if body["deleteOptions"]?["dryRun"] != nil { query = QueryParameters("dryRun=All") }
        let options = try DeleteOptions(query, body: body["deleteOptions"])
        let pod = try current(call)
        if !Self.isOutside(pod.json) { try await takeFromBudget(pod, isDryRun: options.isDryRun) }
        _ = try await remove(call.served, call.key, options: options)
        return .json(["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "code": 201], status: 201)
    }

    /// Pods that do not run do no harm when they go.
    private static func isOutside(_ pod: JSON) -> Bool {
        ObjectFields.isDeleting(pod) || ["Pending", "Succeeded", "Failed", ""].contains(pod["status"]?["phase"]?.stringValue ?? "")
    }

    private static func isReady(_ pod: JSON) -> Bool {
        (pod["status"]?["conditions"]?.arrayValue ?? []).contains { $0["type"] == "Ready" && $0["status"] == "True" }
    }

    private func takeFromBudget(_ pod: StoredObject, isDryRun: Bool) async throws {
        let storage = "poddisruptionbudgets.policy"
        let labels = ObjectFields.labels(pod.json)
        for _ in 0..<50 {
            let budgets = try store.list(storage, namespace: pod.key.namespace).objects.filter { budget in
                guard let selector = budget.json["spec"]?["selector"] else { return false }
                return (try? selector.decode(LabelSelector.self))?.matches(labels) ?? false
            }
            guard let budget = budgets.first else { return }
            guard budgets.count == 1 else {
                throw APIError.internalError(
                    "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
                )
            }
            let state = try DisruptionBudget(budget.json, pods: store.list("pods", namespace: pod.key.namespace).objects.map(\.json))
            if !Self.isReady(pod.json), state.letsUnreadyGo { return }
            guard state.allowed > 0 else { throw state.refusal(budget.key.name) }
            guard state.isCounted, !isDryRun else { return }
            var changed = budget.json
            changed[at: ["status", "disruptionsAllowed"]] = .integer(state.allowed - 1)
            changed[at: ["status", "disruptedPods", pod.key.name]] = .string(timestamp)
            do {
                _ = try await store.put(changed, resource: storage, key: budget.key, expected: budget.revision)
                return
            } catch StoreError.conflict {
                continue
            } catch StoreError.notFound {
                continue
            }
        }
        throw APIError.conflict(ErrorSubject(resource: "pods", group: "", name: pod.key.name))
    }
}

/// What a disruption budget allows at the moment: as its status says, or, where no controller keeps that, as the pods are.
struct DisruptionBudget: Sendable {
    /// How many pods may go.
    let allowed: Int64
    private let healthy: Int64
    private let desired: Int64
    /// Whether the status was kept by a controller.
    let isCounted: Bool
    private let policy: String

    init(_ budget: JSON, pods: [JSON]) throws {
        let status = budget["status"] ?? [:]
        policy = budget["spec"]?["unhealthyPodEvictionPolicy"]?.stringValue ?? "IfHealthyBudget"
        isCounted = (status["observedGeneration"]?.integerValue ?? 0) >= max(1, ObjectFields.generation(budget))
        if isCounted {
            allowed = status["disruptionsAllowed"]?.integerValue ?? 0
            healthy = status["currentHealthy"]?.integerValue ?? 0
            desired = status["desiredHealthy"]?.integerValue ?? 0
            return
        }
        let selector = try budget["spec"]?["selector"]?.decode(LabelSelector.self)
        let selected = pods.filter { selector?.matches(ObjectFields.labels($0)) ?? false && !ObjectFields.isDeleting($0) }
        healthy = Int64(
            selected.count { pod in
                (pod["status"]?["conditions"]?.arrayValue ?? []).contains { $0["type"] == "Ready" && $0["status"] == "True" }
            }
        )
        let expected = Int64(selected.count)
        if let most = budget["spec"]?["maxUnavailable"] {
            desired = max(0, expected - Self.count(most, of: expected))
        } else {
            desired = Self.count(budget["spec"]?["minAvailable"] ?? 1, of: expected)
        }
        allowed = max(0, healthy - desired)
    }

    /// A number, or a share of the pods, rounded up.
    private static func count(_ value: JSON, of total: Int64) -> Int64 {
        if let number = value.integerValue { return number }
        guard let text = value.stringValue, text.hasSuffix("%"), let percent = Int64(text.dropLast()) else { return 0 }
        return (total * percent + 99) / 100
    }

    /// Whether a pod that is not ready may go although none is to spare.
    var letsUnreadyGo: Bool { policy == "AlwaysAllow" || (desired > 0 && healthy >= desired) }

    /// The answer to an eviction that the budget does not allow.
    func refusal(_ name: String) -> APIError {
        APIError(
            code: 429,
            reason: "TooManyRequests",
            message: "Cannot evict pod as it would violate the pod's disruption budget.",
            details: [
                "causes": [
                    [
                        "reason": "DisruptionBudget",
                        "message": .string("The disruption budget \(name) needs \(desired) healthy pods and has \(healthy) currently"),
                    ]
                ]
            ]
        )
    }
}
