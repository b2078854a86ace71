import KubernetesModel
import Logging
import NIOConcurrencyHelpers
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
    /// Shared by all copies.
    let shared: Shared
    /// The form of objects that is asked for.
    var shape = ResponseShape.object

    /// What all calls of a client have in common.
    struct Shared: Sendable {
        let warnings = WarningLog()
        /// `nil` without a limit.
        let bucket: NIOLockedValueBox<TokenBucket>?

        init(rateLimit: RateLimit?, now: Duration) {
            bucket = rateLimit.map { NIOLockedValueBox(TokenBucket($0, now: now)) }
        }
    }

    /// What an attempt is to know of those before it, and to tell.
    private struct Attempt: Sendable {
        /// The time for it.
        var limit: Duration
        /// Whether the server may not have accepted the certificate of the one before: it said so, or ended the connection.
        var isIdentityRefused: Bool
        /// Which credentials it sends.
        let generation = NIOLockedValueBox(0)
        /// Whether it got as far as being sent.
        let isSent = NIOLockedValueBox(false)
    }

    /// Sends a request until it succeeds or has failed for good, and reads the whole answer.
    ///
    /// - Parameter lost: called before it throws, when the server may have done what was asked nevertheless.
    /// - Throws: ``KubernetesError``, `CancellationError`, or what ``WriteFence/check`` throws.
    func execute(_ request: RawRequest, lost: @Sendable () -> Void = {}) async throws -> RawResponse {
        try await repeating(request, lost) { attempt in
            try await time.withTimeout(attempt.limit) {
                let prepared = try await prepare(request, attempt)
                let response = try await transport.send(prepared, headWithin: attempt.limit)
                return RawResponse(status: response.status, headers: response.headers, body: try await collect(response))
            }
        }
    }

    /// Sends a request until an answer begins, and leaves the body to the caller. For watches and logs.
    ///
    /// - Throws: ``KubernetesError``, or `CancellationError`.
    func open(_ request: RawRequest) async throws -> TransportBody {
        let opened = try await repeating(request) { attempt -> Opened in
            // The limit counts on the credentials and the head. A body that brings an error is short and bounded again.
            let prepared = try await time.withTimeout(attempt.limit) { try await prepare(request, attempt) }
            let response = try await transport.send(prepared, headWithin: attempt.limit)
            guard response.status >= 300 else {
                return Opened(body: response.body, status: response.status, headers: response.headers)
            }
            let body = try await time.withTimeout(attempt.limit) { try await collect(response) }
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
        _ lost: @Sendable () -> Void = {},
        _ send: @Sendable (Attempt) async throws -> Response
    ) async throws -> Response {
        var mayHaveBeenDone = false
        do {
            return try await attempts(request, &mayHaveBeenDone, send)
        } catch {
            if mayHaveBeenDone { lost() }
            throw error
        }
    }

    private func attempts<Response: Answer>(
        _ request: RawRequest,
        _ mayHaveBeenDone: inout Bool,
        _ send: @Sendable (Attempt) async throws -> Response
    ) async throws -> Response {
        let limit = request.timeout ?? configuration.requestTimeout
        let start = time.now
        let deadline = start + max(limit, configuration.callTimeout)
        var number = 1
        var isRenewal = false
        var isIdentityRefused = false
        // How an earlier attempt failed that the server may have done nevertheless.
        var unsure: KubernetesError?
        while true {
            try await keepToRateLimit(request, until: deadline)
            let attempt = Attempt(limit: min(limit, deadline - time.now), isIdentityRefused: isIdentityRefused)
            let failure: RetryPolicy.Failure
            let error: KubernetesError
            let result: Result<Response, any Error>
            do {
                result = try await self.result(of: request, attempt, send)
            } catch {
                // Cancelled, perhaps with the request under way.
                if attempt.isSent.withLockedValue({ $0 }) { mayHaveBeenDone = true }
                throw error
            }
            switch result {
            case .success(let response):
                shared.warnings.note(ServerWarning.read(response.headers), logger: logger)
                guard response.status >= 300 else { return response }
                error = refusal(response, of: request)
                if response.status == 401, !isRenewal, credentials.isRenewable || configuration.tls.isInFiles {
                    // The token or the certificate may have been replaced since it was read.
                    isRenewal = true
                    isIdentityRefused = true
                    await credentials.invalidate(generation: attempt.generation.withLockedValue { $0 })
                    continue
                }
                if error.isConflict, request.mayConflictWithItself, let unsure { throw Self.ambiguous(request, unsure) }
                failure = .status(response.status, retryAfter: error.retryAfter)
            case .failure(let caught):
                if let refused = caught as? Fenced { throw refused.cause }
                do {
                    (failure, error) = try classify(caught, request)
                } catch {
                    if attempt.isSent.withLockedValue({ $0 }) { mayHaveBeenDone = true }
                    throw error
                }
                isIdentityRefused = true
            }
            if failure.mayHaveBeenDone, attempt.isSent.withLockedValue({ $0 }) { mayHaveBeenDone = true }
            // A disruption budget may forbid it for hours: that is for the caller to wait for.
            let delay =
                error.isDisruptionBudget
                ? nil
                : configuration.retry.delay(
                    after: failure,
                    attempt: number,
                    isRepeatable: request.isRepeatable,
                    elapsed: time.now - start,
                    random: random()
                )
            guard let delay, time.now + delay < deadline else { throw error }
            logger.debug(
                "Repeated a call",
                metadata: [
                    "verb": "\(request.verb)", "path": "\(request.path)", "attempt": "\(number)", "delay": "\(delay)", "cause": "\(error)",
                ]
            )
            if failure.mayHaveBeenDone { unsure = error }
            metrics.recordRetry(request)
            try await time.sleep(for: delay)
            number += 1
        }
    }

    /// Makes an attempt and counts it.
    private func result<Response: Answer>(
        of request: RawRequest,
        _ attempt: Attempt,
        _ send: @Sendable (Attempt) async throws -> Response
    ) async throws -> Result<Response, any Error> {
        let start = time.now
        metrics.changeInFlight(request, by: 1)
        defer { metrics.changeInFlight(request, by: -1) }
        do {
            let response = try await send(attempt)
            metrics.record(request, code: String(response.status), duration: time.now - start)
            return .success(response)
        } catch {
            // An error that only says it was cancelled is one of the transport's, and is not believed.
            if Task.isCancelled { throw CancellationError() }
            metrics.record(request, code: "<error>", duration: time.now - start)
            return .failure(error)
        }
    }

    /// Nobody can tell whether the version changed by this very call. It must not look like a conflict, after which callers do their change
    /// once more.
    private static func ambiguous(_ request: RawRequest, _ first: KubernetesError) -> KubernetesError {
        KubernetesError(
            .transport,
            "\(request.method) \(request.path) had no answer, and done again it met another version, perhaps its own: read before going on",
            cause: first
        )
    }

    private func refusal(_ response: some Answer, of request: RawRequest) -> KubernetesError {
        StatusDecoding.error(
            code: response.status,
            body: response.errorBody,
            retryAfter: RetryPolicy.retryAfter(response.headers.first(name: "Retry-After"), now: time.timestamp),
            location: response.headers.first(name: "Location"),
            isCreation: request.method == .POST
        )
    }

    private func keepToRateLimit(_ request: RawRequest, until deadline: Duration) async throws {
        guard let bucket = shared.bucket else { return }
        let now = time.now
        let delay = bucket.withLockedValue { $0.take(now: now) }
        metrics.recordRateLimit(request, delay: delay)
        guard delay > .zero else { return }
        guard now + delay < deadline else {
            bucket.withLockedValue { $0.giveBack() }
            throw KubernetesError(
                .timedOut,
                "\(request.method) \(request.path) was not sent: the client's own rate limit allows it too late"
            )
        }
        do {
            try await time.sleep(for: delay)
        } catch {
            bucket.withLockedValue { $0.giveBack() }
            throw error
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

    private func prepare(_ request: RawRequest, _ attempt: Attempt) async throws -> TransportRequest {
        var headers = request.headers
        headers.replaceOrAdd(name: "User-Agent", value: configuration.userAgent)
        if !headers.contains(name: "Accept") { headers.add(name: "Accept", value: shape.accept(verb: request.verb)) }
        let current = try await credentials.current()
        if let authorization = current.authorization { headers.replaceOrAdd(name: "Authorization", value: authorization) }
        attempt.generation.withLockedValue { $0 = current.generation }
        for (name, value) in configuration.impersonation?.headers ?? [] { headers.add(name: name, value: value) }
        // Only now: waits for the rate limit and for credentials are over.
        if request.method != .GET, request.method != .HEAD {
            do { try WriteFence.check?() } catch { throw Fenced(cause: error) }
        }
        attempt.isSent.withLockedValue { $0 = true }
        return TransportRequest(
            method: request.method,
            target: request.target,
            headers: headers,
            body: request.body,
            identity: current.identity,
            identityGeneration: current.generation,
            isIdentityRefused: attempt.isIdentityRefused
        )
    }
}

/// The fence refused a write, which is no failure of an attempt.
private struct Fenced: Error {
    var cause: any Error
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
