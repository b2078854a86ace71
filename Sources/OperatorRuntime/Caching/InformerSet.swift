import KubernetesClient
import KubernetesModel
import Logging
import Metrics
import ServiceLifecycle

/// Follows a resource in several namespaces, with an informer for each, for programs that may not or need not see all of them.
///
/// A controller watches each of ``informers``; readers ask the set.
public struct InformerSet<Object: KubernetesObject>: ServiceLifecycle.Service {
    /// The informers, by namespace.
    public let informers: [Informer<Object>]
    private let byNamespace: [String: Informer<Object>]

    /// Makes a set of informers; they begin with ``run()``.
    ///
    /// - Parameters:
    ///   - api: the resource.
    ///   - namespaces: repetitions count once.
    ///   - random: gives numbers from 0 up to 1, for jitter.
    public init(
        _ api: ResourceAPI<Object>,
        namespaces: some Sequence<String>,
        options: InformerOptions<Object> = .init(),
        logger: Logger,
        time: TimeSource = .system,
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        metrics: (any MetricsFactory)? = nil
    ) {
        self.init(
            Set(namespaces).sorted().map { namespace in
                var logger = logger
                logger[metadataKey: "namespace"] = "\(namespace)"
                return Informer(
                    api.inNamespace(namespace),
                    options: options,
                    logger: logger,
                    time: time,
                    random: random,
                    metrics: metrics
                )
            }
        )
    }

    /// Makes a set of informers that exist, as those of a ``Manager``, which runs them itself.
    ///
    /// - Parameter informers: each of another namespace.
    public init(_ informers: [Informer<Object>]) {
        self.informers = informers
        byNamespace = Dictionary(informers.compactMap { informer in informer.namespace.map { ($0, informer) } }, uniquingKeysWith: { $1 })
    }

    /// The informer of a namespace; `nil` when it is not followed.
    public subscript(namespace namespace: String) -> Informer<Object>? { byNamespace[namespace] }

    /// The object of a key; `nil` also when its namespace is not followed.
    public subscript(key: ObjectKey) -> Object? {
        // The store says what is wrong with a key without a namespace.
        (key.namespace.map { byNamespace[$0] } ?? informers.first)?.store[key]
    }

    /// How many objects there are.
    public var count: Int { informers.reduce(0) { $0 + $1.store.count } }

    /// All objects, in no order.
    public var objects: [Object] { informers.flatMap(\.store.objects) }

    /// The objects that an index holds under a value, by namespace and name.
    public func objects(index: String, value: String) -> [Object] {
        informers.flatMap { $0.store.objects(index: index, value: value) }
    }

    /// Whether all stores hold complete lists.
    public var hasSynced: Bool { informers.allSatisfy(\.hasSynced) }

    /// Returns when all stores hold complete lists.
    ///
    /// - Throws: `CancellationError`.
    public func waitUntilSynced() async throws { for informer in informers { try await informer.waitUntilSynced() } }

    /// Has a closure called with everything that happens; see ``Informer/addHandler(_:)``. Calls for different namespaces may come at the
    /// same time.
    public func addHandler(_ handler: @escaping @Sendable (InformerEvent<Object>) -> Void) {
        for informer in informers { informer.addHandler(handler) }
    }

    /// Follows the resource until the task is cancelled or the service group shuts down.
    public func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for informer in informers { group.addTask { try await informer.run() } }
            defer { group.cancelAll() }
            for _ in informers { try await group.next() }
        }
    }
}
