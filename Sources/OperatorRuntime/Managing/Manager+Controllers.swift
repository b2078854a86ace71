import KubernetesModel

extension Manager {
    /// Makes a controller with this manager's logger, clock, jitter and metrics, and adds it; tell it afterwards what it watches.
    ///
    /// Its workers wait until all caches of the manager are complete, also those that it only reads.
    ///
    /// ```swift
    /// let controller = manager.controller("website") { key, context in
    ///     guard let website = websites.store[key] else { return .done }
    ///     …
    ///     return .done
    /// }
    /// controller.reconciles(websites, predicate: .generationChanged)
    /// ```
    ///
    /// - Parameters:
    ///   - name: short and stable, as in `website`; the label of its metrics.
    ///   - configuration: see ``ControllerConfiguration`` for the defaults.
    ///   - reconcile: makes things as they should be for a key. Must stand being called again at any time.
    public func controller(
        _ name: String,
        configuration: ControllerConfiguration = .init(),
        reconcile: @escaping Controller<ObjectKey>.Reconcile
    ) -> Controller<ObjectKey> {
        let controller = Controller<ObjectKey>(
            name,
            configuration: configuration,
            logger: logger,
            time: time,
            random: random,
            metrics: factory,
            reconcile: reconcile
        )
        controller.addSource { [weak self] in try await self?.waitUntilSynced() }
        add(controller)
        return controller
    }
}
