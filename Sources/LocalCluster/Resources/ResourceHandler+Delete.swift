import JSONValue
import KubernetesModel

extension ResourceHandler {
    func delete(_ call: APICall) async throws -> APIResponse {
        let body = try BodyDecoder.options(call.body, contentType: call.contentType)
        let options = try DeleteOptions(call.query, body: body)
        return try await delete(call, options: options)
    }

    func delete(_ call: APICall, options: DeleteOptions) async throws -> APIResponse {
        let served = call.served
        if served.type.kind == "Namespace", served.type.group.isEmpty, ["default", "kube-system", "kube-public"].contains(call.name) {
            _ = try current(call)
            throw APIError.forbidden(call.subject, because: "this namespace may not be deleted")
        }
        let outcome = try await remove(served, call.key, options: options)
        switch outcome {
        case .removed(let object) where Self.returnsObject.contains(served.type.kind) && !served.isCustom:
            return answer(served.strategy.fromStored(object), call)
        case .removed(let object):
            var details = call.subject.details
            details["uid"] = .string(ObjectFields.uid(object))
            return .json([
                "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "details": .object(details),
            ])
        case .marked(let object):
            return answer(served.strategy.fromStored(object), call)
        }
    }

    /// Kinds whose deletion is answered with the object.
    private static let returnsObject: Set<String> = [
        "Pod", "Service", "ServiceAccount", "PersistentVolume", "PersistentVolumeClaim", "PodTemplate", "ResourceQuota",
    ]

    /// What became of an object that was to be deleted: its stored form.
    enum Removal: Sendable {
        case removed(JSON)
        /// It stays until its finalizers or its grace period are over.
        case marked(JSON)
    }

    /// Deletes one object: removes it, or marks it when something holds it.
    func remove(_ served: ServedResource, _ key: StoreKey, options: DeleteOptions) async throws -> Removal {
        for _ in 0..<50 {
            guard let stored = store.get(served.storage, key) else { throw APIError.notFound(served.subject(key.name)) }
            try Self.check(options, stored, served)
            let plan = DeletionPlan(object: stored.json, served: served, options: options, now: now())
            if plan.isRemoval {
                if options.isDryRun { return .removed(stored.json) }
                do {
                    try await store.delete(resource: stored.resource, key: key, expected: stored.revision, last: plan.object)
                } catch StoreError.conflict {
                    continue
                } catch StoreError.notFound {
                    throw APIError.notFound(served.subject(key.name))
                }
                await removed(stored.json, stored)
                return .removed(stored.json)
            }
            if plan.object == stored.json { return .marked(stored.json) }
            if options.isDryRun { return .marked(plan.object) }
            do {
                let marked = try await store.put(plan.object, resource: stored.resource, key: key, expected: stored.revision)
                await afterWrite(stored.resource, key)
                return .marked(marked.json)
            } catch StoreError.conflict {
                continue
            } catch StoreError.notFound {
                throw APIError.notFound(served.subject(key.name))
            }
        }
        throw APIError.conflict(served.subject(key.name))
    }

    private static func check(_ options: DeleteOptions, _ stored: StoredObject, _ served: ServedResource) throws(APIError) {
        let subject = served.kindSubject(stored.key.name)
        if let uid = options.uid, uid != stored.uid {
            throw .conflict(
                subject,
                because:
                    "the UID in the precondition (\(uid)) does not match the UID in record (\(stored.uid)). The object might have been "
                    + "deleted and then recreated"
            )
        }
        if let version = options.resourceVersion, version != String(stored.revision) {
            throw .conflict(
                subject,
                because: "the ResourceVersion in the precondition (\(version)) does not match the ResourceVersion in record "
                    + "(\(stored.revision)). The object might have been modified"
            )
        }
    }

    func deleteCollection(_ call: APICall) async throws -> APIResponse {
        let body = try BodyDecoder.options(call.body, contentType: call.contentType)
        let options = try DeleteOptions(call.query, body: body)
        let selection = try ObjectSelection(call.query, definition: call.served.definition)
        let namespace = call.served.type.isNamespaced ? call.request.namespace : nil
        let snapshot = try store.list(call.served.storage, namespace: namespace)
        let chosen = snapshot.objects.filter { selection.isEverything || selection.matches(call.served.served($0)) }
        for object in chosen {
            do {
                _ = try await remove(call.served, object.key, options: options)
            } catch let error as APIError where error.code == 404 {
                continue
            }
        }
        return answer(chosen, call, metadata: ["resourceVersion": .string(String(snapshot.revision))])
    }
}
