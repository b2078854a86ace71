import Foundation
import HTTPOperations
import HTTPTypes
import Logging
import NIOConcurrencyHelpers

/// Lets people and programs in by access tokens: `Authorization: Bearer ocp_…`. Who is not let in is not told why.
///
/// A token is looked up at every request, so that one that is deleted ends everywhere at once. What is presented as one and is none ends
/// the
/// request, so that no other credential counts in its place.
struct AccessTokenAuthenticator: Authenticator {
    /// Name of this authenticator.
    static let method = "access-token"

    private struct State: Sendable {
        /// How often an address may present what is no good token: 20 times in a minute.
        var failures = RequestBudget(capacity: 20, rate: 20.0 / 60)
        /// Hashes of tokens that were good: their bearers are not kept out because others guess.
        var known: [String: ContinuousClock.Instant] = [:]

        mutating func remember(_ hash: String, _ instant: ContinuousClock.Instant) {
            if known.count >= 1024, known[hash] == nil, let oldest = known.min(by: { $0.value < $1.value }) { known[oldest.key] = nil }
            known[hash] = instant
        }
    }

    private let tokens: AccessTokenRepository
    private let limits: AccessTokenLimits
    private let logger: Logger
    private let now: @Sendable () -> Date
    private let instant: @Sendable () -> ContinuousClock.Instant
    private let state = NIOLockedValueBox(State())

    /// Makes an authenticator.
    ///
    /// - Parameters:
    ///   - tokens: the tokens.
    ///   - limits: when they end and rest.
    ///   - logger: takes notes.
    ///   - now: the time, for expiry.
    ///   - instant: the time, for limits.
    init(
        tokens: AccessTokenRepository,
        limits: AccessTokenLimits = AccessTokenLimits(),
        logger: Logger,
        now: @escaping @Sendable () -> Date,
        instant: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }  // edge: the time of limits
    ) {
        self.tokens = tokens
        self.limits = limits
        self.logger = logger
        self.now = now
        self.instant = instant
    }

    func authenticate(_ headers: HTTPFields) async throws -> Principal? { try await authenticate(headers, from: nil, method: .post) }

    func authenticate(
        _ headers: HTTPFields,
        from remoteAddress: String?,
        method: HTTPRequest.Method
    ) async throws -> Principal? {
        guard let presented = BearerToken.find(in: headers), presented.hasPrefix(AccessToken.prefix) else { return nil }
        let address = remoteAddress.map(ClientAddresses.network) ?? "unknown"
        let instant = instant()
        let token = AccessToken(presented)
        let isKnown = state.withLockedValue { state in token.map { state.known[$0.hash] != nil } ?? false }
        if !isKnown, state.withLockedValue({ $0.failures.left(address, now: instant) }) < 1 {
            throw OperationError.tooManyRequests(retryAfter: 5)
        }
        guard let token, let record = try await find(token) else {
            state.withLockedValue { state in
                _ = state.failures.take(address, now: instant)
                if let token { state.known[token.hash] = nil }
            }
            throw OperationError.unauthorized
        }
        state.withLockedValue { $0.remember(token.hash, instant) }
        guard record.allows(isSafe: method.isSafe) else {
            throw OperationError.insufficientScope(AccessTokenScope.write.rawValue)
        }
        await note(record)
        return record.principal
    }

    /// The record of the token that a request was let in with; nil when it was another credential.
    ///
    /// - Throws: ``OperationError`` 503.
    func record(of context: OperationContext) async throws -> AccessTokenRecord? {
        guard context.principal.method == Self.method else { return nil }
        guard let token = BearerToken.find(in: context.headers).flatMap({ AccessToken($0) }), let record = try await find(token) else {
            throw OperationError.unauthorized
        }
        return record
    }

    /// The record of a token that can be used.
    private func find(_ token: AccessToken) async throws -> AccessTokenRecord? {
        guard let record = try await onDatabase({ try await tokens.find(token.hash) }), record.isGood(now(), limits) else { return nil }
        return record
    }

    private func note(_ record: AccessTokenRecord) async {
        let now = now()
        if let last = record.lastUsedAt, now.timeIntervalSince(last) < 60 { return }
        do {
            try await tokens.touch(record.id, now: now, unlessWithin: 60)
        } catch {
            // When a token was last used is good to know, and no reason to refuse a request.
            logger.debug("the use of a token could not be noted", metadata: ["error": .string("\(error)")])
        }
    }
}
