import JSONValue
import KubernetesModel

/// Gives new namespaces what every namespace has, and empties those that are deleted.
struct NamespaceController: Sendable {
    static let manager = "kube-controller-manager"
    static let finalizer = "kubernetes"

    let handler: ResourceHandler
    /// The certificate authority's certificate, for `kube-root-ca.crt`.
    let authorityPEM: String

    /// Does what a namespace needs.
    func reconcile(_ name: String) async throws {
        let key = StoreKey(namespace: "", name: name)
        guard let namespace = handler.store.get("namespaces", key) else { return }
        if namespace.isDeleting {
            try await empty(namespace)
        } else {
            try await furnish(name)
        }
    }

    private func furnish(_ name: String) async throws {
        if let accounts = handler.resources.resource(storage: "serviceaccounts") {
            try await handler.controllerCreate(
                accounts,
                ["apiVersion": "v1", "kind": "ServiceAccount", "metadata": ["name": "default"]],
                namespace: name,
                manager: Self.manager
            )
        }
        if let maps = handler.resources.resource(storage: "configmaps") {
            try await handler.controllerCreate(
                maps,
                [
                    "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "kube-root-ca.crt"],
                    "data": ["ca.crt": .string(authorityPEM)],
                ],
                namespace: name,
                manager: Self.manager
            )
        }
    }

    private func empty(_ namespace: StoredObject) async throws {
        let name = namespace.key.name
        var remaining: [String: Int] = [:]
        var finalizers: [String: Int] = [:]
        var seen: Set<String> = []
        for served in handler.resources.all where served.type.isNamespaced && seen.insert(served.storage).inserted {
            guard let deleting = handler.resources.resource(storage: served.storage) else { continue }
            for object in try handler.store.list(served.storage, namespace: name).objects where !object.isDeleting {
                var options = DeleteOptions()
                options.propagation = .background
                do {
                    _ = try await handler.remove(deleting, object.key, options: options)
                } catch let error as APIError where error.code == 404 {
                    continue
                }
            }
            let left = try handler.store.list(served.storage, namespace: name).objects
            if !left.isEmpty { remaining[served.storage] = left.count }
            for object in left {
                for finalizer in ObjectFields.finalizers(object.json) { finalizers[finalizer, default: 0] += 1 }
            }
        }
        guard let served = handler.resources.resource(storage: "namespaces") else { return }
        if remaining.isEmpty {
            try await handler.controllerUpdate(served, namespace.key, subresource: "finalize", manager: Self.manager) { live in
                let present = live["spec"]?["finalizers"]?.arrayValue ?? []
                let kept = present.filter { $0.stringValue != Self.finalizer }
                guard kept.count < present.count else { return nil }
                var live = live
                live[at: ["spec", "finalizers"]] = kept.isEmpty ? nil : .array(kept)
                return live
            }
        } else {
            let now = handler.timestamp
            try await handler.controllerUpdate(served, namespace.key, subresource: "status", manager: Self.manager) { live in
                let conditions = Self.conditions(
                    live["status"]?["conditions"]?.arrayValue ?? [],
                    remaining: remaining,
                    finalizers: finalizers,
                    now: now
                )
                guard conditions != live["status"]?["conditions"]?.arrayValue else { return nil }
                var live = live
                live[at: ["status", "conditions"]] = .array(conditions)
                return live
            }
        }
    }

    /// The conditions of a namespace that cannot go yet.
    static func conditions(_ present: [JSON], remaining: [String: Int], finalizers: [String: Int], now: String) -> [JSON] {
        let resources = remaining.sorted { $0.key < $1.key }.map {
            "\($0.key.contains(".") ? $0.key : $0.key + ".") has \($0.value) resource instances"
        }
        let holders = finalizers.sorted { $0.key < $1.key }.map { "\($0.key) in \($0.value) resource instances" }
        let wanted: [(String, Bool, String, String)] = [
            ("NamespaceDeletionDiscoveryFailure", false, "ResourcesDiscovered", "All resources successfully discovered"),
            ("NamespaceDeletionGroupVersionParsingFailure", false, "ParsedGroupVersions", "All legacy kube types successfully parsed"),
            (
                "NamespaceDeletionContentFailure", false, "ContentDeleted",
                "All content successfully deleted, may be waiting on finalization"
            ),
            (
                "NamespaceContentRemaining", !resources.isEmpty, resources.isEmpty ? "ContentRemoved" : "SomeResourcesRemain",
                resources.isEmpty
                    ? "All content successfully removed" : "Some resources are remaining: " + resources.joined(separator: ", ")
            ),
            (
                "NamespaceFinalizersRemaining", !holders.isEmpty, holders.isEmpty ? "ContentHasNoFinalizers" : "SomeFinalizersRemain",
                holders.isEmpty
                    ? "All content-preserving finalizers finished"
                    : "Some content in the namespace has finalizers remaining: " + holders.joined(separator: ", ")
            ),
        ]
        return wanted.map { type, isTrue, reason, message in
            let old = present.first { $0["type"]?.stringValue == type }
            let status: JSON = isTrue ? "True" : "False"
            let time = old?["status"] == status ? old?["lastTransitionTime"] : nil
            return [
                "type": .string(type), "status": status, "lastTransitionTime": time ?? .string(now), "reason": .string(reason),
                "message": .string(message),
            ]
        }
    }
}
