import JSONValue
import Logging

/// Runs the server's controllers: one task that takes every change of the store and lets each controller act on it.
struct ControllerLoop: Sendable {
    let handler: ResourceHandler
    let namespaces: NamespaceController
    let logger: Logger
    /// The clock of ``resync``.
    var now: @Sendable () -> ContinuousClock.Instant = { .now }

    /// Whether it also does what others may do as well: let volumes go that nobody uses, and fill secrets with tokens.
    var doesAll = true

    /// How often what waits is looked at again, without a change.
    private static let resync = Duration.seconds(1)

    /// Runs until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            guard let mailbox = try? handler.store.watch(nil, namespace: nil, after: nil, limit: 1_000_000) else { return }
            await run(mailbox)
            handler.store.remove(mailbox)
            if mailbox.isFinal { return }
        }
    }

    private func run(_ mailbox: WatchMailbox) async {
        var collector = GarbageCollector(handler: handler)
        var resync = now() + Self.resync
        var initial: [StoreEvent] = []
        let first = await mailbox.next(deadline: resync)
        for event in first.events { collector.observe(event) }
        initial = first.events
        for event in initial { await handleInitial(event, &collector) }
        while true {
            let batch = await mailbox.next(deadline: resync)
            // The index first: an owner and its dependents may come in one batch.
            for event in batch.events { await handle(event, &collector) }
            if batch.end != nil { return }
            if now() >= resync {
                await review()
                resync = now() + Self.resync
            }
        }
    }

    private func handleInitial(_ event: StoreEvent, _ collector: inout GarbageCollector) async {
        await attempt(event) { try await collector.review(event.object) }
        await reconcile(event)
    }

    private func handle(_ event: StoreEvent, _ collector: inout GarbageCollector) async {
        do {
            try await collector.handle(event)
        } catch {
            report(error, event)
        }
        await reconcile(event)
    }

    private func reconcile(_ event: StoreEvent) async {
        let object = event.object
        if doesAll {
            let tokens = AccountTokenController(handler: handler, authorityPEM: namespaces.authorityPEM)
            await attempt(event) { try await StorageProtection(handler: handler).handle(event) }
            await attempt(event) { try await tokens.handle(event) }
        }
        if object.resource == "namespaces" {
            await attempt(event) { try await namespaces.reconcile(object.key.name) }
        } else if event.change == .deleted, !object.key.namespace.isEmpty {
            await attempt(event) { try await afterDeletion(object) }
        }
        if event.change == .deleted, object.resource.contains(".") {
            // The name of a definition is the storage name of its objects.
            let key = StoreKey(namespace: "", name: object.resource)
            if let definition = handler.store.get(CustomResourceDefinitions.storage, key), definition.isDeleting {
                await handler.reconcileDefinition(key.name)
            }
        }
    }

    private func afterDeletion(_ object: StoredObject) async throws {
        guard let namespace = handler.store.get("namespaces", StoreKey(namespace: "", name: object.key.namespace)) else { return }
        let isFurniture = object.key.name == "default" || object.key.name == "kube-root-ca.crt"
        if namespace.isDeleting || isFurniture { try await namespaces.reconcile(namespace.key.name) }
    }

    /// Looks at what waits for time to pass: pods whose grace period is over, namespaces and definitions on their way out.
    private func review() async {
        let now = handler.timestamp
        if let pods = handler.resources.resource(storage: "pods") {
            for pod in (try? handler.store.list("pods", namespace: nil).objects) ?? [] {
                guard let deletion = pod.metadata["deletionTimestamp"]?.stringValue, deletion < now,
                    ObjectFields.finalizers(pod.json).isEmpty
                else { continue }
                var options = DeleteOptions()
                options.gracePeriodSeconds = 0
                options.uid = pod.uid
                _ = try? await handler.remove(pods, pod.key, options: options)
            }
        }
        for namespace in (try? handler.store.list("namespaces", namespace: nil).objects) ?? [] where namespace.isDeleting {
            do {
                try await namespaces.reconcile(namespace.key.name)
            } catch {
                logger.warning("A namespace could not be emptied", metadata: ["name": "\(namespace.key)", "error": "\(error)"])
            }
        }
    }

    private func attempt(_ event: StoreEvent, _ body: () async throws -> Void) async {
        do {
            try await body()
        } catch {
            report(error, event)
        }
    }

    private func report(_ error: any Error, _ event: StoreEvent) {
        logger.warning(
            "A controller failed",
            metadata: ["resource": "\(event.object.resource)", "key": "\(event.object.key)", "error": "\(error)"]
        )
    }
}
