import Foundation
import JSONValue
import KubernetesModel
import Logging

/// The verbs of all resources: reads and writes objects in the store by the rules of their kinds.
final class ResourceHandler: Sendable {
    let store: ObjectStore
    let resources: ResourceTable
    let authenticator: Authenticator
    let authorizer: Authorizer
    let addresses: ServiceAddresses
    let now: @Sendable () -> Date
    /// Makes uids.
    let makeUID: @Sendable () -> String
    /// Makes the end of a generated name.
    let makeSuffix: @Sendable () -> String
    let logger: Logger
    /// Finds the output of containers.
    let podLogs: ClusterServer.PodLogs?

    init(
        store: ObjectStore,
        resources: ResourceTable,
        authenticator: Authenticator,
        authorizer: Authorizer,
        addresses: ServiceAddresses,
        logger: Logger,
        now: @escaping @Sendable () -> Date,
        makeUID: @escaping @Sendable () -> String,
        makeSuffix: @escaping @Sendable () -> String,
        podLogs: ClusterServer.PodLogs? = nil
    ) {
        self.store = store
        self.resources = resources
        self.authenticator = authenticator
        self.authorizer = authorizer
        self.addresses = addresses
        self.logger = logger
        self.now = now
        self.makeUID = makeUID
        self.makeSuffix = makeSuffix
        self.podLogs = podLogs
    }

    /// The present time as objects show it.
    var timestamp: String { Timestamp(now()).wholeSeconds.description }

    var seconds: Int64 { Int64(now().timeIntervalSince1970) }

    /// Does what a request asks for.
    func respond(to call: APICall) async throws -> APIResponse {
        var response = try await perform(call)
        if let deprecation = call.served.deprecation { response.warnings.insert(deprecation, at: 0) }
        return response
    }

    private func perform(_ call: APICall) async throws -> APIResponse {
        if let subresource = call.request.subresource { return try await respond(to: call, subresource: subresource) }
        if let review = try Reviews.respond(to: call, handler: self) { return review }
        guard call.served.definition.verbs.contains(call.request.verb(method: call.method, isWatch: call.isWatch)) else {
            throw APIError.methodNotAllowed(call.subject)
        }
        switch (call.method, call.request.name) {
        case ("GET", .some), ("HEAD", .some): return try get(call)
        case ("GET", nil), ("HEAD", nil): return call.isWatch ? try watch(call) : try list(call)
        case ("POST", nil): return try await create(call)
        case ("PUT", .some): return try await update(call, subresource: nil)
        case ("PATCH", .some): return try await patch(call, subresource: nil)
        case ("DELETE", .some): return try await delete(call)
        case ("DELETE", nil): return try await deleteCollection(call)
        default: throw APIError.methodNotAllowed(call.subject)
        }
    }

    /// What has to happen after a write, before it is answered: definitions take effect at once.
    func afterWrite(_ storage: String, _ key: StoreKey) async {
        if storage == CustomResourceDefinitions.storage { await reconcileDefinition(key.name) }
    }

    private func respond(to call: APICall, subresource: String) async throws -> APIResponse {
        let known = call.served.definition.subresources.contains(subresource)
        switch (subresource, call.method) {
        case ("status", "GET") where known: return try get(call)
        case ("status", "PUT") where known: return try await update(call, subresource: "status")
        case ("status", "PATCH") where known: return try await patch(call, subresource: "status")
        case ("scale", "GET") where known: return try getScale(call)
        case ("scale", "PUT") where known, ("scale", "PATCH") where known: return try await writeScale(call)
        case ("finalize", "PUT") where known: return try await finalize(call)
        case ("token", "POST") where known: return try await requestToken(call)
        case ("eviction", "POST") where known: return try await evict(call)
        case ("binding", "POST") where call.served.type.kind == "Pod": return try await bind(call)
        case ("log", "GET") where call.served.type.kind == "Pod":
            return try await log(call)
        case ("exec", "GET"), ("exec", "POST"), ("attach", "GET"), ("attach", "POST"), ("portforward", "GET"), ("portforward", "POST"):
            guard call.served.type.kind == "Pod", !call.served.isCustom else { throw APIError.unknownResource }
            _ = try current(call)
            // There are no nodes that could run anything.
            throw APIError.badRequest("pod \(call.name) does not have a host assigned")
        default:
            throw known ? APIError.methodNotAllowed(call.subject) : APIError.unknownResource
        }
    }

    /// The object a request names, or 404.
    func current(_ call: APICall) throws(APIError) -> StoredObject {
        guard let object = store.get(call.served.storage, call.key) else { throw .notFound(call.subject) }
        return object
    }

    /// An object as the answer to a request, in the form that was asked for.
    func answer(_ object: StoredObject, _ call: APICall, status: Int = 200) -> APIResponse {
        guard call.format.shape == .object, call.format.encoding == .json, !call.format.isPretty else {
            return answer(call.served.served(object), call, status: status)
        }
        return APIResponse(status: status, content: .object(object, call.served))
    }

    func answer(_ object: JSON, _ call: APICall, status: Int = 200) -> APIResponse {
        switch call.format.shape {
        case .object: return .json(object, status: status)
        case .partialMetadata: return .json(TableBuilder.partial(object), status: status)
        case .table:
            let version: JSON = ["resourceVersion": object["metadata"]?["resourceVersion"] ?? ""]
            return .json(table(call).table([object], listMetadata: version, now: seconds), status: status)
        }
    }

    func table(_ call: APICall) -> TableBuilder {
        TableBuilder(
            columns: call.served.columns,
            included: TableBuilder.Included(rawValue: call.query["includeObject"] ?? "") ?? .metadata
        )
    }
}
