import JSONValue
import Logging

/// Deletes what is left without an owner, and carries out the foreground and orphan policies.
struct GarbageCollector: Sendable {
    static let manager = "kube-controller-manager"

    private var index = OwnerIndex()
    private let handler: ResourceHandler

    init(handler: ResourceHandler) {
        self.handler = handler
    }

    /// Takes a change in without acting on it: the state at the start.
    mutating func observe(_ event: StoreEvent) {
        index.apply(event)
    }

    /// Takes a change in and does what follows from it.
    mutating func handle(_ event: StoreEvent) async throws {
        index.apply(event)
        switch event.change {
        case .deleted:
            for node in index.dependents(of: event.object.uid) { try await collect(node) }
            for uid in OwnerIndex.owners(event.object.json) { try await releaseOwner(uid, event.object.json) }
        case .added, .modified:
            try await review(event.object)
        }
    }

    /// Looks at one object: whether it waits for its dependents, and whether its owners are there.
    func review(_ object: StoredObject) async throws {
        if object.isDeleting {
            let finalizers = ObjectFields.finalizers(object.json)
            if finalizers.contains(DeletionPlan.orphanFinalizer) { try await orphan(object) }
            if finalizers.contains(DeletionPlan.foregroundFinalizer) { try await deleteDependents(of: object) }
        } else if OwnerIndex.owners(object.json).contains(where: { !index.known.contains($0) }) {
            try await collect(OwnerIndex.Node(resource: object.resource, key: object.key))
        }
    }

    /// Deletes an object none of whose owners is there; takes the references to the others away if some are.
    private func collect(_ node: OwnerIndex.Node) async throws {
        guard let object = handler.store.get(node.resource, node.key), !object.isDeleting,
            let served = handler.resources.resource(storage: node.resource)
        else { return }
        let references = ObjectFields.ownerReferences(object.json)
        let present = references.filter { isPresent($0, of: object) }
        guard present.count < references.count else { return }
        if present.isEmpty {
            var options = DeleteOptions()
            options.uid = object.uid
            options.propagation = .background
            try await ignoringGone { _ = try await handler.remove(served, node.key, options: options) }
        } else {
            try await keepOwners(served, node.key) { reference in present.contains { $0["uid"] == reference["uid"] } }
        }
    }

    private func isPresent(_ reference: JSON, of object: StoredObject) -> Bool {
        guard let uid = reference["uid"]?.stringValue,
            let served = handler.resources.resource(
                apiVersion: reference["apiVersion"]?.stringValue ?? "",
                kind: reference["kind"]?.stringValue ?? ""
            )
        else {
            // A kind that is not served cannot be judged.
            return true
        }
        let key = served.key(namespace: object.key.namespace, name: reference["name"]?.stringValue ?? "")
        return handler.store.get(served.storage, key)?.uid == uid
    }

    private func orphan(_ owner: StoredObject) async throws {
        for node in index.dependents(of: owner.uid) {
            guard let served = handler.resources.resource(storage: node.resource) else { continue }
            try await keepOwners(served, node.key) { $0["uid"]?.stringValue != owner.uid }
        }
        try await removeFinalizer(DeletionPlan.orphanFinalizer, from: owner)
    }

    private func deleteDependents(of owner: StoredObject) async throws {
        var isBlocked = false
        for node in index.dependents(of: owner.uid) {
            guard let object = handler.store.get(node.resource, node.key), let served = handler.resources.resource(storage: node.resource)
            else { continue }
            let references = ObjectFields.ownerReferences(object.json)
            if references.contains(where: { $0["uid"]?.stringValue != owner.uid && isPresent($0, of: object) }) {
                try await keepOwners(served, node.key) { $0["uid"]?.stringValue != owner.uid }
                continue
            }
            if !object.isDeleting {
                var options = DeleteOptions()
                options.uid = object.uid
                options.propagation = index.dependents(of: object.uid).isEmpty ? .background : .foreground
                try await ignoringGone { _ = try await handler.remove(served, node.key, options: options) }
            }
            let blocks = references.contains { $0["uid"]?.stringValue == owner.uid && $0["blockOwnerDeletion"] == true }
            if blocks, handler.store.get(node.resource, node.key) != nil { isBlocked = true }
        }
        if !isBlocked { try await removeFinalizer(DeletionPlan.foregroundFinalizer, from: owner) }
    }

    /// An owner that waits for its dependents may have been waiting for this one.
    private func releaseOwner(_ uid: String, _ dependent: JSON) async throws {
        for reference in ObjectFields.ownerReferences(dependent) where reference["uid"]?.stringValue == uid {
            guard
                let served = handler.resources.resource(
                    apiVersion: reference["apiVersion"]?.stringValue ?? "",
                    kind: reference["kind"]?.stringValue ?? ""
                )
            else { continue }
            let key = served.key(namespace: ObjectFields.namespace(dependent), name: reference["name"]?.stringValue ?? "")
            guard let owner = handler.store.get(served.storage, key), owner.uid == uid else { continue }
            try await review(owner)
        }
    }

    private func removeFinalizer(_ finalizer: String, from object: StoredObject) async throws {
        guard let served = handler.resources.resource(storage: object.resource) else { return }
        try await handler.controllerUpdate(served, object.key, subresource: nil, manager: Self.manager) { live in
            let finalizers = ObjectFields.finalizers(live)
            guard finalizers.contains(finalizer), ObjectFields.uid(live) == object.uid else { return nil }
            let kept = finalizers.filter { $0 != finalizer }
            var live = live
            live[at: ["metadata", "finalizers"]] = kept.isEmpty ? nil : .array(kept.map { .string($0) })
            return live
        }
    }

    private func keepOwners(_ served: ServedResource, _ key: StoreKey, where isKept: (JSON) -> Bool) async throws {
        try await handler.controllerUpdate(served, key, subresource: nil, manager: Self.manager) { live in
            let references = ObjectFields.ownerReferences(live)
            let kept = references.filter(isKept)
            guard kept.count < references.count else { return nil }
            var live = live
            live[at: ["metadata", "ownerReferences"]] = kept.isEmpty ? nil : .array(kept)
            return live
        }
    }

    private func ignoringGone(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as APIError where error.code == 404 || error.code == 409 {
            return
        }
    }
}
