import Foundation
import JSONValue
import KubernetesModel
import Logging
import NIOCore

/// The API server without sockets, clock or chance: requests are function calls, and time and names come from outside. For simulations.
///
/// It stores and answers by the same code as ``ClusterServer``; only the HTTP layer and the authentication are left out: whoever calls is
/// the administrator.
public final class InProcessCluster: Sendable {
    /// Where times and names come from.
    public struct Sources: Sendable {
        /// The wall clock.
        public var now: @Sendable () -> Date
        /// Makes unique ids.
        public var makeUID: @Sendable () -> String
        /// Makes the end of generated names.
        public var makeSuffix: @Sendable () -> String

        /// Makes sources.
        public init(
            now: @escaping @Sendable () -> Date,
            makeUID: @escaping @Sendable () -> String,
            makeSuffix: @escaping @Sendable () -> String
        ) {
            self.now = now
            self.makeUID = makeUID
            self.makeSuffix = makeSuffix
        }
    }

    let handler: ResourceHandler
    private let namespaces: NamespaceController
    private let logger: Logger
    /// The revision it began with; states before it are not known.
    public let firstRevision: Int64

    /// Makes a cluster with the standard namespaces and some definitions.
    ///
    /// - Parameter definitions: objects of kind CustomResourceDefinition.
    /// - Throws: what refuses a definition.
    public static func make(definitions: [JSON], sources: Sources, logger: Logger) async throws -> InProcessCluster {
        let table = ResourceTable(
            builtins: BuiltinKinds.all.map { ServedResource(strategy: $0, columns: BuiltinColumns.columns($0.definition.type.plural)) }
        )
        let cluster = InProcessCluster(
            store: ObjectStore(state: StoreState(revision: 0, historyLimit: 10_000), persistence: nil),
            resources: table,
            sources: sources,
            logger: logger
        )
        try await ClusterBootstrap(handler: cluster.handler, namespaces: cluster.namespaces).run()
        if let served = table.resource(storage: CustomResourceDefinitions.storage) {
            for definition in definitions {
                try await cluster.handler.controllerCreate(served, definition, namespace: nil, manager: "simulation")
                await cluster.handler.reconcileDefinition(ObjectFields.name(definition))
            }
        }
        return cluster
    }

    private init(store: ObjectStore, resources: ResourceTable, sources: Sources, logger: Logger) {
        self.logger = logger
        firstRevision = store.revision
        handler = ResourceHandler(
            store: store,
            resources: resources,
            authenticator: Authenticator(adminToken: "", tokens: ServiceAccountTokens(), store: store, now: sources.now),
            authorizer: Authorizer(.alwaysAllow, store: store, log: nil),
            addresses: ServiceAddresses(),
            logger: logger,
            now: sources.now,
            makeUID: sources.makeUID,
            makeSuffix: sources.makeSuffix
        )
        namespaces = NamespaceController(handler: handler, authorityPEM: "in process")
    }

    /// A new cluster with the same objects and definitions, without history. Much cheaper than making one.
    ///
    /// - Parameter historyLimit: how many changes of each resource are kept; watches from before them are answered with 410.
    public func copy(sources: Sources, historyLimit: Int = 10_000) -> InProcessCluster {
        var state = StoreState(revision: handler.store.revision, historyLimit: historyLimit)
        var services: [JSON] = []
        for resource in handler.store.counts().keys.sorted() {
            for object in (try? handler.store.list(resource, namespace: nil).objects) ?? [] {
                state.load(object)
                if resource == "services" { services.append(object.json) }
            }
        }
        let copy = InProcessCluster(
            store: ObjectStore(state: state, persistence: nil),
            resources: handler.resources,
            sources: sources,
            logger: logger
        )
        for service in services { copy.handler.addresses.adopt(service) }
        return copy
    }

    /// The present revision.
    public var revision: Int64 { handler.store.revision }

    /// Runs the server's own controllers (garbage collection, namespaces) until the task is cancelled.
    public func runControllers() async {
        let start = ContinuousClock.now
        var loop = ControllerLoop(handler: handler, namespaces: namespaces, logger: logger)
        loop.now = { start }
        // Whoever runs it has the simulated workloads let volumes go: there shall be one that does.
        loop.doesAll = false
        await loop.run()
    }

    /// All objects of a resource as they are stored.
    ///
    /// - Parameter resource: the plural name with its group, as in `tenants.opencrane.io` or `pods`.
    public func objects(_ resource: String) -> [JSON] {
        ((try? handler.store.list(resource, namespace: nil).objects) ?? []).map { served(resource, $0) }
    }

    /// The names of the resources that have objects, in order.
    public var resources: [String] { handler.store.counts().keys.sorted() }

    /// Everything that happens to the objects from now on, in order.
    public func observe() throws -> InProcessObservation {
        InProcessObservation(cluster: self, mailbox: try handler.store.watch(nil, namespace: nil, after: nil, limit: 1_000_000))
    }

    func served(_ resource: String, _ object: StoredObject) -> JSON {
        var json = object.json
        if let type = handler.resources.resource(storage: resource)?.type {
            json["apiVersion"] = .string(type.apiVersion)
            json["kind"] = .string(type.kind)
        }
        json[at: ["metadata", "resourceVersion"]] = .string(String(object.revision))
        return json
    }
}

/// Everything that happens to the objects of a cluster, in order; it begins with an addition for each object that is there.
public final class InProcessObservation: Sendable {
    /// One change.
    public struct Change: Sendable {
        /// The plural name with its group.
        public var resource: String
        /// The object; as it was last when it is deleted.
        public var object: JSON
        /// Whether the object is gone.
        public var isDeletion: Bool
        /// The revision of the change.
        public var revision: Int64
    }

    private let cluster: InProcessCluster
    private let mailbox: WatchMailbox

    init(cluster: InProcessCluster, mailbox: WatchMailbox) {
        self.cluster = cluster
        self.mailbox = mailbox
    }

    deinit { cluster.handler.store.remove(mailbox) }

    /// Waits for changes; `nil` when the task is cancelled.
    public func next() async -> [Change]? {
        while true {
            let batch = await mailbox.next(deadline: nil)
            if !batch.events.isEmpty {
                return batch.events.map {
                    Change(
                        resource: $0.object.resource,
                        object: cluster.served($0.object.resource, $0.object),
                        isDeletion: $0.change == .deleted,
                        revision: $0.revision
                    )
                }
            }
            if batch.end != nil { return nil }
        }
    }
}
