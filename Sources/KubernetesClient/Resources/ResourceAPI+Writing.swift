import JSONValue
import KubernetesModel
import NIOHTTP1

extension ResourceAPI {
    /// Stores a new object.
    ///
    /// - Returns: the object with what the server added.
    @discardableResult
    public func create(_ object: Object, _ options: WriteOptions = .init()) async throws -> Object {
        try requireWholeObjects()
        let json = try ObjectCoding.encode(object, resource: resourceType, namespace: namespace)
        var request = RawRequest(
            .POST,
            path: try collectionPath(for: json),
            query: options.query,
            isRepeatable: options.dryRun,
            verb: "create"
        )
        request.setBody(json)
        let metadata = json["metadata"]
        let key = ObjectKey(namespace: metadata?["namespace"]?.stringValue, name: metadata?["name"]?.stringValue ?? "")
        return try await write(request, key, dryRun: options.dryRun)
    }

    /// Replaces an object. When it carries a `resourceVersion`, only if nobody changed it since.
    ///
    /// - Throws: ``KubernetesError`` where `isConflict` when somebody did. When the answer was lost and nobody can tell whether the change
    ///   was made, its code is `transport`, as for every other write.
    @discardableResult
    public func update(_ object: Object, _ options: WriteOptions = .init()) async throws -> Object {
        try await replace(object, subresource: nil, options)
    }

    /// Replaces an object's status. Nothing else changes.
    ///
    /// - Throws: ``KubernetesError`` where `isConflict` when the object carries a `resourceVersion` and somebody changed it since.
    @discardableResult
    public func updateStatus(_ object: Object, _ options: WriteOptions = .init()) async throws -> Object {
        try await replace(object, subresource: "status", options)
    }

    private func replace(_ object: Object, subresource: String?, _ options: WriteOptions) async throws -> Object {
        try requireWholeObjects()
        let json = try ObjectCoding.encode(object, resource: resourceType, namespace: namespace)
        // With a version it is done at most once: the second attempt of one that was done is a conflict.
        let isConditional = json[at: ["metadata", "resourceVersion"]]?.stringValue?.isEmpty == false
        var request = RawRequest(
            .PUT,
            path: try path(object.key, subresource: subresource),
            query: options.query,
            isRepeatable: options.dryRun || isConditional,
            verb: "update"
        )
        request.mayConflictWithItself = !options.dryRun
        request.setBody(json)
        return try await write(request, object.key, dryRun: options.dryRun)
    }

    /// Server-side apply (KEP-555): the fields of the object become those of the field manager, and fields it owned before and does not
    /// name any more go.
    ///
    /// - Parameters:
    ///   - object: only the fields the manager cares about; `managedFields` and `resourceVersion` are left out.
    ///   - fieldManager: a stable name of who applies.
    ///   - force: whether fields of others are taken over instead of being a conflict. Default: no.
    ///   - dryRun: whether everything happens but the storing. Default: no.
    ///   - subresource: as in `status`.
    ///   - fieldValidation: what the server does about unknown fields; `nil` for its default.
    /// - Throws: ``KubernetesError`` where `isConflict` when another manager owns a field; ``KubernetesError/fieldConflicts`` names both.
    @discardableResult
    public func apply(
        _ object: Object,
        fieldManager: String,
        force: Bool = false,
        dryRun: Bool = false,
        subresource: String? = nil,
        fieldValidation: WriteOptions.FieldValidation? = nil
    ) async throws -> Object {
        let json = try ObjectCoding.encode(object, resource: resourceType, namespace: namespace)
        return try await apply(
            json: json,
            key: object.key,
            fieldManager: fieldManager,
            force: force,
            dryRun: dryRun,
            subresource: subresource,
            fieldValidation: fieldValidation
        )
    }

    /// Server-side apply of JSON; see ``apply(_:fieldManager:force:dryRun:subresource:fieldValidation:)``.
    @discardableResult
    public func apply(
        json: JSON,
        key: ObjectKey,
        fieldManager: String,
        force: Bool = false,
        dryRun: Bool = false,
        subresource: String? = nil,
        fieldValidation: WriteOptions.FieldValidation? = nil
    ) async throws -> Object {
        var json = json
        ObjectCoding.complete(&json, resource: resourceType, namespace: key.namespace ?? namespace)
        json[at: ["metadata", "name"]] = .string(key.name)
        // The server refuses managedFields in an apply, and a version would make it conditional.
        json[at: ["metadata", "managedFields"]] = nil
        json[at: ["metadata", "resourceVersion"]] = nil
        var query = [("fieldManager", fieldManager), ("force", force ? "true" : "false")]
        if dryRun { query.append(("dryRun", "All")) }
        if let fieldValidation { query.append(("fieldValidation", fieldValidation.rawValue)) }
        // Applying the same twice is the same as once.
        var request = RawRequest(
            .PATCH,
            path: try path(key, subresource: subresource),
            query: query,
            isRepeatable: true,
            verb: "apply"
        )
        request.setBody(json, contentType: "application/apply-patch+yaml")
        return try await write(request, key, dryRun: dryRun)
    }

    /// Server-side apply of an object's status; see ``apply(_:fieldManager:force:dryRun:subresource:fieldValidation:)``.
    @discardableResult
    public func applyStatus(_ object: Object, fieldManager: String, force: Bool = false, dryRun: Bool = false) async throws -> Object {
        try await apply(object, fieldManager: fieldManager, force: force, dryRun: dryRun, subresource: "status")
    }

    /// Changes an object in part.
    ///
    /// - Parameter subresource: as in `status`.
    @discardableResult
    public func patch(
        _ key: ObjectKey,
        _ patch: Patch,
        subresource: String? = nil,
        _ options: WriteOptions = .init()
    ) async throws -> Object {
        var request = RawRequest(
            .PATCH,
            path: try path(key, subresource: subresource),
            query: options.query,
            isRepeatable: options.dryRun,
            verb: "patch"
        )
        request.setBody(patch.body, contentType: patch.contentType)
        return try await write(request, key, dryRun: options.dryRun)
    }

    /// Changes an object by a merge patch (RFC 7386).
    @discardableResult
    public func mergePatch(_ key: ObjectKey, _ json: JSON, subresource: String? = nil) async throws -> Object {
        try await patch(key, .merge(json), subresource: subresource)
    }

    /// Changes an object by a merge patch (RFC 7386).
    @discardableResult
    public func mergePatch(_ name: String, _ json: JSON, subresource: String? = nil) async throws -> Object {
        try await patch(ObjectKey(name: name), .merge(json), subresource: subresource)
    }

    /// Changes an object by a JSON patch (RFC 6902).
    @discardableResult
    public func jsonPatch(_ key: ObjectKey, _ json: JSON, subresource: String? = nil) async throws -> Object {
        try await patch(key, .json(json), subresource: subresource)
    }

    /// Changes an object by a JSON patch (RFC 6902).
    @discardableResult
    public func jsonPatch(_ name: String, _ json: JSON, subresource: String? = nil) async throws -> Object {
        try await patch(ObjectKey(name: name), .json(json), subresource: subresource)
    }

    private func write(_ request: RawRequest, _ key: ObjectKey, dryRun: Bool) async throws -> Object {
        let json = try await send(request, of: key, dryRun: dryRun)
        observe(json, dryRun: dryRun)
        return try decode(json)
    }
}
