import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import NIOHTTP1
import OpenIDFixtures
import Postgres
import Testing

@testable import ControlPlane

/// What other sites could make a browser send, as a decision and over HTTP.
@Suite struct CrossSiteTests {
    @Test(
        arguments: [
            (["Sec-Fetch-Site": "same-origin"], true), (["Origin": "https://crane.example.com"], true),
            (["Origin": "HTTPS://CRANE.example.com"], true),
            (["Sec-Fetch-Site": "same-origin", "Origin": "https://crane.example.com"], true),
            ([:], false), (["Sec-Fetch-Site": "cross-site"], false), (["Sec-Fetch-Site": "same-site"], false),
            (["Sec-Fetch-Site": "none"], false),
            (["Sec-Fetch-Site": ""], false), (["Origin": "null"], false), (["Origin": "http://crane.example.com"], false),
            (["Origin": "https://crane.example.com:8443"], false), (["Origin": "https://crane.example.com.evil.example"], false),
            (["Origin": "https://evil.example"], false), (["Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"], false),
            (["Sec-Fetch-Site": "cross-site", "Origin": "https://crane.example.com"], false),
            (["Referer": "https://crane.example.com/"], false),
        ] as [([String: String], Bool)]
    )
    func ownPagesAreToldFromOthers(headers: [String: String], isOwn: Bool) throws {
        var fields: HTTPFields = [:]
        for (name, value) in headers { fields[try #require(HTTPField.Name(name))] = value }
        #expect(RequestOrigin(own: "https://crane.example.com").isOwn(fields) == isOwn)
    }

    @Test func cookiesAreReadStrictly() throws {
        let cookie = SessionCookie(name: "s", origin: "https://crane.example.com")
        let secret = OpaqueSecret.text(Array(repeating: 1, count: 32))
        func find(_ lines: String...) -> String? {
            var fields: HTTPFields = [:]
            for line in lines { fields.append(HTTPField(name: .cookie, value: line)) }
            return cookie.find(in: fields)
        }
        #expect(find("__Host-s=\(secret)") == secret)
        #expect(find("a=b; __Host-s=\(secret); c=d") == secret)
        #expect(find("a=b", "__Host-s=\(secret)") == secret)
        #expect(find("s=\(secret)") == nil && find("__Host-s=") == nil && find("__Host-s=\(secret)A") == nil && find() == nil)
        #expect(find("__Host-s=\(secret); __Host-s=\(secret)") == nil, "one of two is somebody else's")
        #expect(find("__Host-s=\"\(secret)\"") == nil)
        #expect(cookie.setting(secret, for: 5).value == "__Host-s=\(secret); Path=/; HttpOnly; SameSite=Lax; Max-Age=5; Secure")
        let plain = SessionCookie(name: "s", origin: "http://127.0.0.1:8080")
        #expect(plain.setting(secret, for: 5).value == "s=\(secret); Path=/; HttpOnly; SameSite=Lax; Max-Age=5")
    }

    @Test(.timeLimit(.minutes(15))) func changesNeedAPageOfOursAndItsToken() async throws {
        try await withLogins { stage, provider in
            let browser = Browser(provider: provider)
            try await browser.logIn(stage.base, as: "root")
            let token = try await browser.token(stage.base)
            let other = Browser(provider: provider)
            try await other.logIn(stage.base, as: "root")
            let foreign = try await other.token(stage.base)
            let url = stage.base + "/api/v1/tenants"
            let body = (Stage.tenant.text(), "application/json")
            let own = [("Origin", Browser.origin), ("Sec-Fetch-Site", "same-origin")]
            let rows: [(String, [(String, String)])] = [
                ("nothing", []), ("origin alone", own), ("token alone", [("X-CSRF-Token", token)]),
                ("another site", [("Origin", "https://evil.example"), ("X-CSRF-Token", token)]),
                ("a sibling", [("Sec-Fetch-Site", "same-site"), ("X-CSRF-Token", token)]), ("a wrong token", own + [("X-CSRF-Token", "x")]),
                ("another session's token", own + [("X-CSRF-Token", foreign)]), ("an empty token", own + [("X-CSRF-Token", "")]),
            ]
            for (name, headers) in rows {
                let answer = try await browser.send(.POST, url, headers: headers, body: body)
                #expect(answer.status == 403 && answer.json["code"] == "CSRF_REJECTED", "\(name): \(answer.text)")
                for path in ["/api/v1/auth/logout", "/api/v1/auth/pod-token"] {
                    let answer = try await browser.send(.POST, stage.base + path, headers: headers)
                    #expect(answer.status == 403 && answer.json["code"] == "CSRF_REJECTED", "\(name): \(path)")
                }
            }
            #expect(try await stage.rows("select name from tenants").isEmpty)
            // Reading needs none of it; and a bearer that is not good is not helped by a session.
            #expect(try await browser.send(.GET, url).status == 200)
            #expect(try await browser.send(.GET, url, headers: [("Authorization", "Bearer wrong")]).status == 401)
            #expect(try await browser.send(.GET, url, headers: [("Authorization", "Bearer ocp_wrong")]).status == 401)
            #expect(try await browser.call(.POST, url, token: token, body: Stage.tenant).status == 201)
            // Programs with tokens are no browsers.
            #expect(try await (200..<300).contains(stage.send(.DELETE, "/tenants/mia").status))
        }
    }
}
