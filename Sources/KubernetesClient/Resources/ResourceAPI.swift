import JSONValue
import KubernetesModel
import NIOHTTP1

/// The calls on the objects of one resource.
///
/// A key without a namespace takes that of the API, and so does an object. All calls throw ``KubernetesError``, or `CancellationError`.
public struct ResourceAPI<Object: KubernetesObject>: Sendable {
    let executor: RequestExecutor
    /// The resource.
    public let resourceType: ResourceType
    /// The namespace; `nil` for all, or for resources without.
    public let namespace: String?

    init(executor: RequestExecutor, resourceType: ResourceType, namespace: String?) {
        var executor = executor
        if Object.self is any WithoutContent.Type { executor.shape = .metadata }
        self.executor = executor
        self.resourceType = resourceType
        self.namespace = resourceType.isNamespaced ? namespace : nil
    }

    /// The same resource in another namespace.
    ///
    /// - Parameter namespace: `nil` for all.
    public func inNamespace(_ namespace: String?) -> ResourceAPI {
        ResourceAPI(executor: executor, resourceType: resourceType, namespace: namespace)
    }

    /// The same resource with calls repeated by another policy than the client's.
    ///
    /// Who repeats calls in a loop of its own, as a reflector or a leader elector, takes ``RetryPolicy/never``, so that delays do not
    /// multiply.
    public func retrying(_ policy: RetryPolicy) -> ResourceAPI {
        var executor = executor
        executor.configuration.retry = policy
        return ResourceAPI(executor: executor, resourceType: resourceType, namespace: namespace)
    }

    /// The limit of a watch's silence, and the time the server is asked to end it after, by default.
    public var configuration: ClientConfiguration { executor.configuration }

    // MARK: Reading

    /// Reads an object.
    ///
    /// - Throws: ``KubernetesError`` where `isNotFound` when there is none.
    public func get(_ name: String) async throws -> Object { try await get(ObjectKey(name: name)) }

    /// Reads an object.
    ///
    /// - Parameter resourceVersion: `nil` for the newest state; `0` for whatever the server has at hand.
    public func get(_ key: ObjectKey, resourceVersion: String? = nil) async throws -> Object {
        let query = resourceVersion.map { [("resourceVersion", $0)] } ?? []
        let json = try await executor.execute(
            RawRequest(path: try path(key), query: query, verb: "get")
        ).json()
        return try decode(json)
    }

    /// Reads an object; `nil` when there is none.
    public func getIfPresent(_ name: String) async throws -> Object? { try await getIfPresent(ObjectKey(name: name)) }

    /// Reads an object; `nil` when there is none.
    public func getIfPresent(_ key: ObjectKey) async throws -> Object? {
        do {
            return try await get(key)
        } catch let error as KubernetesError where error.isNotFound {
            return nil
        }
    }

    /// Reads one page of objects; all of them when no limit is set.
    public func list(_ options: ListOptions = .init()) async throws -> ObjectList<Object> {
        let (metadata, items) = try await listJSON(options)
        return ObjectList(metadata: metadata, items: try items.map(decode))
    }

    /// Reads all objects, page by page. When the pages' version gets too old half-way, everything is read again in one piece.
    ///
    /// - Parameter pageSize: how many objects a page holds. Default: 500.
    public func listAll(_ options: ListOptions = .init(), pageSize: Int = 500) async throws -> ObjectList<Object> {
        var options = options
        options.limit = pageSize
        options.continueToken = nil
        var items: [Object] = []
        while true {
            let page: ObjectList<Object>
            do {
                page = try await list(options)
            } catch let error as KubernetesError where error.isGone && options.continueToken != nil {
                options.limit = nil
                options.continueToken = nil
                options.resourceVersion = nil
                options.resourceVersionMatch = nil
                return try await list(options)
            }
            items += page.items
            guard let token = page.metadata.continueToken, !token.isEmpty else { return ObjectList(metadata: page.metadata, items: items) }
            options.continueToken = token
            // The token fixes the version.
            options.resourceVersion = nil
            options.resourceVersionMatch = nil
        }
    }

    /// Reads one page of objects without decoding them.
    func listJSON(_ options: ListOptions) async throws -> (ListMeta, [JSON]) {
        let request = RawRequest(
            path: resourceType.path(namespace: namespace.map(RawRequest.encode)),
            query: options.query,
            timeout: options.timeout,
            verb: "list"
        )
        return try ObjectCoding.list(try await executor.execute(request).json(), resource: resourceType)
    }

    // MARK: Requests

    func decode(_ json: JSON) throws -> Object { try ObjectCoding.decode(json, as: Object.self, resource: resourceType) }

    /// The path of an object.
    func path(_ key: ObjectKey, subresource: String? = nil) throws -> String {
        guard !key.name.isEmpty else { throw KubernetesError(.invalidRequest, "The \(resourceType.kind) has no name") }
        let namespace = key.namespace ?? namespace
        if resourceType.isNamespaced, namespace == nil {
            throw KubernetesError(.invalidRequest, "The \(resourceType.kind) \(key.name) needs a namespace")
        }
        return resourceType.path(
            namespace: namespace.map(RawRequest.encode),
            name: RawRequest.encode(key.name),
            subresource: subresource
        )
    }

    /// The path of the collection that a new object goes to.
    func collectionPath(for json: JSON) throws -> String {
        let namespace = json[at: ["metadata", "namespace"]]?.stringValue ?? namespace
        if resourceType.isNamespaced, namespace == nil {
            throw KubernetesError(.invalidRequest, "A new \(resourceType.kind) needs a namespace")
        }
        return resourceType.path(namespace: namespace.map(RawRequest.encode))
    }

    /// Sends a write, and tells whoever observes this task when nobody knows whether it was done.
    func send(_ request: RawRequest, of key: ObjectKey, dryRun: Bool) async throws -> JSON {
        let lost: @Sendable () -> Void = { if !dryRun { observeUncertain(key) } }
        let response = try await executor.execute(request, lost: lost)
        do {
            return try response.json()
        } catch {
            lost()
            throw error
        }
    }

    /// Tells whoever observes this task of a write of which nobody knows what it did.
    func observeUncertain(_ key: ObjectKey) {
        WriteObservation.observer?(
            ObservedWrite(
                resourceType: resourceType,
                key: ObjectKey(namespace: resourceType.isNamespaced ? key.namespace ?? namespace : nil, name: key.name),
                uid: nil,
                resourceVersion: nil,
                isDeletion: false,
                object: nil,
                isUncertain: true
            )
        )
    }

    /// Tells a write to whoever observes this task.
    func observe(_ json: JSON, dryRun: Bool) {
        guard !dryRun, let observer = WriteObservation.observer else { return }
        let metadata = json["metadata"]
        guard let name = metadata?["name"]?.stringValue else { return }
        observer(
            ObservedWrite(
                resourceType: resourceType,
                key: ObjectKey(namespace: metadata?["namespace"]?.stringValue, name: name),
                uid: metadata?["uid"]?.stringValue,
                resourceVersion: metadata?["resourceVersion"]?.stringValue,
                isDeletion: false,
                object: json["kind"]?.stringValue == resourceType.kind ? json : nil
            )
        )
    }
}
