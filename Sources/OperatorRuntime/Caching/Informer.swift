import CoreMetrics
import JSONValue
import KubernetesClient
import KubernetesModel
import Logging
import Metrics
import NIOConcurrencyHelpers
import ServiceLifecycle

/// Follows a resource and keeps its objects in a ``Store``, for any number of readers and handlers: one list and one watch for all.
///
/// It recovers from everything by itself (see ``ReflectorMachine``), and ends only when its task is cancelled or the service group shuts
/// down.
public final class Informer<Object: KubernetesObject>: ServiceLifecycle.Service {
    /// The resource it follows.
    public let resourceType: ResourceType
    /// The namespace it follows; `nil` for all.
    public let namespace: String?
    /// The objects.
    public let store: Store<Object>

    let options: InformerOptions<Object>
    let api: ResourceAPI<DynamicObject>
    let time: TimeSource
    let random: @Sendable () -> Double
    let logger: Logger
    let metrics: InformerMetrics
    let synced = Latch()
    private let handlers = NIOLockedValueBox(Handlers())
    private let lastContact: NIOLockedValueBox<Duration>

    private struct Handlers {
        var nextID = 0
        var events: [(id: Int, call: @Sendable (InformerEvent<Object>) -> Void)] = []
        var progress: [(id: Int, call: @Sendable (String, Bool) -> Void)] = []
        var lastWarning: Duration?
    }

    /// Makes an informer; it begins with ``run()``.
    ///
    /// - Parameters:
    ///   - api: the resource and namespace.
    ///   - random: gives numbers from 0 up to 1, for jitter.
    public init(
        _ api: ResourceAPI<Object>,
        options: InformerOptions<Object> = .init(),
        logger: Logger,
        time: TimeSource = .system,
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        metrics: (any MetricsFactory)? = nil
    ) {
        resourceType = api.resourceType
        namespace = api.namespace
        self.options = options
        // The reflector waits between attempts itself.
        self.api = api.asDynamic.retrying(.never)
        self.time = time
        lastContact = NIOLockedValueBox(time.now)
        self.random = random
        var logger = logger
        logger[metadataKey: "resource"] = "\(api.resourceType)"
        self.logger = logger
        store = Store(indexes: options.indexes, keyForm: KeyForm(resourceType: api.resourceType, logger: logger))
        self.metrics = InformerMetrics(
            resource: "\(api.resourceType)",
            namespace: api.namespace,
            selector: [options.labelSelector, options.fieldSelector].compactMap { $0 }.joined(separator: ";"),
            name: options.name,
            factory: metrics ?? MetricsSystem.factory
        )
    }

    /// Whether the store holds a complete list.
    public var hasSynced: Bool { synced.isOpen }

    /// How long ago the server last said something about the resource; since the informer was made when it never did.
    public var contactAge: Duration { max(.zero, time.now - lastContact.withLockedValue { $0 }) }

    /// The server has said something.
    func reached() { lastContact.withLockedValue { $0 = time.now } }

    /// Brings metrics up to date that change by time passing.
    func updateMetrics() { metrics.contacted(ago: contactAge) }

    /// Returns when the store holds a complete list.
    ///
    /// - Throws: `CancellationError`.
    public func waitUntilSynced() async throws { try await synced.wait() }

    /// Has a closure called with everything that happens, after the store knows it, beginning with an addition for each object that is
    /// there. It is called by one task at a time, must be quick, and must not add or remove handlers: the next change is stored when all
    /// handlers are done, and a warning tells when they take long. Whoever needs time reads ``events()`` or ``batches(maximum:)`` instead.
    @discardableResult
    public func addHandler(_ handler: @escaping @Sendable (InformerEvent<Object>) -> Void) -> HandlerToken {
        handlers.withLockedValue { handlers in
            handlers.nextID += 1
            for object in store.objects { handler(.added(object, isInitial: true)) }
            handlers.events.append((handlers.nextID, handler))
            return HandlerToken(id: handlers.nextID)
        }
    }

    /// Stops calling a handler.
    public func removeHandler(_ token: HandlerToken) {
        handlers.withLockedValue { handlers in
            handlers.events.removeAll { $0.id == token.id }
            handlers.progress.removeAll { $0.id == token.id }
        }
    }

    /// Has a closure called with each version that the store has reached, and whether a complete list was just stored.
    @discardableResult
    func addProgressHandler(_ handler: @escaping @Sendable (String, Bool) -> Void) -> HandlerToken {
        handlers.withLockedValue { handlers in
            handlers.nextID += 1
            if let version = store.resourceVersion { handler(version, store.hasSynced) }
            handlers.progress.append((handlers.nextID, handler))
            return HandlerToken(id: handlers.nextID)
        }
    }

    /// Changes the store and tells everybody.
    func publish(
        version: String?,
        isList: Bool = false,
        _ change: (inout StoreSnapshot<Object>) -> [InformerEvent<Object>]
    ) {
        handlers.withLockedValue { handlers in
            let (events, count) = store.update { snapshot in
                let events = change(&snapshot)
                if let version { snapshot.resourceVersion = version }
                return (events, snapshot.count)
            }
            let start = time.now
            for event in events { for handler in handlers.events { handler.call(event) } }
            if let version { for handler in handlers.progress { handler.call(version, isList) } }
            warn(of: time.now - start, events: events.count, &handlers)
            metrics.stored(count)
        }
    }

    /// Says, once a minute at most, that handlers hold up the store.
    private func warn(of duration: Duration, events: Int, _ handlers: inout Handlers) {
        guard duration > .milliseconds(100) + .milliseconds(1) * events else { return }
        let now = time.now
        if let last = handlers.lastWarning, now - last < .seconds(60) { return }
        handlers.lastWarning = now
        logger.warning(
            "Handlers of an informer held up its store",
            metadata: ["seconds": "\(duration.inSeconds)", "events": "\(events)"]
        )
    }

    /// Follows the resource until the task is cancelled or the service group shuts down.
    public func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        var follower = Follower(informer: self)
                        try await follower.run()
                    }
                    if let period = self.options.resyncPeriod { group.addTask { try await self.resync(every: period) } }
                    defer { group.cancelAll() }
                    try await group.next()
                }
            }
        } catch is CancellationError where Task.isCancelled || Task.isShuttingDownGracefully {
            return
        }
    }

    private func resync(every period: Duration) async throws {
        while true {
            try await time.sleep(for: period)
            guard hasSynced else { continue }
            handlers.withLockedValue { handlers in
                for object in store.objects {
                    for handler in handlers.events { handler.call(.updated(old: object, new: object, isResync: true)) }
                }
            }
        }
    }
}
