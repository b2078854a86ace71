import Foundation
import JSONValue
import Observability
import OpenIDFixtures
import Testing

@testable import OpenIDConnect

/// Against a provider that somebody else wrote, over HTTP.
@Suite struct RealProviderTests {
    private static let ada: JSON = [
        "sub": "ada", "email": "ada@example.com", "email_verified": true, "name": "Ada", "groups": ["staff", "admins"],
        "realm_access": ["roles": ["operator"]],
    ]

    private func client(
        _ provider: RealProvider,
        clock: StandingClock = StandingClock(),
        _ change: (inout OpenIDConfiguration) -> Void = { _ in }
    ) throws -> OpenIDClient {
        var configuration = OpenIDConfiguration(
            issuer: provider.issuer,
            clientID: "crane",
            clientSecret: "any secret: it's accepted",
            redirectURI: "https://crane.example.com/api/v1/auth/callback",
            claims: ClaimMapping(roles: "realm_access.roles")
        )
        change(&configuration)
        return try OpenIDClient(configuration: configuration, monotonic: clock.now)
    }

    private func attempt() -> LoginAttempt {
        var generator = SystemRandomNumberGenerator()
        return LoginAttempt(returnPath: "/tenants?x=1", using: &generator)
    }

    @Test(.timeLimit(.minutes(15))) func logsIn() async throws {
        try await RealProvider.run(users: [Self.ada, ["sub": "bob", "email": "bob@example.com"]]) { provider in
            let client = try self.client(provider)
            let attempt = self.attempt()
            let query = try await provider.logIn(at: client.authorizationURL(for: attempt), as: "ada")
            let login = try await client.completeLogin(query: query, attempt: attempt, now: Date())
            #expect(
                login.identity
                    == OpenIDIdentity(
                        issuer: provider.issuer,
                        subject: "ada",
                        email: "ada@example.com",
                        isEmailVerified: true,
                        name: "Ada",
                        groups: ["admins", "staff"],
                        roles: ["operator"]
                    )
            )
            #expect(login.returnPath == "/tenants?x=1")

            // A code is good once.
            #expect(await failure { try await client.completeLogin(query: query, attempt: attempt, now: Date()) } == .codeRejected)
            // The ID token is bound to its login, and to its time.
            #expect(await failure { try await client.identity(of: login.idToken, nonce: "other", now: Date()) } == .tokenNonce)
            #expect(
                await failure { try await client.identity(of: login.idToken, nonce: attempt.nonce, now: Date(timeIntervalSinceNow: 7200)) }
                    == .tokenExpired
            )
            #expect(
                await failure { try await client.identity(of: login.idToken, nonce: attempt.nonce, now: Date(timeIntervalSinceNow: -600)) }
                    == .tokenNotYetValid
            )
            let stranger = try self.client(provider) { $0.clientID = "other" }
            #expect(await failure { try await stranger.identity(of: login.idToken, now: Date()) } == .tokenAudience)
            let bye = try #require(try await client.endSessionURL(idToken: login.idToken, returnURI: "https://crane.example.com/"))
            #expect(try await provider.status(of: bye) == 200)

            // Somebody without a verified address.
            let second = self.attempt()
            let answer = try await provider.logIn(at: client.authorizationURL(for: second), as: "bob")
            #expect(await failure { try await client.completeLogin(query: answer, attempt: second, now: Date()) } == .emailNotVerified)

            // Somebody who says no. This provider leaves out the state then, so that nothing ties its answer to the login.
            let third = self.attempt()
            let refusal = try await provider.logIn(at: client.authorizationURL(for: third), as: nil)
            #expect(refusal.contains("error=access_denied"))
            #expect(await failure { try await client.completeLogin(query: refusal, attempt: third, now: Date()) } == .stateMismatch)
            let whole = refusal + "&state=" + third.state
            #expect(await failure { try await client.completeLogin(query: whole, attempt: third, now: Date()) } == .authorizationDenied)
        }
    }

    @Test(.timeLimit(.minutes(15))) func outlivesARestartWithNewKeys() async throws {
        let clock = StandingClock()
        let (client, port, token) = try await RealProvider.run(users: [Self.ada]) { provider in
            let client = try self.client(provider, clock: clock)
            let attempt = self.attempt()
            let query = try await provider.logIn(at: client.authorizationURL(for: attempt), as: "ada")
            let login = try await client.completeLogin(query: query, attempt: attempt, now: Date())
            return (client, try #require(Int(provider.issuer.split(separator: ":").last ?? "")), login.idToken)
        }
        let away = self.attempt()
        #expect(
            await failure { try await client.completeLogin(query: "code=c&state=\(away.state)", attempt: away, now: Date()) }
                == .providerUnreachable
        )
        // What was fetched still serves.
        #expect(try await client.identity(of: token, now: Date()).subject == "ada")
        try await RealProvider.run(port: port, users: [Self.ada]) { provider in
            let attempt = self.attempt()
            let query = try await provider.logIn(at: client.authorizationURL(for: attempt), as: "ada")
            clock.move(.seconds(61))
            #expect(try await client.completeLogin(query: query, attempt: attempt, now: Date()).identity.subject == "ada")
            #expect(await failure { try await client.identity(of: token, now: Date()) } == .tokenSignature)
        }
    }

    @Test(.timeLimit(.minutes(15))) func doesNotAcceptAnotherIssuer() async throws {
        try await RealProvider.run(users: []) { provider in
            let client = try self.client(provider) { $0.issuer = $0.issuer.replacing("127.0.0.1", with: "localhost") + "/" }
            #expect(await failure { try await client.provider.metadata() } == .issuerMismatch)
        }
    }
}
