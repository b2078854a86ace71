import JSONValue

/// A provider: its metadata and its keys, fetched when they are needed and kept as long as they may be.
///
/// A failed fetch is not remembered for longer than two seconds. While a provider is out of reach, metadata serves a day past its life and
/// keys an hour, so that a short outage stops nobody.
public struct OpenIDProvider: Sendable {
    private let documents: DocumentSource<ProviderMetadata>
    private let keySets: DocumentSource<KeySet>

    /// A provider; nothing is fetched yet.
    ///
    /// - Parameters:
    ///   - configuration: names the issuer.
    ///   - transport: carries the calls.
    ///   - limits: of each call.
    ///   - now: time since any fixed moment; never goes back. Default: the system's continuous clock.
    public init(
        configuration: OpenIDConfiguration,
        transport: any OpenIDTransport,
        limits: OpenIDLimits = OpenIDLimits(),
        now: @escaping @Sendable () -> Duration = monotonicTime
    ) {
        @Sendable func document(_ url: String) async throws(OpenIDError) -> (json: JSON, life: Duration?) {
            let answer = try await transport.send(OpenIDRequest(.get, url), limits: limits)
            guard answer.status == 200 else {
                throw OpenIDError(.providerUnreachable, "The provider answers \(url) with status \(answer.status).")
            }
            do throws(JSONError) {
                return (try JSON(parsing: answer.body), CacheLifetime.read(cacheControl: answer.cacheControl))
            } catch {
                throw OpenIDError(.metadataInvalid, "The provider's answer to \(url) is not JSON.", cause: error)
            }
        }
        let documents = DocumentSource<ProviderMetadata>(limits: .init(grace: .seconds(86_400)), now: now) { () async throws(OpenIDError) in
            try configuration.check()
            let base = configuration.issuer.hasSuffix("/") ? String(configuration.issuer.dropLast()) : configuration.issuer
            let (json, life) = try await document(base + "/.well-known/openid-configuration")
            return .init(value: try ProviderMetadata(json, for: configuration), life: life)
        }
        self.documents = documents
        keySets = DocumentSource<KeySet>(limits: .init(grace: .seconds(3600)), now: now) { () async throws(OpenIDError) in
            let (json, life) = try await document(try await documents.value().keysURL)
            return .init(value: try await KeySet(json), life: life)
        }
    }

    /// The provider's metadata.
    ///
    /// - Throws: ``OpenIDError`` when it cannot be had or is wrong.
    public func metadata() async throws(OpenIDError) -> ProviderMetadata { try await documents.value() }

    /// Whether one of the provider's keys signed a token. A key that is not known makes the keys be fetched anew, at most once a minute; so does
    /// a wrong signature of a token that names no key, since the key of such providers may have been replaced unseen.
    ///
    /// - Throws: ``OpenIDError`` with `tokenUnknownKey`, or when the keys cannot be had.
    func verifies(_ token: SignedToken, _ algorithm: SigningAlgorithm) async throws(OpenIDError) -> Bool {
        let known = try await keySets.value().key(token.keyID, algorithm)
        if let known {
            if known.isValid(token.signature, of: token.signedBytes) { return true }
            if token.keyID != nil { return false }
        }
        if let newer = try await keySets.value(.newer).key(token.keyID, algorithm) {
            return newer.isValid(token.signature, of: token.signedBytes)
        }
        throw OpenIDError(.tokenUnknownKey, "The ID token is signed by a key that the provider does not publish.")
    }
}

private let start = ContinuousClock.now

/// Time since the process first asked for it.
public let monotonicTime: @Sendable () -> Duration = { start.duration(to: ContinuousClock.now) }
