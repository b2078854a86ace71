import Foundation
import JSONValue
import NIOConcurrencyHelpers
import Observability
import Testing

@testable import OpenIDConnect

@Suite struct FlowTests {
    private func metadata(_ changes: [String: JSON?] = [:]) throws -> ProviderMetadata {
        try ProviderMetadata(ProviderStandIn.metadata.with(changes), for: configuration())
    }

    /// Example of RFC 7636 appendix B.
    @Test func makesThePublishedChallenge() {
        let attempt = LoginAttempt(state: "s", nonce: "n", verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", returnPath: "/")
        #expect(attempt.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    }

    @Test func drawsEverythingFromTheGenerator() {
        struct Counter: RandomNumberGenerator {
            var state: UInt64 = 0
            mutating func next() -> UInt64 {
                state += 1
                return state &* 0x9E37_79B9_7F4A_7C15
            }
        }
        var (one, two) = (Counter(), Counter())
        let attempt = LoginAttempt(returnPath: "/x", using: &one)
        #expect(attempt == LoginAttempt(returnPath: "/x", using: &two))
        #expect(Set([attempt.state, attempt.nonce, attempt.verifier.reveal()]).count == 3)
        #expect(
            [attempt.state, attempt.nonce, attempt.verifier.reveal()].allSatisfy {
                $0.utf8.count == 43 && Base64URL.decode($0)?.count == 32
            }
        )
        #expect(!"\(attempt)".contains(attempt.verifier.reveal()))
    }

    @Test func buildsTheAuthorizationURL() throws {
        let url = AuthorizationRequest.url(
            attempt,
            metadata: try metadata(),
            configuration: configuration(),
            prompt: "login",
            loginHint: "a+b@example.com"
        )
        let parts = try #require(URLComponents(string: url))
        #expect(url.hasPrefix("https://id.example.com/authorize?response_type=code&"))
        let values = Dictionary(uniqueKeysWithValues: (parts.queryItems ?? []).map { ($0.name, $0.value ?? "") })
        #expect(
            values == [
                "response_type": "code", "client_id": "crane", "redirect_uri": "https://crane.example.com/api/v1/auth/callback",
                "scope": "openid email profile", "state": "state-1", "nonce": "nonce-1", "code_challenge": attempt.challenge,
                "code_challenge_method": "S256", "prompt": "login", "login_hint": "a+b@example.com",
            ]
        )
        #expect(!url.contains("verifier-1"))
        #expect(url.contains("login_hint=a%2Bb%40example.com"))
    }

    @Test(arguments: [
        ("https://id.example.com/a", "https://id.example.com/a?x=1"), ("https://id.example.com/a?p=q", "https://id.example.com/a?p=q&x=1"),
        ("https://id.example.com/a?", "https://id.example.com/a?x=1"), ("https://id.example.com/a?p&", "https://id.example.com/a?p&x=1"),
    ])
    func keepsTheQueryOfEndpoints(endpoint: String, url: String) { #expect(AuthorizationRequest.append([("x", "1")], to: endpoint) == url) }

    @Test func alwaysAsksForOpenID() throws {
        let url = AuthorizationRequest.url(attempt, metadata: try metadata(), configuration: configuration { $0.scopes = ["groups"] })
        #expect(url.contains("scope=openid%20groups"))
    }

    @Test(
        arguments: [
            ("code=c&state=state-1", nil, false), ("state=state-1&code=c&session_state=x", nil, false),
            ("code=c&state=state-1&iss=https%3A%2F%2Fid.example.com%2Frealms%2Fmain", nil, true),
            ("code=c&state=state-1", .responseIssuerMismatch, true),
            ("code=c&state=state-1&iss=https%3A%2F%2Fevil.example.com", .responseIssuerMismatch, false),
            ("code=c&state=state-1&iss=", .responseIssuerMismatch, false), ("", .stateMismatch, false), ("code=c", .stateMismatch, false),
            ("code=c&state=", .stateMismatch, false),
            ("code=c&state=state-2", .stateMismatch, false), ("code=c&state=state-11", .stateMismatch, false),
            ("code=c&state=STATE-1", .stateMismatch, false),
            ("code=c&code=d&state=state-1", .responseInvalid, false), ("code=c&state=state-1&state=state-1", .responseInvalid, false),
            ("state=state-1", .responseInvalid, false),
            ("code=&state=state-1", .responseInvalid, false), ("code=%zz&state=state-1", .responseInvalid, false),
            ("code=%ff&state=state-1", .responseInvalid, false),
            ("code=%4", .responseInvalid, false), ("error=access_denied&state=state-1", .authorizationDenied, false),
            ("error=login_required&state=state-1", .authorizationFailed, false),
            ("error=access_denied&state=other", .stateMismatch, false), ("error=%3Cscript%3E&state=state-1", .authorizationFailed, false),
            ("error=server_error&code=c&state=state-1", .authorizationFailed, false),
        ] as [(String, OpenIDError.Code?, Bool)]
    )
    func readsResponses(query: String, code: OpenIDError.Code?, namesIssuer: Bool) async throws {
        let metadata = try metadata(["authorization_response_iss_parameter_supported": .bool(namesIssuer)])
        #expect(await failure { try AuthorizationResponse(query: query, attempt: attempt, metadata: metadata) } == code)
    }

    @Test func doesNotRepeatWhatTheProviderSays() throws {
        #expect(throws: OpenIDError.self) {
            try AuthorizationResponse(
                query: "error=%3Cb%3E&error_description=%3Cb%3Ehi&state=state-1",
                attempt: attempt,
                metadata: metadata()
            )
        }
        do {
            _ = try AuthorizationResponse(
                query: "error=%3Cb%3E&error_description=%3Cb%3Ehi&state=state-1",
                attempt: attempt,
                metadata: metadata()
            )
        } catch {
            #expect(!"\(error)".contains("<b>"))
        }
    }

    @Test func authenticatesAsTheProviderWantsIt() throws {
        func request(_ methods: JSON?, secret: SensitiveString? = "s3cr:t/é") throws -> OpenIDRequest {
            try TokenExchange.request(
                code: "c&d",
                attempt: attempt,
                metadata: metadata(["token_endpoint_auth_methods_supported": methods]),
                configuration: configuration { $0.clientSecret = secret }
            )
        }
        let common =
            "grant_type=authorization_code&code=c%26d&redirect_uri=https%3A%2F%2Fcrane.example.com%2Fapi%2Fv1%2Fauth%2Fcallback&code_verifier=verifier-1"
        for methods in [nil, ["client_secret_post", "client_secret_basic"]] as [JSON?] {
            let basic = try request(methods)
            #expect(basic.authorization?.reveal() == "Basic " + Data("crane:s3cr%3At%2F%C3%A9".utf8).base64EncodedString())
            #expect(basic.form?.reveal() == common)
        }
        let post = try request(["client_secret_post"])
        #expect(post.authorization == nil)
        #expect(post.form?.reveal() == common + "&client_id=crane&client_secret=s3cr%3At%2F%C3%A9")
        let open = try request(nil, secret: nil)
        #expect(open.authorization == nil)
        #expect(open.form?.reveal() == common + "&client_id=crane")
        #expect(throws: OpenIDError.self) { try request(["private_key_jwt"]) }
        #expect(!"\(basicDump(try request(nil)))".contains("verifier-1"))
    }

    private func basicDump(_ value: Any) -> String {
        var text = ""
        dump(value, to: &text)
        return text + "\(value)"
    }

    @Test(
        arguments: [
            (400, ["error": "invalid_grant"], .codeRejected), (400, ["error": "invalid_client"], .clientRejected),
            (401, ["error": "invalid_client"], .clientRejected),
            (401, "x", .clientRejected), (400, ["error": "invalid_request"], .codeRejected), (500, [:], .providerUnreachable),
            (302, [:], .providerUnreachable),
            (200, "x", .tokenResponseInvalid), (200, ["id_token": "x", "token_type": "Bearer"], .tokenResponseInvalid),
            (200, ["access_token": "x", "token_type": "Bearer"], .tokenResponseInvalid),
            (200, ["id_token": "x", "access_token": "y"], .tokenResponseInvalid),
            (200, ["id_token": "x", "access_token": "y", "token_type": "mac"], .tokenResponseInvalid),
            (200, ["id_token": "x", "access_token": "y", "token_type": "bearer"], nil),
        ] as [(Int, JSON, OpenIDError.Code?)]
    )
    func readsTokenAnswers(status: Int, body: JSON, code: OpenIDError.Code?) async {
        #expect(await failure { try TokenExchange.read(OpenIDAnswer(status: status, body: body.serialized())) } == code)
    }

    @Test func logsIn() async throws {
        let key = TestKey.es256("k")
        let provider = ProviderStandIn(keys: [key])
        provider.issue(try key.token(goodClaims.with(["groups": ["b", "a", "a"], "sid": "session-9"])))
        let client = try OpenIDClient(configuration: configuration(), transport: provider)
        let login = try await client.completeLogin(query: "code=c-1&state=state-1", attempt: attempt, now: now)
        #expect(login.identity.subject == "u-1")
        #expect(login.identity.email == "Ada@Example.com")
        #expect(login.identity.isEmailVerified)
        #expect(login.identity.groups == ["a", "b"])
        #expect(login.identity.sessionID == "session-9")
        #expect(login.returnPath == "/home")
        let sent = provider.state.withLockedValue { $0.calls.first { $0.url == "https://id.example.com/token" } }
        #expect(sent?.form?.reveal().contains("code=c-1&") == true)
        #expect(sent?.form?.reveal().contains("code_verifier=verifier-1") == true)
        let bye = try await client.endSessionURL(idToken: login.idToken, returnURI: "https://crane.example.com/", state: "z")
        #expect(bye?.hasPrefix("https://id.example.com/logout?client_id=crane&id_token_hint=ey") == true)
        #expect(bye?.hasSuffix("&post_logout_redirect_uri=https%3A%2F%2Fcrane.example.com%2F&state=z") == true)
    }

    @Test func doesNotSpendTheCodeOnAForeignResponse() async throws {
        let provider = ProviderStandIn(keys: [TestKey.es256("k")])
        let client = try OpenIDClient(configuration: configuration(), transport: provider)
        #expect(await failure { try await client.completeLogin(query: "code=c&state=other", attempt: attempt, now: now) } == .stateMismatch)
        #expect(provider.count("https://id.example.com/token") == 0)
    }

    @Test func addsWhatOnlyTheUserInformationSays() async throws {
        let key = TestKey.es256("k")
        func identity(token: [String: JSON?], info: JSON, status: Int = 200) async throws -> OpenIDIdentity {
            let provider = ProviderStandIn(keys: [key])
            provider.issue(try key.token(goodClaims.with(token)))
            provider.set("https://id.example.com/userinfo", info, status: status)
            let client = try OpenIDClient(configuration: configuration { $0.asksForUserInfo = true }, transport: provider)
            return try await client.completeLogin(query: "code=c&state=state-1", attempt: attempt, now: now).identity
        }
        let none: [String: JSON?] = ["email": nil, "email_verified": nil]
        let full = try await identity(token: none, info: ["sub": "u-1", "email": "x@example.com", "email_verified": true, "groups": ["g"]])
        #expect((full.email, full.isEmailVerified, full.groups) == ("x@example.com", true, ["g"]))
        // The word about one address is never taken for another.
        let mixed = try await identity(
            token: ["email_verified": nil],
            info: ["sub": "u-1", "email": "other@example.com", "email_verified": true]
        )
        #expect((mixed.email, mixed.isEmailVerified) == ("Ada@Example.com", false))
        let swapped = try await identity(token: ["email": nil], info: ["sub": "u-1", "email": "other@example.com"])
        #expect((swapped.email, swapped.isEmailVerified) == ("other@example.com", false))
        let same = try await identity(
            token: ["email_verified": nil],
            info: ["sub": "u-1", "email": "Ada@Example.com", "email_verified": true]
        )
        #expect(same.isEmailVerified)
        // What the ID token says counts.
        let kept = try await identity(
            token: ["groups": ["mine"], "email_verified": false],
            info: ["sub": "u-1", "groups": ["admin"], "email": "Ada@Example.com", "email_verified": true, "iss": "x"]
        )
        #expect((kept.groups, kept.isEmailVerified, kept.issuer) == (["mine"], false, ProviderStandIn.issuer))
        #expect(await failure { try await identity(token: none, info: ["sub": "u-2", "email": "x@example.com"]) } == .tokenClaims)
        #expect(await failure { try await identity(token: none, info: ["email": "x@example.com"]) } == .tokenClaims)
        #expect(await failure { try await identity(token: none, info: [:], status: 503) } == .providerUnreachable)
        #expect(await failure { try await identity(token: none, info: "x") } == .tokenResponseInvalid)
    }

    struct Flaw: Sendable {
        var word: String
        var change: @Sendable (inout OpenIDConfiguration) -> Void

        init(_ word: String, _ change: @escaping @Sendable (inout OpenIDConfiguration) -> Void) {
            self.word = word
            self.change = change
        }
    }

    @Test(arguments: [
        Flaw("issuer") { $0.issuer = "http://id.example.com" }, Flaw("issuer") { $0.issuer = "id.example.com" },
        Flaw("issuer") { $0.issuer = "https://id.example.com?x" }, Flaw("client id") { $0.clientID = "" },
        Flaw("secret") { $0.clientSecret = "" },
        Flaw("redirect") { $0.redirectURI = "/callback" }, Flaw("redirect") { $0.redirectURI = "https://crane.example.com/#x" },
        Flaw("algorithm") { $0.algorithms = [] }, Flaw("scope") { $0.scopes = ["a b"] }, Flaw("skew") { $0.clockSkew = .seconds(601) },
    ])
    func namesWhatIsWrongWithTheConfiguration(flaw: Flaw) async {
        let wrong = configuration(flaw.change)
        #expect(wrong.problems.count == 1)
        #expect(wrong.problems.first?.contains(flaw.word) == true)
        #expect(await failure { try OpenIDClient(configuration: wrong) } == .configurationInvalid)
    }
}
