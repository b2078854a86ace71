import JSONValue
import KubernetesModel

extension ResourceHandler {
    /// An object as it came in, in canonical form, with what is to be said about it.
    struct Decoded: Sendable {
        var object: JSON
        var warnings: [String]
    }

    /// What a write left: the object, and its stored form when there is one.
    struct Written: Sendable {
        var object: JSON
        var stored: StoredObject?
        var warnings: [String] = []
        var isNew = false
    }

    func create(_ call: APICall) async throws -> APIResponse {
        let options = try WriteOptions(call.query, kind: "CreateOptions")
        let body = try BodyDecoder.object(call.body, contentType: call.contentType, kind: call.served.type.kind)
        let duplicates = BodyDecoder.duplicates(call, options.fieldValidation)
        let decoded = try decode(body, call, options.fieldValidation, duplicates: duplicates)
        if call.served.type.isNamespaced, call.request.namespace == nil { throw APIError.methodNotAllowed(call.subject) }
        let written = try await insert(decoded.object, call, options) { prepared in
            self.track(live: call.served.strategy.zeroObject, new: prepared, isCreate: true, call, options, subresource: nil)
        }
        return answer(written, warnings: decoded.warnings + written.warnings, call)
    }

    func answer(_ written: Written, warnings: [String], _ call: APICall) -> APIResponse {
        let status = written.isNew ? 201 : 200
        var response = written.stored.map { answer($0, call, status: status) } ?? answer(written.object, call, status: status)
        response.warnings = warnings
        return response
    }

    /// Brings a body into canonical form.
    ///
    /// - Parameter duplicates: Members that the text of the body had more than once.
    func decode(
        _ body: JSON,
        _ call: APICall,
        _ validation: WriteOptions.FieldValidation,
        duplicates: [String] = []
    ) throws -> Decoded {
        let type = call.served.type
        guard case .object = body else {
            throw APIError.badRequest(
                "the object provided is unrecognized (must be of type \(type.kind)): couldn't get version/kind; json: cannot unmarshal "
                    + "into Go value of type struct { APIVersion string; Kind string }"
            )
        }
        var body = body
        if let version = body["apiVersion"]?.stringValue, !version.isEmpty {
            guard version == type.apiVersion else {
                throw APIError.badRequest(
                    "the API version in the data (\(version)) does not match the expected API version (\(type.apiVersion))"
                )
            }
        } else {
            body["apiVersion"] = .string(type.apiVersion)
        }
        if let kind = body["kind"]?.stringValue, !kind.isEmpty {
            if kind != type.kind, !call.served.isCustom {
                throw APIError.badRequest(
                    "\(kind) in version \"\(type.version)\" cannot be handled as a \(type.kind): converting (\(type.version).\(kind)) to "
                        + "(\(type.kind)): unknown conversion"
                )
            }
        } else {
            body["kind"] = .string(type.kind)
        }
        let decoded: DecodedObject
        do throws(DecodeFailure) {
            decoded = try call.served.strategy.decode(body)
            if validation == .strict, !decoded.unknownFields.isEmpty || !duplicates.isEmpty {
                throw DecodeFailure.strict(
                    kind: type.kind,
                    version: type.version,
                    duplicateFields: duplicates,
                    unknownFields: decoded.unknownFields
                )
            }
        } catch {
            throw APIError(error.status)
        }
        guard validation == .warn else { return Decoded(object: decoded.object, warnings: []) }
        let warnings = duplicates.map { "duplicate field \"\($0)\"" } + decoded.unknownFields.map { "unknown field \"\($0)\"" }
        return Decoded(object: decoded.object, warnings: warnings)
    }

    /// Records who wrote which fields.
    func track(live: JSON, new: JSON, isCreate: Bool, _ call: APICall, _ options: WriteOptions, subresource: String?) -> JSON {
        let strategy = call.served.strategy
        let identity = FieldManagerIdentity(
            manager: call.fieldManager(options),
            operation: .update,
            apiVersion: call.served.type.apiVersion,
            subresource: strategy.definition.tracksSubresource ? subresource : nil
        )
        return FieldManager.update(
            live: live,
            new: new,
            isCreate: isCreate,
            identity: identity,
            schema: strategy.mergeSchema,
            now: timestamp
        )
    }

    /// Writes a new object.
    ///
    /// - Parameter track: Adds `managedFields` to the prepared object; the identity when they are there already.
    func insert(_ object: JSON, _ call: APICall, _ options: WriteOptions, track: (JSON) -> JSON) async throws -> Written {
        let served = call.served
        var object = object
        if served.isTerminating {
            throw APIError(
                code: 405,
                reason: "MethodNotAllowed",
                message: "create not allowed while custom resource definition is terminating",
                details: [:]
            )
        }
        try checkNamespace(&object, call)
        if ObjectFields.resourceVersion(object) != nil {
            throw APIError.unclassified("resourceVersion should not be set on objects to be created")
        }
        let generateName = object["metadata"]?["generateName"]?.stringValue ?? ""
        let isGenerated = ObjectFields.name(object).isEmpty && !generateName.isEmpty
        for attempt in 0..<8 {
            if isGenerated { object[at: ["metadata", "name"]] = .string(String(generateName.prefix(58)) + makeSuffix()) }
            let key = served.key(namespace: call.request.namespace, name: ObjectFields.name(object))
            let allocations = RequestAllocations(pool: addresses)
            do {
                let final = try prepareNew(object, call, allocations: allocations, track: track)
                try admit(final, old: nil, call)
                if store.get(served.storage, key) != nil { throw StoreError.alreadyExists }
                let warnings = served.isCustom ? MetadataValidation.finalizerWarnings(final, old: nil) : []
                if options.isDryRun {
                    allocations.undo()
                    return Written(object: final, warnings: warnings, isNew: true)
                }
                let stored = try await store.put(
                    served.strategy.toStored(final),
                    resource: served.storage,
                    key: key,
                    expected: nil
                )
                await afterWrite(served.storage, key)
                return Written(object: final, stored: stored, warnings: warnings, isNew: true)
            } catch StoreError.alreadyExists {
                allocations.undo()
                if isGenerated, attempt < 7 { continue }
                throw APIError.alreadyExists(served.subject(key.name))
            } catch {
                allocations.undo()
                throw error
            }
        }
        throw APIError.alreadyExists(call.subject)
    }

    private func prepareNew(
        _ object: JSON,
        _ call: APICall,
        allocations: RequestAllocations,
        track: (JSON) -> JSON
    ) throws -> JSON {
        let strategy = call.served.strategy
        var object = object
        object[at: ["metadata", "uid"]] = .string(makeUID())
        object[at: ["metadata", "creationTimestamp"]] = .string(timestamp)
        for field in ["deletionTimestamp", "deletionGracePeriodSeconds", "resourceVersion", "selfLink"] {
            object[at: ["metadata", field]] = nil
        }
        object = track(strategy.prepareCreate(object))
        let name = ObjectFields.name(object)
        do throws(FieldErrors) {
            object = try strategy.finishCreate(object, environment: allocations)
        } catch {
            throw APIError(strategy.invalidStatus(error.errors, name: name))
        }
        let errors = strategy.validateCreate(object)
        guard errors.isEmpty else { throw APIError(strategy.invalidStatus(errors, name: name)) }
        return object
    }

    /// The namespace of the body must be the one of the path, and must be there and not on its way out.
    private func checkNamespace(_ object: inout JSON, _ call: APICall) throws {
        let given = ObjectFields.namespace(object)
        guard call.served.type.isNamespaced, let namespace = call.request.namespace else {
            object[at: ["metadata", "namespace"]] = nil
            return
        }
        guard given.isEmpty || given == namespace else {
            throw APIError.badRequest("the namespace of the provided object does not match the namespace sent on the request")
        }
        object[at: ["metadata", "namespace"]] = .string(namespace)
        guard let found = store.get("namespaces", StoreKey(namespace: "", name: namespace)) else {
            throw APIError.notFound(ErrorSubject(resource: "namespaces", group: "", name: namespace))
        }
        if found.isDeleting {
            throw APIError.forbidden(
                call.served.subject(ObjectFields.name(object)),
                because: "unable to create new content in namespace \(namespace) because it is being terminated",
                causes: [.init("NamespaceTerminating", "metadata.namespace", "namespace \(namespace) is being terminated")]
            )
        }
    }
}
