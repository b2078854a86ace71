import JSONValue
import KubernetesModel

/// Writes of the server's own controllers: by the same rules as requests, but not counted as such.
extension ResourceHandler {
    /// A call as a controller makes it.
    func call(_ served: ServedResource, _ key: StoreKey, manager: String, method: String = "PATCH") -> APICall {
        let parts = key.namespace.isEmpty ? [served.type.plural, key.name] : ["namespaces", key.namespace, served.type.plural, key.name]
        let request =
            ResourceRequest(group: served.type.group, version: served.type.version, parts: parts[...])
            ?? ResourceRequest(group: served.type.group, version: served.type.version, resource: served.type.plural, name: key.name)
        return APICall(
            method: method,
            request: request,
            served: served,
            query: QueryParameters("fieldManager=\(manager)"),
            format: ResponseFormat(),
            contentType: nil,
            body: [],
            user: .administrator,
            userAgent: manager
        )
    }

    /// Changes an object; nil from `change`, and an object that is gone, mean that there is nothing to do.
    func controllerUpdate(
        _ served: ServedResource,
        _ key: StoreKey,
        subresource: String?,
        manager: String,
        change: (JSON) -> JSON?
    ) async throws {
        struct NothingToDo: Error {}
        let call = call(served, key, manager: manager)
        do {
            _ = try await modify(call, subresource: subresource, options: WriteOptions(call.query, kind: "UpdateOptions")) { live in
                guard let changed = change(live) else { throw NothingToDo() }
                return Wanted(object: changed)
            }
        } catch is NothingToDo {
            return
        } catch let error as APIError where error.code == 404 {
            return
        }
    }

    /// Creates an object unless it is there.
    func controllerCreate(_ served: ServedResource, _ object: JSON, namespace: String?, manager: String) async throws {
        let key = served.key(namespace: namespace, name: ObjectFields.name(object))
        guard store.get(served.storage, key) == nil else { return }
        var call = call(served, key, manager: manager, method: "POST")
        call.request.name = nil
        let options = try WriteOptions(call.query, kind: "CreateOptions")
        let decoded = try decode(object, call, .ignore)
        do {
            _ = try await insert(decoded.object, call, options) { prepared in
                self.track(live: served.strategy.zeroObject, new: prepared, isCreate: true, call, options, subresource: nil)
            }
        } catch let error as APIError where error.reason == "AlreadyExists" {
            return
        }
    }
}
