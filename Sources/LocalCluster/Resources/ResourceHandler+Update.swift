import JSONValue
import KubernetesModel

extension ResourceHandler {
    /// The wanted state of an object, made from its live state.
    struct Wanted: Sendable {
        var object: JSON
        var warnings: [String] = []
        /// Whether `managedFields` are up to date already (server-side apply).
        var isTracked = false
    }

    func update(_ call: APICall, subresource: String?) async throws -> APIResponse {
        let options = try WriteOptions(call.query, kind: "UpdateOptions")
        let body = try BodyDecoder.object(call.body, contentType: call.contentType, kind: call.served.type.kind)
        let duplicates = BodyDecoder.duplicates(call, options.fieldValidation)
        let decoded = try decode(body, call, options.fieldValidation, duplicates: duplicates)
        var object = decoded.object
        try Self.checkName(object, call)
        object[at: ["metadata", "name"]] = .string(call.name)
        if subresource == nil, call.served.definition.allowsCreateOnUpdate, store.get(call.served.storage, call.key) == nil {
            object[at: ["metadata", "resourceVersion"]] = nil
            try requireCreation(call)
            let written = try await insert(object, call, options) { prepared in
                self.track(live: call.served.strategy.zeroObject, new: prepared, isCreate: true, call, options, subresource: nil)
            }
            return answer(written, warnings: decoded.warnings + written.warnings, call)
        }
        if ObjectFields.resourceVersion(object) == nil, Self.needsVersion(call.served) {
            _ = try current(call)
            throw APIError.invalid(
                call.subject,
                [.init("FieldValueInvalid", "metadata.resourceVersion", "Invalid value: 0: must be specified for an update")]
            )
        }
        let written = try await modify(call, subresource: subresource, options: options) { _ in Wanted(object: object) }
        return answer(written, warnings: decoded.warnings + written.warnings, call)
    }

    /// Kinds that take no update without a version.
    private static func needsVersion(_ served: ServedResource) -> Bool {
        served.isCustom || served.type.kind == "CustomResourceDefinition" || served.type.kind == "Lease"
    }

    static func checkName(_ object: JSON, _ call: APICall) throws(APIError) {
        let name = ObjectFields.name(object)
        guard name.isEmpty || name == call.name else {
            throw .badRequest("the name of the object (\(name)) does not match the name on the URL (\(call.name))")
        }
        let namespace = ObjectFields.namespace(object)
        guard !call.served.type.isNamespaced || namespace.isEmpty || namespace == call.request.namespace else {
            throw .badRequest(
                "the namespace of the object (\(namespace)) does not match the namespace on the URL "
                    + "(\(call.request.namespace ?? ""))"
            )
        }
    }

    /// Replaces the live state of an object by one that is made from it; tries again when somebody else was faster, unless the wanted
    /// state names the version it was made for.
    func modify(
        _ call: APICall,
        subresource: String?,
        options: WriteOptions,
        wanted: (JSON) throws -> Wanted
    ) async throws -> Written {
        for _ in 0..<50 {
            let stored = try current(call)
            let live = call.served.served(stored)
            let wanted = try wanted(live)
            let version = ObjectFields.resourceVersion(wanted.object)
            try Self.checkUID(wanted.object, live: live, call)
            if let version, version != String(stored.revision) { throw APIError.conflict(call.subject) }
            try Self.checkName(wanted.object, call)
            let allocations = RequestAllocations(pool: addresses)
            do {
                let final = try prepareChange(
                    wanted,
                    live: live,
                    call,
                    options,
                    subresource: subresource,
                    allocations: allocations
                )
                try admit(final, old: live, call)
                let warnings =
                    wanted.warnings + (call.served.isCustom ? MetadataValidation.finalizerWarnings(final, old: live) : [])
                if ObjectChange.isUnchanged(final, live) {
                    allocations.undo()
                    return Written(object: live, stored: stored, warnings: warnings)
                }
                if options.isDryRun {
                    allocations.undo()
                    return Written(object: final, warnings: warnings)
                }
                if Self.isFinished(final) {
                    try await store.delete(
                        resource: stored.resource,
                        key: stored.key,
                        expected: stored.revision,
                        last: call.served.strategy.toStored(final)
                    )
                    await removed(final, stored)
                    return Written(object: final, warnings: warnings)
                }
                let result = try await store.put(
                    call.served.strategy.toStored(final),
                    resource: stored.resource,
                    key: stored.key,
                    expected: stored.revision
                )
                await afterWrite(stored.resource, stored.key)
                return Written(object: final, stored: result, warnings: warnings)
            } catch StoreError.conflict {
                allocations.undo()
                // A version that was current a moment ago is not any more; a change without one is made again.
                if version != nil, !wanted.isTracked, call.method == "PUT" { throw APIError.conflict(call.subject) }
            } catch StoreError.notFound {
                allocations.undo()
                throw APIError.notFound(call.subject)
            } catch {
                allocations.undo()
                throw error
            }
        }
        throw APIError.conflict(call.subject)
    }

    private func prepareChange(
        _ wanted: Wanted,
        live: JSON,
        _ call: APICall,
        _ options: WriteOptions,
        subresource: String?,
        allocations: RequestAllocations
    ) throws -> JSON {
        let strategy = call.served.strategy
        var object = wanted.object
        let kept = [
            "name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "resourceVersion",
        ]
        for field in kept {
            object[at: ["metadata", field]] = live["metadata"]?[field]
        }
        object[at: ["metadata", "selfLink"]] = nil
        object = strategy.prepareUpdate(object, old: live, subresource: subresource)
        if !wanted.isTracked {
            object = track(live: live, new: object, isCreate: false, call, options, subresource: subresource)
        }
        do throws(FieldErrors) {
            object = try strategy.finishUpdate(object, old: live, subresource: subresource, environment: allocations)
        } catch {
            throw APIError(strategy.invalidStatus(error.errors, name: call.name))
        }
        let errors = strategy.validateUpdate(object, old: live, subresource: subresource)
        guard errors.isEmpty else { throw APIError(strategy.invalidStatus(errors, name: call.name)) }
        return object
    }

    private static func checkUID(_ object: JSON, live: JSON, _ call: APICall) throws(APIError) {
        let given = ObjectFields.uid(object)
        let uid = ObjectFields.uid(live)
        guard given.isEmpty || given == uid else {
            throw .conflict(
                call.subject,
                because: "StorageError: invalid object, Code: 4, Key: /\(call.served.storage)/\(call.key), ResourceVersion: 0, "
                    + "AdditionalErrorMsg: Precondition failed: UID in precondition: \(given), UID in object meta: \(uid)"
            )
        }
    }

    /// Whether nothing holds a deleted object any more.
    static func isFinished(_ object: JSON) -> Bool {
        guard ObjectFields.isDeleting(object), ObjectFields.finalizers(object).isEmpty else { return false }
        if object["kind"] == "Namespace", object["apiVersion"] == "v1" {
            return (object["spec"]?["finalizers"]?.arrayValue ?? []).isEmpty
        }
        return (object["metadata"]?["deletionGracePeriodSeconds"]?.integerValue ?? 0) == 0
    }

    /// Follows up the removal of an object.
    func removed(_ object: JSON, _ stored: StoredObject) async {
        if stored.resource == "services" { addresses.release(object) }
        await afterWrite(stored.resource, stored.key)
    }
}
