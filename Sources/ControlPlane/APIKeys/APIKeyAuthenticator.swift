import Foundation
import HTTPOperations
import HTTPTypes
import Logging
import NIOConcurrencyHelpers

/// Lets programs in by their keys: `X-Api-Key: ock_live_…`, or the same as a bearer token. Who is not let in is not told why.
///
/// A key that is presented and not good ends the request, so that no other credential of the request counts in its place.
struct APIKeyAuthenticator: Authenticator {
    /// Name of this authenticator.
    static let method = "api-key"
    /// What surfaces that let programs in take.
    static let credentials: [CredentialScheme] = [
        .header("apiKey", header: "X-Api-Key", description: "The key of a program: ock_live_…, made with POST /v1/api-keys."), .bearer,
    ]

    /// What surfaces that let programs in may refuse requests with, besides 401.
    static let errors = [
        ErrorDeclaration(.tooManyRequests, "TOO_MANY_REQUESTS", "Too many wrong keys from this address."),
        ErrorDeclaration(.serviceUnavailable, "DATABASE_UNAVAILABLE", "The database cannot be reached; nothing was changed."),
    ]

    private struct State: Sendable {
        var cache: APIKeyCache
    }

    private let keys: APIKeyRepository
    private let logger: Logger
    private let now: @Sendable () -> Date
    private let instant: @Sendable () -> ContinuousClock.Instant
    private let state: NIOLockedValueBox<State>
    private let guesses = GuessLimit()

    /// Makes an authenticator.
    ///
    /// - Parameters:
    ///   - keys: the keys.
    ///   - cache: what is remembered of good ones; default for 5 s.
    ///   - logger: takes notes.
    ///   - now: the time, for expiry.
    ///   - instant: the time, for limits and the cache.
    init(
        keys: APIKeyRepository,
        cache: APIKeyCache = APIKeyCache(),
        logger: Logger,
        now: @escaping @Sendable () -> Date,
        instant: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }  // edge: the time of caches and limits
    ) {
        self.keys = keys
        self.logger = logger
        self.now = now
        self.instant = instant
        state = NIOLockedValueBox(State(cache: cache))
    }

    func authenticate(_ headers: HTTPFields) async throws -> Principal? { try await authenticate(headers, from: nil) }

    func authenticate(_ headers: HTTPFields, from remoteAddress: String?) async throws -> Principal? {
        guard let presented = Self.presented(in: headers) else { return nil }
        let address = GuessLimit.network(of: remoteAddress)
        let instant = instant()
        guard let key = APIKey(presented) else {
            try guesses.admit(from: address, now: instant)
            throw refuse(address, instant)
        }
        let hash = key.hash
        switch state.withLockedValue({ $0.cache.find(hash, now: instant) }) {
        case .fresh(let record):
            guard record.accepts(key, now: now()) else { throw refuse(address, instant, forgetting: hash) }
            return await admit(record, hash)
        case .unknown: try guesses.admit(from: address, now: instant)
        case .stale: break
        }
        guard let record = try await onDatabase({ try await keys.find(key.id) }), record.accepts(key, now: now()) else {
            throw refuse(address, instant, forgetting: hash)
        }
        state.withLockedValue { $0.cache.remember(record, for: hash, readAt: instant) }
        return await admit(record, hash)
    }

    /// Forgets what is remembered of a key, so that a change takes effect here at once.
    func forget(_ id: UUID) { state.withLockedValue { $0.cache.forget(id: id) } }

    /// What is presented as a key, whether it is one or not.
    private static func presented(in headers: HTTPFields) -> String? {
        if let value = headers[.apiKey] { return value }
        return BearerToken.find(in: headers).flatMap { $0.hasPrefix(APIKey.prefix) ? $0 : nil }
    }

    private func refuse(_ address: String, _ instant: ContinuousClock.Instant, forgetting hash: String? = nil) -> OperationError {
        guesses.refused(from: address, now: instant)
        if let hash { state.withLockedValue { $0.cache.forget(hash) } }
        return .unauthorized(Self.credentials)
    }

    private func admit(_ record: APIKeyRecord, _ hash: String) async -> Principal {
        let now = now()
        if state.withLockedValue({ $0.cache.use(hash, now: now, atMostEvery: 60) }) {
            do {
                try await keys.touch(record.id, now: now, unlessWithin: 60)
            } catch {
                // When a key was last used is good to know, and no reason to refuse a request.
                logger.debug("the use of a key could not be noted", metadata: ["error": .string("\(error)")])
            }
        }
        return record.principal
    }
}

extension HTTPField.Name {
    /// `X-Api-Key`.
    static var apiKey: Self {
        guard let name = Self("X-Api-Key") else { preconditionFailure("X-Api-Key is no header name") }
        return name
    }
}
