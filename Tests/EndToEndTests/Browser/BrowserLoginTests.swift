import Foundation
import JSONValue
import OpenIDFixtures
import Testing

extension EndToEnd {
    @Suite("A person's browser")
    struct BrowserLoginTests {
        @Test("Logs in at the provider, is known to both replicas, and logs out of both", .timeLimit(.minutes(15)))
        func aLoginHoldsOnEveryReplica() async throws {
            try await LoginScene.with { scene in
                let browser = scene.browser
                try await findsTheWayIn(scene)
                // The provider sends the browser back to another replica than the one that sent it there.
                try await browser.open(scene.api + "/auth/login?returnTo=/api/v1/auth/me")
                scene.entrance.use(1)
                try await scene.authorize(as: "root")
                try await browser.arrive(at: scene.api + "/auth/me")
                let served = scene.entrance.count(of: 1)
                #expect(served >= 2)
                for replica in [0, 1] {
                    scene.entrance.use(replica)
                    let me = try await scene.me()
                    #expect(me["authenticated"] == true && me[at: ["user", "email"]] == "root@example.com", "\(me)")
                    try await browser.open(scene.api + "/tenants")
                    #expect(try await browser.status() == 200)
                }
                let secret = try await expectCookies(scene)
                try await refusesWhatWasUsed(scene)
                try await refusesOtherSites(scene)
                try await logsOut(scene, secret)
                try await keepsOut(scene)
            }
        }

        /// Who is not known is told where to log in.
        private func findsTheWayIn(_ scene: LoginScene) async throws {
            try await scene.browser.open(scene.api + "/tenants")
            #expect(try await scene.browser.status() == 401)
            let refusal = try await scene.browser.json()
            #expect(refusal["code"] == "UNAUTHORIZED")
            #expect(refusal["error"]?.stringValue?.contains("/api/v1/auth/login") == true, "\(refusal)")
        }

        /// - Returns: the session's secret.
        private func expectCookies(_ scene: LoginScene) async throws -> String {
            let cookies = try await scene.browser.cookies()
            let session = try #require(cookies.first { $0["name"]?.stringValue == LoginScene.cookie }, "\(cookies)")
            #expect(session["secure"] == true && session["httpOnly"] == true && session["sameSite"] == "Lax" && session["path"] == "/")
            #expect(session["domain"] == "localhost", "of this host alone")
            #expect(cookies.allSatisfy { $0["httpOnly"] == true && $0["secure"] == true })
            #expect(try await scene.browser.run("return document.cookie") == "")
            return try #require(session["value"]?.stringValue)
        }

        /// An answer of the provider counts once: typed in again, and by the button that goes back.
        private func refusesWhatWasUsed(_ scene: LoginScene) async throws {
            let browser = scene.browser
            let callback = try #require(scene.entrance.lastTarget(beginning: "/api/v1/auth/callback?"))
            try await browser.open(scene.origin + callback)
            #expect(try await browser.status() == 400)
            let text = try await browser.text()
            #expect(text.contains("This did not work") && text.contains("begin anew") && text.contains("OIDC_STATE_MISMATCH"), "\(text)")
            #expect(try await browser.picture("replayed-callback").starts(with: [0x89, 0x50, 0x4E, 0x47]))
            try await expectStyle(scene)
            // The page leads to a new login; whoever goes back then has the provider's form, and its old answer.
            try await browser.click("a[href='/api/v1/auth/login']")
            try await browser.arrive(at: scene.provider.issuer)
            try await browser.open(scene.api + "/auth/login?returnTo=/api/v1/auth/me")
            try await scene.authorize(as: "root")
            try await browser.arrive(at: scene.api + "/auth/me")
            try await browser.goBack()
            try await scene.authorize(as: "root")
            try await browser.arrive(at: scene.api + "/auth/callback")
            #expect(try await browser.status() == 400)
            #expect(try await browser.text().contains("OIDC_STATE_MISMATCH"))
            #expect(try await scene.me()["authenticated"] == true, "the login before holds")
        }

        /// Forms of other sites change nothing: of a site elsewhere, and of one on another port of the same host, which browsers send the
        /// same cookies.
        private func refusesOtherSites(_ scene: LoginScene) async throws {
            for isSibling in [false, true] {
                try await scene.afterForeignForm(isSibling: isSibling, to: "/auth/logout") {
                    if isSibling {
                        try await scene.browser.arrive(at: scene.api + "/auth/logout")
                        #expect(try await scene.browser.status() == 403)
                        #expect(try await scene.browser.json()["code"] == "CSRF_REJECTED")
                    } else {
                        // Without its cookie there is nothing to end: 204, and the browser stays where it is.
                        try await eventually("the form has arrived") {
                            scene.entrance.lastTarget(beginning: "/api/v1/auth/logout") != nil
                        }
                    }
                }
                #expect(try await scene.me()["authenticated"] == true)
            }
        }

        private func logsOut(_ scene: LoginScene, _ first: String) async throws {
            let token = try #require(try await scene.me()["csrfToken"]?.stringValue)
            let cookies = try await scene.browser.cookies()
            let secret = try #require(cookies.first { $0["name"]?.stringValue == LoginScene.cookie }?["value"]?.stringValue)
            #expect(secret != first, "each login has a session of its own")
            let cookie = ["Cookie": "\(LoginScene.cookie)=\(secret)"]
            #expect(try await scene.statuses(of: "/api/v1/tenants", headers: cookie) == [200, 200])
            #expect(try await scene.call("POST", "/api/v1/auth/logout", token: "guessed") == 403)
            #expect(try await scene.call("POST", "/api/v1/auth/logout", token: token) == 204)
            #expect(try await scene.browser.cookies().allSatisfy { $0["name"]?.stringValue != LoginScene.cookie })
            for replica in [0, 1] {
                scene.entrance.use(replica)
                #expect(try await scene.me() == ["mode": "oidc", "authenticated": false])
            }
            for secret in [secret, first] {
                let cookie = ["Cookie": "\(LoginScene.cookie)=\(secret)"]
                #expect(try await scene.statuses(of: "/api/v1/tenants", headers: cookie) == [401, 401])
            }
        }

        /// Who may not come in is told why.
        private func keepsOut(_ scene: LoginScene) async throws {
            let browser = scene.browser
            try await browser.open(scene.api + "/auth/login?returnTo=/api/v1/auth/me")
            try await scene.authorize(as: "mallory")
            try await browser.arrive(at: scene.api + "/auth/callback")
            #expect(try await browser.status() == 403)
            #expect(try await browser.text().contains("OIDC_EMAIL_NOT_VERIFIED"))
            try await browser.open(scene.api + "/auth/login")
            try await browser.arrive(at: scene.provider.issuer)
            try await browser.click("button[name=action][value=deny]")
            try await browser.arrive(at: scene.api + "/auth/callback")
            // This provider's refusal does not say which login it is about (RFC 6749 section 4.1.2.1), and so could be anybody's.
            #expect(try await browser.status() == 400)
            #expect(try await browser.text().contains("Log in again"))
            #expect(try await scene.me()["authenticated"] == false)
        }

        /// The policy of a page lets its own style through.
        private func expectStyle(_ scene: LoginScene) async throws {
            let width = try await scene.browser.run("return getComputedStyle(document.querySelector('main')).maxWidth")
            #expect(width == "608px")
            #expect(try await scene.browser.run("return performance.getEntriesByType('resource').length") == 0)
        }
    }
}
