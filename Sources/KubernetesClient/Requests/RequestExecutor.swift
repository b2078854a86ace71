import KubernetesModel
import Logging
import NIOCore
import NIOHTTP1

/// Sends requests with credentials, time limits, repetition and metrics.
struct RequestExecutor: Sendable {
    var configuration: ClientConfiguration
    let transport: any Transport
    let credentials: CredentialProvider
    let metrics: ClientMetrics
    let time: TimeSource
    let random: @Sendable () -> Double
    let logger: Logger
    /// The form of objects that is asked for.
    var shape = ResponseShape.object

    /// Sends a request until it succeeds or has failed for good, and reads the whole answer.
    ///
    /// - Throws: ``KubernetesError``, `CancellationError`, or what ``WriteFence/check`` throws.
    func execute(_ request: RawRequest) async throws -> RawResponse {
        let limit = request.timeout ?? configuration.requestTimeout
        return try await repeating(request) {
            try await time.withTimeout(limit) {
                let prepared = try await prepare(request)
                let response = try await transport.send(prepared, headWithin: limit)
                return RawResponse(status: response.status, headers: response.headers, body: try await collect(response))
            }
        }
    }

    /// Sends a request until an answer begins, and leaves the body to the caller. For watches and logs.
    ///
    /// - Throws: ``KubernetesError``, or `CancellationError`.
    func open(_ request: RawRequest) async throws -> TransportBody {
        let limit = request.timeout ?? configuration.requestTimeout
        let opened = try await repeating(request) { () -> Opened in
            // The limit counts on the credentials and the head. A body that brings an error is short and bounded again.
            let prepared = try await time.withTimeout(limit) { try await prepare(request) }
            let response = try await transport.send(prepared, headWithin: limit)
            guard response.status >= 400 else { return Opened(body: response.body, status: response.status) }
            let body = try await time.withTimeout(limit) { try await collect(response) }
            return Opened(body: TransportBody([]), status: response.status, headers: response.headers, errorBody: body)
        }
        return opened.body
    }

    private struct Opened: Answer {
        var body: TransportBody
        var status: Int
        var headers: HTTPHeaders = [:]
        var errorBody = ByteBuffer()
    }

    private func collect(_ response: TransportResponse) async throws -> ByteBuffer {
        var collected = ByteBuffer()
        for try await piece in response.body {
            collected.writeImmutableBuffer(piece)
            guard collected.readableBytes <= configuration.maximumResponseBytes else {
                throw KubernetesError(
                    .tooLarge,
                    "The answer of the server is larger than \(configuration.maximumResponseBytes) bytes: list in smaller pages"
                )
            }
        }
        return collected
    }

    private func repeating<Response: Answer>(
        _ request: RawRequest,
        _ send: @Sendable () async throws -> Response
    ) async throws -> Response {
        let start = time.now
        var attempt = 1
        var renewed = false
        while true {
            if request.method != .GET, request.method != .HEAD { try WriteFence.check?() }
            let attemptStart = time.now
            let failure: RetryPolicy.Failure
            let error: KubernetesError
            do {
                let response = try await send()
                metrics.record(request, code: String(response.status), duration: time.now - attemptStart)
                guard response.status >= 400 else { return response }
                let retryAfter = RetryPolicy.retryAfter(response.headers.first(name: "Retry-After"))
                error = StatusDecoding.error(code: response.status, body: response.errorBody, retryAfter: retryAfter)
                if response.status == 401, credentials.isRenewable, !renewed {
                    // The token may have been replaced since it was read.
                    renewed = true
                    await credentials.invalidate()
                    continue
                }
                failure = .status(response.status, retryAfter: retryAfter)
            } catch let caught {
                // An error that only says it was cancelled is one of the transport's, and is not believed.
                if Task.isCancelled { throw CancellationError() }
                (failure, error) = try classify(caught, request)
                metrics.record(request, code: "<error>", duration: time.now - attemptStart)
            }
            guard
                let delay = configuration.retry.delay(
                    after: failure,
                    attempt: attempt,
                    isRepeatable: request.isRepeatable,
                    elapsed: time.now - start,
                    random: random()
                )
            else { throw error }
            logger.debug(
                "Repeated a call",
                metadata: [
                    "verb": "\(request.verb)", "path": "\(request.path)", "attempt": "\(attempt)", "delay": "\(delay)", "cause": "\(error)",
                ]
            )
            metrics.recordRetry(request)
            try await time.sleep(for: delay)
            attempt += 1
        }
    }

    private func classify(_ error: any Error, _ request: RawRequest) throws -> (RetryPolicy.Failure, KubernetesError) {
        switch error {
        case let error as KubernetesError: throw error
        case is TimeLimitExceeded:
            return (.timedOut, KubernetesError(.timedOut, "\(request.method) \(request.path) had no complete answer in time", cause: error))
        case let error as TransportError:
            switch error.code {
            case .notSent:
                return (
                    .notSent, KubernetesError(.transport, "The API server \(configuration.server) cannot be reached", cause: error.cause)
                )
            case .connectionLost:
                return (.connectionLost, KubernetesError(.transport, "The connection to the API server broke", cause: error.cause))
            case .timedOut:
                return (
                    .timedOut, KubernetesError(.timedOut, "\(request.method) \(request.path) had no answer in time", cause: error.cause)
                )
            }
        default:
            return (.connectionLost, KubernetesError(.transport, "\(request.method) \(request.path) failed", cause: error))
        }
    }

    private func prepare(_ request: RawRequest) async throws -> TransportRequest {
        var headers = request.headers
        headers.replaceOrAdd(name: "User-Agent", value: configuration.userAgent)
        if !headers.contains(name: "Accept") { headers.add(name: "Accept", value: shape.accept(verb: request.verb)) }
        let current = try await credentials.current()
        if let authorization = current.authorization { headers.replaceOrAdd(name: "Authorization", value: authorization) }
        return TransportRequest(
            method: request.method,
            target: request.target,
            headers: headers,
            body: request.body,
            identity: current.identity,
            identityGeneration: current.generation
        )
    }
}

/// What the loop of attempts needs to know of an answer.
private protocol Answer: Sendable {
    var status: Int { get }
    var headers: HTTPHeaders { get }
    var errorBody: ByteBuffer { get }
}

extension RawResponse: Answer {
    fileprivate var errorBody: ByteBuffer { body }
}
