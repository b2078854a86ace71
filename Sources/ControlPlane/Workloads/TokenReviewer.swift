import CraneAPI
import Crypto
import Foundation
import HTTPOperations
import JSONValue
import KubernetesClient
import KubernetesModel
import NIOConcurrencyHelpers

/// Asks Kubernetes whose token it is (`TokenReview`). Only tokens for one audience count: one for the API server is none of ours.
struct TokenReviewer: Sendable {
    static let resource = ResourceType(
        group: "authentication.k8s.io",
        version: "v1",
        kind: "TokenReview",
        plural: "tokenreviews",
        isNamespaced: false
    )
    /// The audience of tokens with which pods call the control plane.
    static let audience = PodAudiences.controlPlane
    /// Longer ones are no tokens of ours.
    static let longest = 16_384

    private let client: KubernetesClient
    private let audience: String
    private let limit: Duration
    private let instant: @Sendable () -> ContinuousClock.Instant
    private let cache: NIOLockedValueBox<TokenReviewCache>

    /// Makes a reviewer.
    ///
    /// - Parameters:
    ///   - client: the way to Kubernetes.
    ///   - audience: the audience that tokens must be for.
    ///   - limit: how long Kubernetes may take.
    ///   - cache: what is remembered; default for 20 s.
    ///   - instant: the time, for the cache.
    init(
        client: KubernetesClient,
        audience: String = TokenReviewer.audience,
        limit: Duration,
        cache: TokenReviewCache = TokenReviewCache(),
        instant: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }  // edge: the time of caches
    ) {
        (self.client, self.audience, self.limit, self.instant) = (client, audience, limit, instant)
        self.cache = NIOLockedValueBox(cache)
    }

    /// Whose token it is, if that was asked a moment ago; nil when Kubernetes has to be asked.
    func remembered(_ token: String) -> WorkloadAccount? {
        cache.withLockedValue { $0.find(Self.hash(token), now: instant()) }
    }

    /// Whose token it is.
    ///
    /// - Returns: nil when it is nobody's, or for another audience.
    /// - Throws: ``OperationError`` 503 when Kubernetes cannot be asked.
    func review(_ token: String) async throws -> WorkloadAccount? {
        if let account = remembered(token) { return account }
        guard token.utf8.count <= Self.longest else { return nil }
        let start = instant()
        let answer = try await ask(token)
        guard answer["authenticated"] == true,
            answer["audiences"]?.arrayValue?.contains(.string(audience)) == true,
            let account = answer[at: ["user", "username"]]?.stringValue.flatMap(WorkloadAccount.init(username:))
        else { return nil }
        cache.withLockedValue { $0.remember(account, for: Self.hash(token), at: start) }
        return account
    }

    private func ask(_ token: String) async throws -> JSON {
        let review: JSON = [
            "apiVersion": .string(Self.resource.apiVersion), "kind": .string(Self.resource.kind), "metadata": [:],
            "spec": ["token": .string(token), "audiences": [.string(audience)]],
        ]
        let api = client.dynamic(Self.resource)
        do {
            return try await TimeSource.system.withTimeout(limit) { try await api.create(DynamicObject(review)) }.json["status"] ?? [:]
        } catch let error as CancellationError {
            throw error
        } catch {
            throw OperationError.kubernetesUnavailable(error)
        }
    }

    private static func hash(_ token: String) -> String {
        SHA256.hash(data: Array(token.utf8)).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}

/// Whose tokens some were, a moment ago. Pure; holds a bounded number, and never a token itself.
struct TokenReviewCache: Sendable {
    /// How long an answer of Kubernetes is believed: a pod that is deleted is let in no longer than that.
    let lifetime: Duration
    /// Most tokens that are remembered.
    let capacity: Int
    private var entries: [String: (account: WorkloadAccount, at: ContinuousClock.Instant)] = [:]

    /// Makes a cache.
    init(lifetime: Duration = .seconds(20), capacity: Int = 4096) {
        self.lifetime = min(lifetime, .seconds(30))
        self.capacity = max(1, capacity)
    }

    /// How many tokens are remembered.
    var count: Int { entries.count }

    /// Whose token has a hash, if that is known still.
    mutating func find(_ hash: String, now: ContinuousClock.Instant) -> WorkloadAccount? {
        guard let entry = entries[hash] else { return nil }
        guard now - entry.at < lifetime else {
            entries[hash] = nil
            return nil
        }
        return entry.account
    }

    /// Remembers whose token has a hash, as it was asked at a time.
    mutating func remember(_ account: WorkloadAccount, for hash: String, at instant: ContinuousClock.Instant) {
        if entries.count >= capacity, entries[hash] == nil {
            entries = entries.filter { instant - $0.value.at < lifetime }
            if entries.count >= capacity, let oldest = entries.min(by: { $0.value.at < $1.value.at }) { entries[oldest.key] = nil }
        }
        entries[hash] = (account, instant)
    }
}
