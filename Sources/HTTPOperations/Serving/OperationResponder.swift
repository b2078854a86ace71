import HTTPTypes
import Hummingbird
import HummingbirdCore
import JSONValue
import Logging
import Metrics
import NIOCore

/// Answers requests with the operations of some surfaces: finds the operation, lets the caller in, reads the body, runs it, writes the answer or the error.
public struct OperationResponder: HTTPResponder {
    public typealias Context = OperationRequestContext

    /// An operation with what its surface says.
    private struct Route: Sendable {
        let label: OperationLabel
        let takesBody: Bool
        let takesForm: Bool
        let content: ContentDeclaration?
        let handler: OperationHandler
        let surface: Surface
    }

    private let routes: RouteTable<Route>
    private let surfaces: [Surface]
    private let addresses: ClientAddresses
    private let metrics: OperationMetrics
    private let makeRequestID: @Sendable () -> String
    private let noteRefusal: @Sendable (RefusedRequest) -> Void
    private let clock = ContinuousClock()

    /// Makes a responder.
    ///
    /// - Parameters:
    ///   - surfaces: what is served; the first one's envelope is used for paths that belong to none.
    ///   - addresses: how clients' addresses are found; default that of the connection.
    ///   - metrics: where the figures go; default the process-wide factory.
    ///   - makeRequestID: makes ids for requests without one.
    ///   - noteRefusal: is told of requests that a known caller was refused (403); must not wait. Default nobody is told.
    /// - Throws: `RouteTable.Conflict` when two operations have the same method and path, `SchemaError` when a type has no schema.
    public init(
        surfaces: [Surface],
        addresses: ClientAddresses = ClientAddresses(),
        metrics: (any MetricsFactory)? = nil,
        makeRequestID: @escaping @Sendable () -> String = { RequestID.random() },
        noteRefusal: @escaping @Sendable (RefusedRequest) -> Void = { _ in }
    ) throws {
        var routes = RouteTable<Route>()
        for surface in surfaces {
            for operation in surface.operations {
                try routes.insert(
                    method: operation.label.method.rawValue,
                    template: operation.label.path.prefixed(by: surface.basePath),
                    value: Route(
                        label: operation.label,
                        takesBody: operation.takesBody,
                        takesForm: operation.takesForm,
                        content: operation.content,
                        handler: try operation.prepare(),
                        surface: surface
                    )
                )
            }
        }
        self.routes = routes
        self.surfaces = surfaces
        self.addresses = addresses
        self.metrics = OperationMetrics(factory: metrics ?? MetricsSystem.factory)
        self.makeRequestID = makeRequestID
        self.noteRefusal = noteRefusal
    }

    public func respond(to request: Request, context: OperationRequestContext) async throws -> Response {
        let start = clock.now
        let requestID = request.headers[.requestID].flatMap { RequestID.isAcceptable($0) ? $0 : nil } ?? makeRequestID()
        var logger = context.logger
        logger[metadataKey: "request_id"] = .string(requestID)
        var progress = Progress()
        var answer: OperationResponse
        do {
            let client = addresses.client(
                channel: context.remoteAddress,
                forwardedFor: request.headers[values: .forwardedFor]
            )
            answer = try await handle(request, from: client, requestID: requestID, logger: logger, progress: &progress)
            applyConditions(request, to: &answer)
        } catch {
            answer = render(error, requestID: requestID, surface: progress.surface, logger: logger)
            if answer.status == .forbidden, let principal = progress.principal {
                noteRefusal(
                    RefusedRequest(
                        operationID: progress.operationID,
                        requestID: requestID,
                        path: String(request.uri.path.prefix(512)),
                        principal: principal,
                        code: (error as? OperationError)?.code ?? "FORBIDDEN"
                    )
                )
            }
        }
        answer.headers[.requestID] = requestID
        answer.headers[.xContentTypeOptions] = "nosniff"
        if answer.headers[.cacheControl] == nil { answer.headers[.cacheControl] = "no-store" }
        let duration = start.duration(to: clock.now)
        metrics.record(operation: progress.operationID, status: answer.status.code, duration: duration)
        logger.info(
            "request",
            metadata: [
                "operation": .string(progress.operationID), "method": .string(request.method.rawValue),
                "path": .string(String(request.uri.path.prefix(512))), "status": .stringConvertible(answer.status.code),
                "duration_ms": .stringConvertible(duration.milliseconds), "principal": .string(progress.subject),
            ]
        )
        return response(answer, headOnly: request.method == .head)
    }

    /// What is known of a request so far, for the log and the envelope.
    private struct Progress {
        var operationID = "unknown"
        var principal: Principal?
        var surface: Surface?
        var subject: String { principal?.subject ?? "-" }
    }

    private func handle(
        _ request: Request,
        from client: String?,
        requestID: String,
        logger: Logger,
        progress: inout Progress
    ) async throws -> OperationResponse {
        guard let target = RequestTarget(parsing: request.uri.string) else {
            // What can be read of it says whose error it is.
            progress.surface = surface(of: RequestTarget.readableParts(of: request.uri.path))
            throw OperationError.malformed("The path or query holds a percent escape that is broken or stands for no text.")
        }
        progress.surface = surface(of: target.parts)
        let method = request.method == .head ? HTTPRequest.Method.get : request.method
        let route: Route
        let parameters: [String: String]
        switch routes.match(method: method.rawValue, parts: target.parts) {
        case .found(let found, let values): (route, parameters) = (found, values)
        case .methodNotAllowed(let allowed): throw OperationError.methodNotAllowed(allowed)
        case .unknown: throw OperationError.unknownPath
        }
        progress.surface = route.surface
        progress.operationID = route.label.id
        let principal = try await identify(request, from: client, at: route)
        progress.principal = principal
        if let refusal = route.label.access.refusal(of: principal) { throw refusal }
        var input = OperationInput(path: parameters, query: target.query)
        if let content = route.content {
            input.content = try await RequestBodyReader(limit: content.limit, timeout: route.surface.timeout).read(request, as: content)
            input.body = input.content.map { .string(ContentDigest.hexadecimal(of: $0)) }
        } else if route.takesBody {
            let reader = RequestBodyReader(limit: route.surface.bodyLimit, timeout: route.surface.timeout, takesForm: route.takesForm)
            input.body = try await reader.read(request)
        }
        let context = OperationContext(
            operationID: route.label.id,
            requestID: requestID,
            principal: principal,
            headers: request.headers,
            path: request.uri.path,
            query: target.query,
            body: input.body,
            remoteAddress: client,
            logger: logger
        )
        do {
            return try await withDeadline(route.label.timeout ?? route.surface.timeout) { [input] in
                try await route.handler(input, context)
            }
        } catch is DeadlineExceeded {
            throw OperationError.timeout
        }
    }

    private func identify(_ request: Request, from client: String?, at route: Route) async throws -> Principal {
        if route.label.access == .open { return .anonymous }
        let authenticator = route.surface.authenticator
        guard let principal = try await authenticator.authenticate(request.headers, from: client, method: request.method) else {
            throw OperationError.unauthorized(route.surface.credentials, loginPath: route.surface.loginPath)
        }
        return principal
    }

    /// The surface whose base path begins the path; the longest one wins.
    private func surface(of parts: [String]) -> Surface? {
        surfaces.filter { surface in
            let base = surface.basePath.segments
            return base.count <= parts.count && zip(base, parts).allSatisfy { $0 == .literal($1) }
        }.max { $0.basePath.segments.count < $1.basePath.segments.count }
    }

    private func render(_ error: any Error, requestID: String, surface: Surface?, logger: Logger) -> OperationResponse {
        let envelope = surface?.envelope ?? surfaces.first?.envelope ?? .coded
        let known = envelope.adapted(error as? OperationError ?? .internalError(error))
        if known.status.kind == .serverError {
            logger.error("request failed", metadata: ["error": .string(known.description)])
        } else if known.status == .unauthorized || known.status == .forbidden {
            logger.notice("request not admitted", metadata: ["code": .string(known.code)])
        } else if let cause = known.cause {
            logger.debug("request refused", metadata: ["error": .string(known.description), "cause": .string("\(cause)")])
        }
        return .json(envelope.render(known, requestID), status: known.status, headers: known.headers)
    }

    /// Answers 304 when a read's answer is the version the caller already has.
    private func applyConditions(_ request: Request, to answer: inout OperationResponse) {
        guard request.method == .get || request.method == .head, answer.status == .ok, let text = answer.headers[.eTag] else { return }
        guard EntityTag(text).isNamed(ifNoneMatch: request.headers[.ifNoneMatch]) else { return }
        answer.status = .notModified
        answer.headers[.contentType] = nil
        answer.body = []
    }

    private func response(_ answer: OperationResponse, headOnly: Bool) -> Response {
        let body: ResponseBody
        if let stream = answer.stream {
            body = ResponseBody { writer in
                for try await chunk in stream { try await writer.write(ByteBuffer(bytes: chunk)) }
                try await writer.finish(nil)
            }
        } else {
            body = answer.body.isEmpty ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body))
        }
        let response = Response(status: answer.status, headers: answer.headers, body: body)
        return headOnly ? response.createHeadResponse() : response
    }
}
