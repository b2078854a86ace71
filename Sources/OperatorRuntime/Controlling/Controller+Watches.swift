import KubernetesModel

extension Controller {
    /// Reconciles the keys that a closure gives for an object, whenever the object changes. It is asked for the object before and after.
    ///
    /// - Parameters:
    ///   - predicate: which events count. Default: all.
    ///   - map: the keys that an object concerns. Must be quick.
    public func watches<Object: KubernetesObject>(
        _ informer: Informer<Object>,
        predicate: Predicate<Object> = .all,
        map: @escaping @Sendable (Object) -> [Key]
    ) {
        ownWrites.follow(informer)
        addSource {
            try await informer.waitUntilSynced()
        } replay: { [lanes, store = informer.store] isWanted in
            for object in store.objects where predicate.matches(.added(object, isInitial: true)) {
                for key in map(object) where isWanted(key) { lanes.add(key, priority: ReconcilePriority.replay) }
            }
        }
        informer.addHandler { [lanes] event in
            guard predicate.matches(event) else { return }
            let priority = event.isReplay ? ReconcilePriority.replay : ReconcilePriority.live
            let keys = map(event.object)
            let isDeletion = if case .deleted = event { true } else { false }
            for key in keys { lanes.tell(key, priority: priority, isLast: isDeletion) }
            guard case .updated(let old, _, _) = event else { return }
            for key in map(old) where !keys.contains(key) { lanes.tell(key, priority: priority, isLast: true) }
        }
    }
}

extension Controller where Key == ObjectKey {
    /// Reads a cache without being called by it: the workers wait until it has synced, so that nothing is decided from half a picture.
    ///
    /// - Parameter informer: the cache.
    public func reads<Object: KubernetesObject>(_ informer: Informer<Object>) {
        addSource { try await informer.waitUntilSynced() }
    }

    /// Reconciles the objects of an informer: the controller's primary kind.
    ///
    /// - Parameter predicate: which events count. Default: all.
    public func reconciles<Object: KubernetesObject>(_ informer: Informer<Object>, predicate: Predicate<Object> = .all) {
        watches(informer, predicate: predicate) { [$0.key] }
    }

    /// Reconciles the owner of an object, by the owner reference that says it manages the object.
    ///
    /// - Parameters:
    ///   - kind: the resource of the owner; owners of other kinds are passed over.
    ///   - predicate: which events count. Default: all.
    public func owns<Object: KubernetesObject>(_ informer: Informer<Object>, kind: ResourceType, predicate: Predicate<Object> = .all) {
        watches(informer, predicate: predicate) { object in
            let metadata = object.metadata
            guard let owner = metadata.controller, owner.kind == kind.kind,
                GroupVersionKind(apiVersion: owner.apiVersion, kind: owner.kind).group == kind.group
            else { return [] }
            return [ObjectKey(namespace: kind.isNamespaced ? metadata.namespace : nil, name: owner.name)]
        }
    }

    /// Reconciles the owner of an object; see ``owns(_:kind:predicate:)``.
    ///
    /// - Parameter owner: the kind of the owner, as in `Website.self`.
    public func owns<Object: KubernetesObject, Owner: KubernetesResource>(
        _ informer: Informer<Object>,
        by owner: Owner.Type,
        predicate: Predicate<Object> = .all
    ) {
        owns(informer, kind: Owner.resourceType, predicate: predicate)
    }
}
