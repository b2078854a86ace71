import HTTPTypes
import Hummingbird
import JSONValue
import KubernetesModel
import Logging
import NIOCore

/// Answers every request of the server: finds out who asks and for what, lets faults happen, and renders the answer.
struct ClusterResponder: HTTPResponder {
    typealias Context = ClusterRequestContext

    static let bodyLimit = 3 * 1024 * 1024

    let handler: ResourceHandler
    let pages: PageHandler
    let faults: FaultInjector
    let log: RequestLog
    let logger: Logger

    func respond(to request: Request, context: ClusterRequestContext) async throws -> Response {
        var record = RequestRecord(verb: request.method.rawValue.lowercased())
        record.userAgent = request.headers[.userAgent] ?? ""
        do {
            let response = try await answer(request, context, &record)
            if case .hangUp = response.content {
                log.add(record)
                context.channel.close(mode: .all, promise: nil)
                return Response(status: .internalServerError)
            }
            record.code = response.status
            log.add(record)
            return try ResponseRenderer.render(response, request: request)
        } catch {
            let failure = Self.failure(error, logger: logger)
            record.code = failure.code
            log.add(record)
            return try ResponseRenderer.render(failure, request: request)
        }
    }

    private func answer(_ request: Request, _ context: Context, _ record: inout RequestRecord) async throws -> APIResponse {
        let path = request.uri.path
        let query = QueryParameters(request.uri.query)
        let parts = path.split(separator: "/").map { PercentEncoding.decode($0, plusIsBlank: false) }
        let caller = try await handler.authenticator.user(authorization: request.headers[.authorization], channel: context.channel)
        let user = try Impersonation.user(request.headers, caller: caller)
        if handler.authorizer.isEnforcing {
            for asked in Impersonation.attributes(request.headers) {
                try handler.authorizer.require(asked, caller, userAgent: record.userAgent)
            }
        }
        guard let resource = Self.resourceRequest(parts) else {
            var asked = AccessAttributes(verb: request.method.rawValue.lowercased())
            asked.path = path
            try handler.authorizer.require(asked, user, userAgent: record.userAgent)
            return try pages.respond(path: parts, request: request, query: query)
        }
        let isWatch = query.isTrue("watch")
        record.verb = resource.verb(method: request.method.rawValue, isWatch: isWatch)
        record.group = resource.group
        record.resource = resource.resource
        record.subresource = resource.subresource ?? ""
        record.namespace = resource.namespace ?? ""
        record.name = resource.name ?? ""
        record.isDryRun = query["dryRun"] == "All"
        try handler.authorizer.require(
            AccessAttributes(resource, verb: record.verb, query: query),
            user,
            userAgent: record.userAgent
        )
        guard let served = handler.resources.resource(group: resource.group, version: resource.version, plural: resource.resource) else {
            guard resource.group.isEmpty && resource.version == "v1" || isBuiltin(resource) else { return .pageNotFound }
            throw APIError.unknownResource
        }
        let actions = faults.actions(for: record)
        for action in actions {
            switch action {
            case .delay(let duration): try await Task.sleep(for: duration)
            case .status(let code, let retryAfter): throw FaultAction.refusal(code, retryAfter: retryAfter)
            case .dropConnection(afterWrite: false): return APIResponse(content: .hangUp)
            default: continue
            }
        }
        var call = APICall(
            method: request.method.rawValue,
            request: resource,
            served: served,
            query: query,
            format: try ResponseFormat.negotiate(request.headers[.accept]),
            contentType: request.headers[.contentType],
            body: record.isWatchOrRead ? [] : try await Self.body(request),
            user: user,
            userAgent: record.userAgent
        )
        call.format.isPretty = query.isTrue("pretty")
        for action in actions {
            if case .staleList(let back) = action { call.staleRevisions = Int64(back) }
            if case .dropWatch(let count) = action { call.dropWatchAfter = count }
        }
        let response = try await handler.respond(to: call)
        return actions.contains(.dropConnection(afterWrite: true)) ? APIResponse(content: .hangUp) : response
    }

    /// Whether the group and version belong to the server itself.
    private func isBuiltin(_ request: ResourceRequest) -> Bool {
        handler.resources.all.contains { $0.type.group == request.group && $0.type.version == request.version && !$0.isCustom }
    }

    /// What the path asks for, when it is below a version.
    private static func resourceRequest(_ parts: [String]) -> ResourceRequest? {
        if parts.count > 2, parts[0] == "api" { return ResourceRequest(group: "", version: parts[1], parts: parts[2...]) }
        if parts.count > 3, parts[0] == "apis" { return ResourceRequest(group: parts[1], version: parts[2], parts: parts[3...]) }
        return nil
    }

    private static func body(_ request: Request) async throws -> [UInt8] {
        do {
            let buffer = try await request.body.collect(upTo: bodyLimit)
            return Array(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            throw APIError.tooLarge(limit: bodyLimit)
        }
    }

    private static func failure(_ error: any Error, logger: Logger) -> APIError {
        if let error = error as? APIError { return error }
        if error is CancellationError {
            return APIError(code: 503, reason: "ServiceUnavailable", message: "the server is shutting down", details: [:])
        }
        logger.error("A request failed", metadata: ["error": "\(error)"])
        return .internalError("\(error)")
    }
}

extension RequestRecord {
    fileprivate var isWatchOrRead: Bool { ["get", "list", "watch", "head"].contains(verb) }
}
