import Foundation
import JSONValue
import OpenIDFixtures
import Testing

/// An identity provider, two replicas of the control plane behind one address with TLS, and a browser.
struct LoginScene: Sendable {
    static let cookie = "__Host-opencrane_oidc"
    static let people: [JSON] = [
        ["sub": "root", "email": "root@example.com", "email_verified": true, "name": "Root", "groups": ["platform"]],
        ["sub": "vera", "email": "vera@example.com", "email_verified": true, "name": "Vera", "groups": ["auditors"]],
        ["sub": "mallory", "email": "mallory@example.com", "email_verified": false],
    ]

    let stage: Stage
    let provider: RealProvider
    let entrance: Entrance
    /// Where browsers and command lines find the control plane.
    let origin: String
    let identity: TestIdentity
    let browser: Chromium

    /// Sets the scene for as long as `body` takes.
    static func with(_ body: @escaping @Sendable (LoginScene) async throws -> Void) async throws {
        let identity = try TestIdentity()
        try await RealProvider.run(users: people) { provider in
            try await Entrance.run(identity) { entrance, origin in
                let options = StageOptions(
                    hasOperator: false,
                    controlPlanes: 2,
                    controlPlaneEnvironment: [
                        "OIDC_ISSUER_URL": provider.issuer, "OIDC_CLIENT_ID": "crane", "OIDC_CLIENT_SECRET": "a secret",
                        "OIDC_REDIRECT_URI": origin + "/api/v1/auth/callback", "OPENCRANE_PLATFORM_OPERATOR_GROUPS": "platform",
                        "OIDC_VIEWER_GROUPS": "auditors", "OPENCRANE_TRUSTED_PROXIES": "1",
                    ]
                )
                try await Stage.with(options) { stage in
                    entrance.lead(to: stage.replicas.map(\.api.base))
                    try stage.scratch.write(identity.authority, to: "authority.pem")
                    try await Chromium.run(in: stage.scratch) { browser in
                        try await body(
                            LoginScene(
                                stage: stage,
                                provider: provider,
                                entrance: entrance,
                                origin: origin,
                                identity: identity,
                                browser: browser
                            )
                        )
                    }
                }
            }
        }
    }

    var api: String { origin + "/api/v1" }

    /// Fills the provider's form in.
    func authorize(as subject: String) async throws {
        try await browser.arrive(at: provider.issuer)
        try await browser.type(subject, into: "input[name=sub]")
        try await browser.click("form:has(input[name=sub]) button[type=submit]")
    }

    /// Logs somebody in, and shows who it is.
    func logIn(as subject: String) async throws {
        try await browser.open(api + "/auth/login?returnTo=/api/v1/auth/me")
        try await authorize(as: subject)
        try await browser.arrive(at: api + "/auth/me")
    }

    /// Who this browser is, at whoever answers now.
    func me() async throws -> JSON {
        try await browser.open(api + "/auth/me")
        return try await browser.json()
    }

    /// Sends what a script of our own pages would send; the browser must show an answer of ours that is no page.
    func call(_ method: String, _ path: String, token: String) async throws -> Int64? {
        try await browser.run(
            "return fetch(arguments[1], {method: arguments[0], headers: {'X-CSRF-Token': arguments[2]}}).then(answer => answer.status)",
            [.string(method), .string(path), .string(token)]
        ).integerValue
    }

    /// What every replica answers to a request with some headers.
    func statuses(of path: String, headers: [String: String]) async throws -> [Int] {
        var statuses: [Int] = []
        for replica in stage.replicas {
            statuses.append(try await RESTClient(base: replica.api.base, token: "").send("GET", path, headers: headers).status)
        }
        return statuses
    }

    /// Runs `body` while a site of somebody else shows a page with a form that it sends at once.
    ///
    /// - Parameter isSibling: whether the site is on the same host, with another port: browsers send it the same cookies.
    func afterForeignForm(
        isSibling: Bool,
        to path: String,
        _ members: [String: String] = [:],
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        let inputs = members.map { "<input type=hidden name=\"\($0.key)\" value=\"\($0.value)\">" }.joined()
        let page = "<form method=post action=\"\(api)\(path)\">\(inputs)</form><script>document.forms[0].submit()</script>"
        try await LocalSite.run(isSibling ? identity : nil, respond: { _ in LocalSite.page(page) }) { [self] port in
            try await browser.open(isSibling ? "https://localhost:\(port)/" : "http://127.0.0.1:\(port)/")
            try await body()
        }
    }
}
