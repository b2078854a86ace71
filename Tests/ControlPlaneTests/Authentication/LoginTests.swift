import Foundation
import HTTPOperations
import JSONValue
import LocalPostgres
import Logging
import NIOHTTP1
import Observability
import OpenIDConnect
import OpenIDFixtures
import Postgres
import Testing

@testable import ControlPlane

@Suite struct LoginTests {
    @Test(.timeLimit(.minutes(15))) func twoReplicasServeOneSession() async throws {
        try await RealProvider.run(users: Folk.all) { provider in
            try await withTestDatabase { database in
                try await withStage(database: database, configure: { useProvider(provider, &$0) }) { first in
                    try await withStage(database: database, configure: { useProvider(provider, &$0) }) { second in
                        let browser = Browser(provider: provider)
                        #expect(try await browser.me(first.base) == ["mode": "oidc", "authenticated": false])
                        // The login begins at one replica and comes back to the other.
                        let back = try await browser.logIn(first.base, as: "root", returnTo: "/ui?x=1", callbackBase: second.base)
                        #expect(back.status == 302 && back.location == "/ui?x=1")
                        for base in [first.base, second.base] {
                            let me = try await browser.me(base)
                            #expect(me["authenticated"] == true && me[at: ["user", "sub"]] == "root")
                            #expect(me[at: ["user", "email"]] == "root@example.com" && me[at: ["user", "name"]] == "Root <&>")
                            #expect(me[at: ["user", "roles"]] == ["owner", "platform-admin"])
                            #expect(try await browser.open(base, "/api/v1/tenants").status == 200)
                        }
                        let cookie = try #require(browser.setCookies.last { $0.hasPrefix(Browser.sessionCookie + "=") })
                        for part in ["Path=/", "HttpOnly", "SameSite=Lax", "Secure", "Max-Age=43200"] {
                            #expect(cookie.contains("; " + part), "\(part)")
                        }
                        #expect(!cookie.contains("Domain"))
                        let secret = try #require(browser.cookies[Browser.sessionCookie])
                        #expect(try await first.rows("select id_hash from sessions") == [OpaqueSecret.hash(secret)])

                        // A second login has another session, and the first is over.
                        try await browser.logIn(second.base, as: "root")
                        #expect(browser.cookies[Browser.sessionCookie] != secret)
                        #expect(try await first.rows("select count(*)::text from sessions") == ["1"])

                        // Whoever logs out at one is out at the other.
                        let stale = browser.cookies
                        let token = try await browser.token(first.base)
                        #expect(try await browser.call(.POST, first.base + "/api/v1/auth/logout", token: token).status == 204)
                        #expect(browser.cookies[Browser.sessionCookie] == nil)
                        browser.cookies = stale
                        #expect(try await browser.me(second.base)["authenticated"] == false)
                        let refusal = try await browser.open(second.base, "/api/v1/tenants")
                        #expect(refusal.status == 401 && refusal.json["error"]?.stringValue?.contains("/api/v1/auth/login") == true)
                        let trail = try await first.rows("select action from audit_entries where resource like 'User/%' order by id")
                        #expect(trail == ["LoggedIn", "LoggedIn", "LoggedOut"])
                    }
                }
            }
        }
    }

    /// Whom it is about, and what happens between the provider and the callback.
    @Test(.timeLimit(.minutes(15))) func theseDoNotComeIn() async throws {
        let users: [JSON] =
            Folk.all + [
                ["sub": "unverified", "email": "u@example.com", "email_verified": false], ["sub": "silent", "email": "s@example.com"],
                ["sub": "nobody"], ["sub": "stranger", "email": "x@elsewhere.org", "email_verified": true],
            ]
        try await withLogins(users: users, configure: { $0.authentication.openID?.admission = AdmissionRules(domains: ["example.com"]) }) {
            stage,
            provider in
            for (subject, code) in [
                ("unverified", "OIDC_EMAIL_NOT_VERIFIED"), ("silent", "OIDC_EMAIL_NOT_VERIFIED"), ("nobody", "OIDC_EMAIL_MISSING"),
                ("stranger", "OIDC_NOT_ADMITTED"),
            ] {
                let browser = Browser(provider: provider)
                let answer = try await browser.logIn(stage.base, as: subject)
                #expect(answer.status == 403 && answer.text.contains(code), "\(subject): \(answer.text)")
                #expect(browser.cookies[Browser.sessionCookie] == nil)
            }
            // Changes to what comes back.
            let changes: [(String, @Sendable (String) -> String, String)] = [
                ("no state", { $0.replacing(/state=[^&]*/, with: "") }, "OIDC_STATE_MISMATCH"),
                ("another state", { $0.replacing(/state=[^&]*/, with: "state=abc") }, "OIDC_STATE_MISMATCH"),
                ("two states", { $0 + "&state=abc" }, "VALIDATION_ERROR"),
                ("another code", { $0.replacing(/code=[^&]*/, with: "code=abc") }, "OIDC_CODE_REJECTED"),
                ("no code", { $0.replacing(/code=[^&]*/, with: "") }, "OIDC_RESPONSE_INVALID"),
                ("another issuer", { $0 + "&iss=https%3A%2F%2Fevil.example" }, "OIDC_RESPONSE_ISSUER_MISMATCH"),
                ("an error", { $0.replacing(/code=[^&]*/, with: "error=access_denied") }, "OIDC_AUTHORIZATION_DENIED"),
            ]
            for (name, change, code) in changes {
                let browser = Browser(provider: provider)
                let begun = try await browser.open(stage.base, "/api/v1/auth/login")
                let query = try await provider.logIn(at: try #require(begun.location), as: "root")
                let answer = try await browser.send(.GET, stage.base + "/api/v1/auth/callback?" + change(query))
                #expect(answer.json["code"]?.stringValue == code, "\(name): \(answer.status) \(answer.text)")
                #expect([400, 403, 422].contains(answer.status) && browser.cookies[Browser.sessionCookie] == nil, "\(name)")
            }
            // The answer of one browser in another one, and of a login that was completed.
            let (mine, theirs) = (Browser(provider: provider), Browser(provider: provider))
            let begun = try await mine.open(stage.base, "/api/v1/auth/login")
            _ = try await theirs.open(stage.base, "/api/v1/auth/login")
            let query = try await provider.logIn(at: try #require(begun.location), as: "root")
            let callback = stage.base + "/api/v1/auth/callback?" + query
            #expect(try await theirs.send(.GET, callback).json["code"] == "OIDC_STATE_MISMATCH")
            #expect(try await Browser().send(.GET, callback).json["code"] == "OIDC_STATE_MISMATCH")
            #expect(try await mine.send(.GET, callback).status == 302)
            #expect(try await mine.send(.GET, callback).json["code"] == "OIDC_STATE_MISMATCH")
            #expect(try await stage.rows("select count(*)::text from sessions") == ["1"])
            // Too late.
            let late = Browser(provider: provider)
            let old = try await late.open(stage.base, "/api/v1/auth/login")
            let answer = try await provider.logIn(at: try #require(old.location), as: "root")
            try await stage.pool.execute("update login_attempts set expires_at = now() - interval '1 second'")
            #expect(try await late.send(.GET, stage.base + "/api/v1/auth/callback?" + answer).json["code"] == "OIDC_STATE_MISMATCH")
        }
    }

    @Test(.timeLimit(.minutes(15))) func browsersAreSentNowhereElse() async throws {
        try await withLogins { stage, provider in
            for (asked, path) in [
                ("/a?b=c", "/a?b=c"), ("//evil.example", "/"), ("/\\evil.example", "/"), ("https://evil.example/", "/"), ("evil", "/"),
                ("/%5cevil.example", "/"), ("/..//evil.example", "/"), ("", "/"),
            ] {
                let browser = Browser(provider: provider)
                let answer = try await browser.logIn(stage.base, as: "bob", returnTo: asked)
                #expect(answer.location == path, "\(asked)")
            }
        }
    }

    @Test(.timeLimit(.minutes(15))) func groupsMakeRolesAndALaterLoginTakesThemAway() async throws {
        try await withLogins { stage, provider in
            for (subject, roles, organization) in [
                ("root", ["owner", "platform-admin"], nil), ("vera", ["owner", "viewer"], nil),
                ("ada", ["organization-admin", "owner"], "acme"), ("bob", ["owner"], nil),
            ] as [(String, [String], String?)] {
                let browser = Browser(provider: provider)
                try await browser.logIn(stage.base, as: subject)
                let user = try #require(try await browser.me(stage.base)["user"])
                #expect(user["roles"] == .array(roles.map { .string($0) }), "\(subject)")
                #expect(user["organization"]?.stringValue == organization, "\(subject)")
                let admin = roles.contains("platform-admin")
                let reads = admin || roles.contains("viewer")
                #expect(try await browser.open(stage.base, "/api/v1/groups").status == (reads ? 200 : 403), "\(subject)")
                let token = try await browser.token(stage.base)
                let write = try await browser.call(.POST, stage.base + "/api/v1/tenants", token: token, body: Stage.tenant)
                #expect(write.status == (admin ? 201 : 403), "\(subject)")
            }
            // Somebody who was a viewer made a token, and is none at the next login.
            let id = "user:\(provider.issuer)|bob"
            let token = AccessToken(secret: OpaqueSecret.randomBytes(32))
            let record = AccessTokenRecord(
                id: UUID(),
                secretHash: token.hash,
                name: "n",
                owner: id,
                createdBy: id,
                roles: [.viewer, .owner],
                scopes: ["read", "write"],
                createdAt: Date(),
                expiresAt: Date().addingTimeInterval(60)
            )
            try await stage.pool.withTransaction { try await AccessTokenRepository.insert(record, now: Date(), in: $0) }
            #expect(try await stage.send(.GET, "/groups", token: token.text).status == 200)
            try await Browser(provider: provider).logIn(stage.base, as: "bob")
            #expect(try await stage.send(.GET, "/groups", token: token.text).status == 403)
        }
    }

    @Test(.timeLimit(.minutes(15))) func sessionsEnd() async throws {
        try await withLogins(configure: { $0.authentication.sessionLimit = 2 }) { stage, provider in
            var browsers: [Browser] = []
            for _ in 0..<3 {
                let browser = Browser(provider: provider)
                try await browser.logIn(stage.base, as: "root")
                browsers.append(browser)
            }
            func alive(_ browser: Browser) async throws -> Bool { try await browser.me(stage.base)["authenticated"] == true }
            #expect(try await alive(browsers[0]) == false, "the oldest of too many")
            #expect(try await alive(browsers[1]))
            func hash(_ browser: Browser) throws -> String { OpaqueSecret.hash(try #require(browser.cookies[Browser.sessionCookie])) }
            // Unused for half an hour, and used for twelve.
            try await stage.pool.execute(
                "update sessions set seen_at = now() - interval '1799 seconds' where id_hash = \(try hash(browsers[1]))"
            )
            #expect(try await alive(browsers[1]))
            #expect(
                try await stage.rows(
                    "select (seen_at > now() - interval '1 minute')::text from sessions where id_hash = \(try hash(browsers[1]))"
                )
                    == ["true"]
            )
            try await stage.pool.execute(
                "update sessions set seen_at = now() - interval '1801 seconds' where id_hash = \(try hash(browsers[1]))"
            )
            #expect(try await alive(browsers[1]) == false)
            try await stage.pool.execute("update sessions set expires_at = now() where id_hash = \(try hash(browsers[2]))")
            #expect(try await alive(browsers[2]) == false)
            let keeper = AuthenticationKeeper(pool: stage.pool, idle: 1800, logger: .init(label: "t"), now: { Date() })
            try await keeper.forget()
            #expect(try await stage.rows("select id_hash from sessions").isEmpty)
        }
    }

    @Test(.timeLimit(.minutes(15))) func aProviderThatIsAwayIsSaidToBe() async throws {
        let unused = try await RealProvider.run(users: []) { $0.issuer }
        try await withStage(configure: {
            $0.authentication.openID = OpenIDConfiguration(issuer: unused, clientID: "crane", redirectURI: Browser.redirectURI)
        }) { stage in
            let answer = try await Browser().send(.GET, stage.base + "/api/v1/auth/login")
            #expect(answer.status == 503 && answer.json["code"] == "OIDC_PROVIDER_UNREACHABLE")
            let page = try await Browser().open(stage.base, "/api/v1/auth/login")
            #expect(page.status == 503 && page.headers["Content-Type"].first == "text/html; charset=utf-8")
            let policy = try #require(page.headers["Content-Security-Policy"].first)
            #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"))
            // Tokens work all the while.
            #expect(try await stage.send(.GET, "/tenants").status == 200)
            #expect(try await stage.rows("select state_hash from login_attempts").isEmpty)
        }
    }

    @Test func withoutAProviderNobodyLogsIn() async throws {
        try await withStage { stage in
            for (method, path) in [
                (HTTPMethod.GET, "/auth/login"), (.GET, "/auth/callback?code=c&state=s"), (.POST, "/auth/device"),
                (.GET, "/auth/device/activate?userCode=ABCD-2345"), (.GET, "/auth/device/token?deviceCode=x"),
            ] {
                let answer = try await stage.send(method, path, token: nil)
                #expect(answer.status == 503 && answer.code == "OIDC_NOT_CONFIGURED", "\(path)")
            }
            #expect(try await stage.send(.POST, "/auth/logout", token: nil).status == 204)
            #expect(try await stage.send(.GET, "/auth/me", token: nil).body == ["mode": "token", "authenticated": false])
            #expect(try await stage.send(.GET, "/auth/me").body[at: ["user", "roles"]] == ["platform-admin"])
            #expect(try await stage.send(.GET, "/auth/me", token: "ocp_wrong").body["authenticated"] == false)
            #expect(try await stage.send(.POST, "/auth/pod-token", token: nil).status == 401)
        }
    }
}
