import JSONValue
import KubernetesModel
import NIOHTTP1

extension ResourceAPI {
    /// Deletes an object.
    ///
    /// - Throws: ``KubernetesError`` where `isNotFound` when there is none, `isConflict` when a precondition does not hold.
    @discardableResult
    public func delete(_ name: String, _ options: DeleteOptions = .init()) async throws -> Deletion<Object> {
        try await delete(ObjectKey(name: name), options)
    }

    /// Deletes an object.
    ///
    /// - Throws: ``KubernetesError`` where `isNotFound` when there is none, `isConflict` when a precondition does not hold.
    @discardableResult
    public func delete(_ key: ObjectKey, _ options: DeleteOptions = .init()) async throws -> Deletion<Object> {
        // With a condition it meets no other object of the name; the second attempt of one that was done finds nothing.
        let isConditional = options.preconditions?.uid != nil || options.preconditions?.resourceVersion != nil
        var request = RawRequest(.DELETE, path: try path(key), isRepeatable: options.dryRun || isConditional, verb: "delete")
        request.mayConflictWithItself = !options.dryRun
        if let body = options.body { request.setBody(body) }
        let json = try await send(request, of: key, dryRun: options.dryRun)
        guard json["kind"]?.stringValue == "Status" else {
            observe(json, dryRun: options.dryRun)
            return .deleting(try decode(json))
        }
        let status = try json.decode(Status.self)
        if !options.dryRun {
            WriteObservation.observer?(
                ObservedWrite(
                    resourceType: resourceType,
                    key: ObjectKey(namespace: key.namespace ?? namespace, name: key.name),
                    uid: status.details?.uid,
                    resourceVersion: nil,
                    isDeletion: true,
                    object: nil
                )
            )
        }
        return .deleted(status)
    }

    /// Deletes an object if there is one.
    ///
    /// - Returns: whether there was one.
    /// - Throws: ``KubernetesError`` where `isConflict` when a precondition does not hold.
    @discardableResult
    public func deleteIfPresent(_ key: ObjectKey, _ options: DeleteOptions = .init()) async throws -> Bool {
        do {
            _ = try await delete(key, options)
            return true
        } catch let error as KubernetesError where error.isNotFound {
            return false
        }
    }

    /// Deletes all objects that a list would hold.
    public func deleteCollection(_ list: ListOptions = .init(), _ options: DeleteOptions = .init()) async throws {
        if resourceType.isNamespaced, namespace == nil {
            throw KubernetesError(.invalidRequest, "Deleting many \(resourceType) needs a namespace")
        }
        var request = RawRequest(
            .DELETE,
            path: resourceType.path(namespace: namespace.map(RawRequest.encode)),
            query: list.query,
            // What was made in between would go too.
            isRepeatable: options.dryRun,
            verb: "deletecollection"
        )
        if let body = options.body { request.setBody(body) }
        let all = ObjectKey(namespace: namespace, name: "")
        _ = try await executor.execute(request, lost: { if !options.dryRun { observeUncertain(all) } })
        // The answer does not tell which objects are gone and which are only going.
        if !options.dryRun { observeUncertain(all) }
    }
}
