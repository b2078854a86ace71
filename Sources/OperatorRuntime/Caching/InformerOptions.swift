import KubernetesModel

/// What an informer caches, and how.
public struct InformerOptions<Object: KubernetesObject>: Sendable {
    /// Labels the objects must have; `nil` for all objects.
    public var labelSelector: String?
    /// Fields the objects must have; `nil` for all objects.
    public var fieldSelector: String?
    /// How it follows the server.
    public var reflector: ReflectorMachine.Configuration
    /// After what time, at most, a watch is replaced by the next; a dead one is noticed 5 s (`ClientConfiguration.watchIdleMargin`) later.
    /// Default: the client's `watchTimeout`, which is 25 s.
    public var watchTimeout: Duration?
    /// How long a streaming list may take. Default: 290 s.
    public var streamTimeout: Duration = .seconds(290)
    /// After what time all objects are told again. That never finds changes on the server that were missed; those the watch brings.
    /// Default: never.
    public var resyncPeriod: Duration?
    /// Further ways to find objects.
    public var indexes: [StoreIndex<Object>]
    /// Tells informers of one resource and selection apart that transform objects differently; see ``Manager/informer(_:namespace:options:)``.
    public var name: String?
    /// Changes each object before it is stored. Default: ``Transforms/dropManagedFields(_:)``.
    public var transform: @Sendable (inout Object) -> Void {
        didSet { hasOwnTransform = true }
    }
    /// Whether ``transform`` is another than the default.
    private(set) var hasOwnTransform: Bool

    /// Makes options. Default: all objects, no resync, no indexes, without managed fields.
    public init(
        labelSelector: String? = nil,
        fieldSelector: String? = nil,
        reflector: ReflectorMachine.Configuration = .init(),
        watchTimeout: Duration? = nil,
        resyncPeriod: Duration? = nil,
        indexes: [StoreIndex<Object>] = [],
        transform: (@Sendable (inout Object) -> Void)? = nil,
        name: String? = nil
    ) {
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
        self.reflector = reflector
        self.watchTimeout = watchTimeout
        self.resyncPeriod = resyncPeriod
        self.indexes = indexes
        self.transform = transform ?? { Transforms.dropManagedFields(&$0) }
        hasOwnTransform = transform != nil
        self.name = name
    }
}

extension InformerOptions {
    /// The same options for a cache of what an applier writes: it keeps the managed fields of that applier and drops those of others, so that
    /// after a restart nothing is written that is right already. A ``transform`` of one's own is done first.
    ///
    /// ```swift
    /// let applier = Applier(client: client, fieldManager: "website-operator")
    /// let pages = manager.informer(CoreV1.ConfigMap.self, options: InformerOptions(labelSelector: "app=website").applied(by: applier))
    /// ```
    public func applied(by applier: Applier) -> InformerOptions { applied(by: applier.fieldManager) }

    /// The same options for a cache of what a field manager writes; see ``applied(by:)-(Applier)``.
    public func applied(by fieldManager: String) -> InformerOptions {
        var result = self
        let keep: @Sendable (inout Object) -> Void = Transforms.keepManagedFields(of: fieldManager)
        if hasOwnTransform {
            let own = transform
            result.transform = { object in
                own(&object)
                keep(&object)
            }
        } else {
            result.transform = keep
            // All caches of this manager's fields are alike, and may be shared.
            result.name = name ?? "applied by \(fieldManager)"
        }
        return result
    }
}

/// Names a handler so that it can be removed.
public struct HandlerToken: Sendable, Hashable {
    let id: Int
}
