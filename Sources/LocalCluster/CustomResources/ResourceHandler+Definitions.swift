import JSONValue
import Logging

extension ResourceHandler {
    /// Brings the server in line with a definition: its status, what is served, and, when it is deleted, its objects.
    func reconcileDefinition(_ name: String) async {
        do {
            try await reconcileDefinitionThrowing(name)
        } catch {
            logger.error(
                "A definition of a custom resource could not be put into effect",
                metadata: ["name": "\(name)", "error": "\(error)"]
            )
        }
    }

    private func reconcileDefinitionThrowing(_ name: String) async throws {
        let storage = CustomResourceDefinitions.storage
        guard let served = resources.resource(storage: storage) else { return }
        let key = StoreKey(namespace: "", name: name)
        guard var definition = store.get(storage, key) else {
            resources.set([], definition: name, revision: store.revision)
            // The storage name of custom objects is the name of their definition.
            store.endWatches(.unserved) { $0 == name }
            await reconcileOthers(than: name)
            return
        }
        if !definition.isDeleting {
            let others = try store.list(storage, namespace: nil).objects.map(\.json)
            try await controllerStatusUpdate(served, key) { live in
                let status = CustomResourceDefinitions.status(of: live, others: others, now: self.timestamp)
                return status == live["status"] ? nil : status
            }
            definition = store.get(storage, key) ?? definition
        }
        resources.set(try CustomResourceDefinitions.resources(definition.json), definition: name, revision: definition.revision)
        if definition.isDeleting { try await removeInstances(of: definition, served) }
    }

    /// Deletes the objects of a definition that is being deleted, and lets it go when there are none left.
    func removeInstances(of definition: StoredObject, _ served: ServedResource) async throws {
        let instances = CustomResourceDefinitions.instances(definition.json)
        if let resource = resources.resource(storage: instances) {
            for object in try store.list(instances, namespace: nil).objects where !object.isDeleting {
                do {
                    _ = try await remove(resource, object.key, options: DeleteOptions())
                } catch let error as APIError where error.code == 404 {
                    continue
                }
            }
        }
        guard try store.list(instances, namespace: nil).objects.isEmpty else { return }
        try await controllerUpdate(served, definition.key, subresource: nil, manager: CustomResourceDefinitions.manager) { live in
            var live = live
            let kept = ObjectFields.finalizers(live).filter { $0 != DeletionPlan.definitionFinalizer }
            guard kept.count < ObjectFields.finalizers(live).count else { return nil }
            live[at: ["metadata", "finalizers"]] = kept.isEmpty ? nil : .array(kept.map { .string($0) })
            return live
        }
    }

    private func controllerStatusUpdate(_ served: ServedResource, _ key: StoreKey, status: (JSON) -> JSON?) async throws {
        try await controllerUpdate(served, key, subresource: "status", manager: CustomResourceDefinitions.manager) { live in
            guard let status = status(live) else { return nil }
            var live = live
            live["status"] = status
            return live
        }
    }

    /// Names that become free may be what other definitions wait for.
    private func reconcileOthers(than name: String) async {
        let others = (try? store.list(CustomResourceDefinitions.storage, namespace: nil).objects) ?? []
        for other in others where !CustomResourceDefinitions.isEstablished(other.json) && !other.isDeleting {
            await reconcileDefinition(other.key.name)
        }
    }
}
