import Foundation
import HTTPOperations
import JSONValue
import NIOHTTP1
import OpenIDConnect
import OpenIDFixtures
import Postgres
import Testing

@testable import ControlPlane

@Suite struct DeviceGrantTests {
    private struct Begun {
        var device: String
        var user: String
        var page: String
    }

    private func begin(_ stage: Stage) async throws -> Begun {
        let answer = try await stage.send(.POST, "/auth/device", token: nil)
        #expect(answer.status == 200 && answer.body["expiresIn"] == 600 && answer.body["interval"] == 5, "\(answer.body.text())")
        let user = try #require(answer.body["userCode"]?.stringValue)
        let page = "/api/v1/auth/device/activate?userCode=\(user)"
        #expect(answer.body["verificationUri"]?.stringValue == Browser.origin + page)
        return Begun(device: try #require(answer.body["deviceCode"]?.stringValue), user: user, page: page)
    }

    private func poll(_ stage: Stage, _ grant: Begun) async throws -> Stage.Answer {
        try await stage.send(.GET, "/auth/device/token?deviceCode=\(grant.device)", token: nil)
    }

    /// As if the device had waited.
    private func wait(_ stage: Stage) async throws {
        try await stage.pool.execute("update device_grants set polled_at = polled_at - interval '61 s'")
    }

    private func decide(_ browser: Browser, _ stage: Stage, _ page: Browser.Answer, _ decision: String) async throws -> Browser.Answer {
        try await browser.submit(
            stage.base + "/api/v1/auth/device/activate",
            [
                ("userCode", try #require(page.hidden("userCode"))), ("csrfToken", try #require(page.hidden("csrfToken"))),
                ("decision", decision),
            ]
        )
    }

    @Test(.timeLimit(.minutes(15))) func walksFromTheCodeToTheToken() async throws {
        try await withLogins { stage, provider in
            let grant = try await begin(stage)
            let first = try await poll(stage, grant)
            #expect(first.status == 202 && first.body["status"] == "pending" && first.body["code"] == "authorization_pending")
            // Too soon: it has to wait longer from now on.
            let soon = try await poll(stage, grant)
            #expect(soon.status == 202 && soon.body["code"] == "slow_down" && soon.body["interval"] == 10)
            #expect(try await poll(stage, grant).body["interval"] == 15)
            // Without a session: to the login, and back to the page.
            let browser = Browser(provider: provider)
            let sent = try await browser.open(stage.base, grant.page)
            #expect(sent.status == 302)
            let login = try await browser.open(stage.base, try #require(sent.location))
            let query = try await provider.logIn(at: try #require(login.location), as: "vera")
            let back = try await browser.open(stage.base, "/api/v1/auth/callback?" + query)
            #expect(back.location == grant.page)
            // The page asks; looking at it approves nothing.
            let page = try await browser.open(stage.base, grant.page)
            #expect(page.status == 200 && page.text.contains(grant.user) && page.text.contains("vera@example.com"))
            #expect(!page.text.contains("<script") && page.headers["Content-Security-Policy"].first?.contains("form-action 'self'") == true)
            try await wait(stage)
            #expect(try await poll(stage, grant).status == 202)
            let approved = try await decide(browser, stage, page, "approve")
            #expect(approved.status == 200 && approved.text.contains("Approved"))
            // Once.
            let given = try await poll(stage, grant)
            #expect(given.status == 200 && given.body["status"] == "authorized")
            let token = try #require(given.body["token"]?.stringValue)
            let again = try await poll(stage, grant)
            #expect(again.status == 410 && again.body["status"] == "expired")
            #expect(try await decide(browser, stage, page, "approve").status == 404)
            // The token is the person, ends, and is theirs to delete.
            let me = try await stage.send(.GET, "/auth/me", token: token).body
            #expect(
                me[at: ["user", "sub"]]?.stringValue == "user:\(provider.issuer)|vera" && me[at: ["user", "roles"]] == ["owner", "viewer"]
            )
            #expect(try await stage.send(.GET, "/tenants", token: token).status == 200)
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant, token: token).status == 403)
            let listed = try await stage.send(.GET, "/access-tokens", token: token).body
            #expect(listed.arrayValue?.count == 1 && listed[0]?["expiresAt"]?.stringValue != nil)
            #expect(listed[0]?["id"] == given.body["tokenId"])
            let actions = try await stage.rows("select action from audit_entries where action <> 'AccessRefused' order by id")
            #expect(actions == ["LoggedIn", "DeviceApproved", "Created"])
        }
    }

    @Test(.timeLimit(.minutes(15))) func isDeniedOrExpires() async throws {
        try await withLogins { stage, provider in
            let browser = Browser(provider: provider)
            try await browser.logIn(stage.base, as: "root")
            let grant = try await begin(stage)
            let page = try await browser.open(stage.base, grant.page)
            #expect(try await decide(browser, stage, page, "deny").text.contains("Denied"))
            let denied = try await poll(stage, grant)
            #expect(denied.status == 410 && denied.body["status"] == "denied" && denied.body["code"] == "access_denied")
            #expect(try await poll(stage, grant).body["code"] == "expired_token")

            let old = try await begin(stage)
            let asked = try await browser.open(stage.base, old.page)
            try await stage.pool.execute("update device_grants set expires_at = now()")
            #expect(try await decide(browser, stage, asked, "approve").status == 404)
            #expect(try await poll(stage, old).status == 410)
            let approvedLate = try await begin(stage)
            let late = try await browser.open(stage.base, approvedLate.page)
            #expect(try await decide(browser, stage, late, "approve").status == 200)
            try await stage.pool.execute("update device_grants set expires_at = now()")
            #expect(try await poll(stage, approvedLate).status == 410)
            #expect(try await stage.rows("select name from access_tokens").isEmpty)
            #expect(try await stage.send(.GET, "/auth/device/token?deviceCode=x", token: nil).status == 410)
        }
    }

    @Test(.timeLimit(.minutes(15))) func nobodyElseCanApprove() async throws {
        try await withLogins { stage, provider in
            let browser = Browser(provider: provider)
            try await browser.logIn(stage.base, as: "root")
            let grant = try await begin(stage)
            let token = try await browser.token(stage.base)
            let url = stage.base + "/api/v1/auth/device/activate"
            let form = [("userCode", grant.user), ("csrfToken", token), ("decision", "approve")]
            let own = [("Origin", Browser.origin), ("Sec-Fetch-Site", "same-origin")]
            // As another site would send it, with what it can know.
            for headers in [[], [("Origin", "https://evil.example")], [("Sec-Fetch-Site", "cross-site"), ("Origin", "null")]] {
                #expect(try await browser.submit(url, form, headers: headers).status == 403)
            }
            #expect(
                try await browser.submit(url, [("userCode", grant.user), ("csrfToken", "x"), ("decision", "approve")], headers: own).status
                    == 403
            )
            #expect(try await browser.submit(url, [("userCode", grant.user), ("decision", "approve")], headers: own).status == 422)
            #expect(try await browser.submit(url, form + [("more", "x")], headers: own).status == 422)
            #expect(try await browser.submit(url, form + [("decision", "deny")], headers: own).status == 400)
            #expect(try await browser.call(.POST, url, token: token, body: ["userCode": .string(grant.user)]).status == 415)
            #expect(try await Browser().submit(url, form, headers: own).status == 401)
            // A token of a command line cannot let another one in.
            let bearer = try await stage.send(
                .POST,
                "/auth/device/activate",
                text: "userCode=\(grant.user)&csrfToken=x&decision=approve",
                headers: [("Content-Type", "application/x-www-form-urlencoded")]
            )
            #expect(bearer.status == 401)
            #expect(try await poll(stage, grant).status == 202)
            #expect(try await stage.rows("select coalesce(decision, 'none') from device_grants") == ["none"])
            // Whoever is refused is told what to do.
            let unknown = try await browser.open(stage.base, "/api/v1/auth/device/activate?userCode=%3Cb%3E")
            #expect(unknown.status == 404 && unknown.text.contains("name=\"userCode\"") && !unknown.text.contains("<b>"))
            let page = try await Browser().submit(url, form, headers: own + [("Accept", "text/html")])
            #expect(page.status == 401 && page.text.contains("href=\"\(grant.page)\""))
            // Guessing codes is slow.
            var statuses: [Int] = []
            for _ in 0..<12 {
                statuses.append(try await browser.open(stage.base, "/api/v1/auth/device/activate?userCode=AAAA-AAAA").status)
            }
            #expect(statuses.contains(404) && statuses.last == 429)
        }
    }

    @Test(.timeLimit(.minutes(15))) func twoPollsGetOneToken() async throws {
        try await withLogins { stage, provider in
            let browser = Browser(provider: provider)
            try await browser.logIn(stage.base, as: "root")
            let grant = try await begin(stage)
            _ = try await decide(browser, stage, try await browser.open(stage.base, grant.page), "approve")
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask { try await stage.send(.GET, "/auth/device/token?deviceCode=\(grant.device)", token: nil).status }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.sorted() == [200] + Array(repeating: 410, count: 7))
            #expect(try await stage.rows("select count(*)::text from access_tokens") == ["1"])
        }
    }

    @Test func grantsAreRationed() async throws {
        try await withStage(configure: {
            $0.authentication.openID = .init(issuer: "http://127.0.0.1:1", clientID: "c", redirectURI: Browser.redirectURI)
        }) { stage in
            var statuses: [Int] = []
            for _ in 0..<12 { statuses.append(try await stage.send(.POST, "/auth/device", token: nil).status) }
            #expect(statuses.prefix(10).allSatisfy { $0 == 200 } && statuses.last == 429)
        }
    }

    @Test func codesAreReadAsPeopleWriteThem() throws {
        let code = UserCode(random: [0, 1, 2, 3, 31, 32, 255, 24])
        #expect(code.text == "ABCD-9A9\("ABCDEFGHJKLMNPQRSTUVWXYZ23456789".dropFirst(24).first ?? "?")")
        for text in [code.text, code.text.lowercased(), code.symbols, " \(code.symbols) "] { #expect(UserCode(text) == code) }
        for text in ["", "ABCD-234", "ABCD-23456", "ABCD-234I", "ABCD-2340", "ABCD-234é", String(repeating: "-", count: 100)] {
            #expect(UserCode(text) == nil, "\(text)")
        }
    }
}
