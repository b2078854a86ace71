import KubernetesModel

extension ResourceAPI {
    /// Opens a watch and returns when the server began to answer.
    ///
    /// - Throws: ``KubernetesError`` when the server refuses; `isGone` when the version is too old to continue from.
    public func watch(_ options: WatchOptions = .init()) async throws -> WatchStream<Object> {
        let resource = resourceType
        return try await watch(options) { try ObjectCoding.decode($0.json, as: Object.self, resource: resource) }
    }

    /// Opens a watch with a decoder of its own.
    func watch<Other: KubernetesObject>(
        _ options: WatchOptions,
        decode: @escaping @Sendable (DynamicObject) throws -> Other
    ) async throws -> WatchStream<Other> {
        let timeout = options.timeout ?? configuration.watchTimeout
        let request = RawRequest(
            path: resourceType.path(namespace: namespace.map(RawRequest.encode)),
            query: options.query(timeout: timeout),
            timeout: configuration.watchOpenTimeout,
            verb: "watch"
        )
        let body = try await executor.open(request)
        return WatchStream(
            body: body,
            resource: resourceType,
            silence: WatchSilence(
                end: executor.time.now + timeout,
                margin: options.idleMargin ?? configuration.watchIdleMargin,
                longest: options.silenceLimit
            ),
            maximumLine: configuration.maximumResponseBytes,
            time: executor.time,
            logger: executor.logger,
            decode: decode
        )
    }

    /// The same resource with objects as JSON, for caches that decode late.
    public var asDynamic: ResourceAPI<DynamicObject> {
        ResourceAPI<DynamicObject>(executor: executor, resourceType: resourceType, namespace: namespace)
    }
}
