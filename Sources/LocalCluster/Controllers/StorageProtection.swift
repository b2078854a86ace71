import JSONValue
import KubernetesModel

/// Lets claims and volumes that are being deleted go once nobody uses them: what holds them until then is a finalizer that each has.
struct StorageProtection: Sendable {
    static let claimFinalizer = "kubernetes.io/pvc-protection"
    static let volumeFinalizer = "kubernetes.io/pv-protection"

    let handler: ResourceHandler

    /// Follows up a change of a claim, a volume, or a pod that used one.
    func handle(_ event: StoreEvent) async throws {
        let object = event.object
        switch object.resource {
        case "persistentvolumeclaims" where event.change != .deleted && object.isDeleting:
            try await release(object.key)
        case "persistentvolumes" where event.change != .deleted && object.isDeleting:
            guard object.json["status"]?["phase"] != "Bound" else { return }
            try await removeFinalizer(Self.volumeFinalizer, from: object)
        case "pods" where event.change == .deleted || Self.hasEnded(object.json):
            for name in Self.claims(object.json) { try await release(StoreKey(namespace: object.key.namespace, name: name)) }
        default: return
        }
    }

    private func release(_ key: StoreKey) async throws {
        guard let claim = handler.store.get("persistentvolumeclaims", key), claim.isDeleting else { return }
        let pods = try handler.store.list("pods", namespace: key.namespace).objects
        guard !pods.contains(where: { !Self.hasEnded($0.json) && Self.claims($0.json).contains(key.name) }) else { return }
        try await removeFinalizer(Self.claimFinalizer, from: claim)
    }

    private static func hasEnded(_ pod: JSON) -> Bool { ["Succeeded", "Failed"].contains(pod["status"]?["phase"]?.stringValue ?? "") }

    private static func claims(_ pod: JSON) -> [String] {
        let name = ObjectFields.name(pod)
        return (pod["spec"]?["volumes"]?.arrayValue ?? []).compactMap { volume in
            // The claim of an ephemeral volume is named after its pod.
            if volume["ephemeral"] != nil { return "\(name)-\(volume["name"]?.stringValue ?? "")" }
            return volume["persistentVolumeClaim"]?["claimName"]?.stringValue
        }
    }

    private func removeFinalizer(_ finalizer: String, from object: StoredObject) async throws {
        guard let served = handler.resources.resource(storage: object.resource) else { return }
        try await handler.controllerUpdate(served, object.key, subresource: nil, manager: NamespaceController.manager) { live in
            let present = ObjectFields.finalizers(live)
            let kept = present.filter { $0 != finalizer }
            guard kept.count < present.count, ObjectFields.isDeleting(live) else { return nil }
            var live = live
            live[at: ["metadata", "finalizers"]] = kept.isEmpty ? nil : .array(kept.map { .string($0) })
            return live
        }
    }
}
