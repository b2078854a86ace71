import Foundation
import JSONValue
import NIOConcurrencyHelpers
import Observability

@testable import OpenIDConnect

/// A provider in memory, reached by the transport's protocol.
final class ProviderStandIn: OpenIDTransport {
    static let issuer = "https://id.example.com/realms/main"

    struct State: Sendable {
        var answers: [String: OpenIDAnswer] = [:]
        var failures: [String: OpenIDError] = [:]
        var calls: [OpenIDRequest] = []
    }

    let state = NIOLockedValueBox(State())
    private let hold: @Sendable () async -> Void

    init(keys: [TestKey] = [], metadata changes: [String: JSON?] = [:], hold: @escaping @Sendable () async -> Void = {}) {
        self.hold = hold
        publish(keys)
        set(Self.issuer + "/.well-known/openid-configuration", Self.metadata.with(changes))
    }

    static let metadata: JSON = [
        "issuer": .string(issuer), "authorization_endpoint": "https://id.example.com/authorize",
        "token_endpoint": "https://id.example.com/token",
        "jwks_uri": "https://id.example.com/keys", "userinfo_endpoint": "https://id.example.com/userinfo",
        "end_session_endpoint": "https://id.example.com/logout", "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["plain", "S256"], "id_token_signing_alg_values_supported": ["RS256", "ES256", "EdDSA"],
    ]

    func publish(_ keys: [TestKey], cacheControl: String? = nil) {
        set("https://id.example.com/keys", ["keys": .array(keys.map(\.publicJSON))], cacheControl: cacheControl)
    }

    func set(_ url: String, _ json: JSON, status: Int = 200, cacheControl: String? = nil) {
        state.withLockedValue { $0.answers[url] = OpenIDAnswer(status: status, cacheControl: cacheControl, body: json.serialized()) }
    }

    func fail(_ url: String, _ code: OpenIDError.Code?) {
        state.withLockedValue { $0.failures[url] = code.map { OpenIDError($0, "as the test wants it") } }
    }

    func count(_ url: String) -> Int { state.withLockedValue { $0.calls.count { $0.url == url } } }
    var keyFetches: Int { count("https://id.example.com/keys") }
    var discoveries: Int { count(Self.issuer + "/.well-known/openid-configuration") }

    func send(_ request: OpenIDRequest, limits: OpenIDLimits) async throws(OpenIDError) -> OpenIDAnswer {
        let (answer, failure) = state.withLockedValue { state in
            state.calls.append(request)
            return (state.answers[request.url], state.failures[request.url])
        }
        await hold()
        if let failure { throw failure }
        return answer ?? OpenIDAnswer(status: 404, body: [])
    }

    /// Makes the token endpoint hand out an ID token.
    func issue(_ idToken: String, accessToken: String = "access-1") {
        set("https://id.example.com/token", ["id_token": .string(idToken), "access_token": .string(accessToken), "token_type": "Bearer"])
    }
}

let now = Date(timeIntervalSince1970: 1_800_000_000)

func configuration(_ change: (inout OpenIDConfiguration) -> Void = { _ in }) -> OpenIDConfiguration {
    var configuration = OpenIDConfiguration(
        issuer: ProviderStandIn.issuer,
        clientID: "crane",
        clientSecret: "s3cr:t/é",
        redirectURI: "https://crane.example.com/api/v1/auth/callback",
        admission: AdmissionRules(requiresVerifiedEmail: false),
        asksForUserInfo: false
    )
    change(&configuration)
    return configuration
}

let attempt = LoginAttempt(state: "state-1", nonce: "nonce-1", verifier: "verifier-1", returnPath: "/home")

let goodClaims: JSON = [
    "iss": .string(ProviderStandIn.issuer), "sub": "u-1", "aud": "crane", "exp": 1_800_000_300, "iat": 1_800_000_000, "nonce": "nonce-1",
    "email": "Ada@Example.com", "email_verified": true, "name": "Ada",
]

func failure<Result>(_ work: () async throws -> Result) async -> OpenIDError.Code? {
    do {
        _ = try await work()
        return nil
    } catch {
        return (error as? OpenIDError)?.code
    }
}

/// A monotonic clock that stands still until it is moved.
final class StandingClock: Sendable {
    private let time = NIOLockedValueBox(Duration.seconds(1000))
    var now: @Sendable () -> Duration { { [time] in time.withLockedValue { $0 } } }
    func move(_ by: Duration) { time.withLockedValue { $0 += by } }
}
