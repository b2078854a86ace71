import AsyncHTTPClient
import Foundation
import JSONValue
import NIOCore
import NIOHTTP1
import Observability
import OpenIDConnect
import OpenIDFixtures
import Testing

@testable import ControlPlane

/// What a browser does: keeps cookies, says where its requests come from, follows where it is sent.
final class Browser {
    static let origin = "https://crane.example.com"
    static let redirectURI = origin + "/api/v1/auth/callback"
    static let sessionCookie = "__Host-opencrane_oidc"

    struct Answer {
        var status: Int
        var headers: HTTPHeaders
        var text: String
        var json: JSON { (try? JSON(parsing: text)) ?? .null }
        var location: String? { headers["Location"].first }
        /// The value of a hidden member of the page's form.
        func hidden(_ name: String) -> String? {
            text.components(separatedBy: "name=\"\(name)\" value=\"").dropFirst().first?.components(separatedBy: "\"").first
        }
    }

    var cookies: [String: String] = [:]
    private(set) var setCookies: [String] = []
    let provider: RealProvider?

    init(provider: RealProvider? = nil) { self.provider = provider }

    /// Opens a path of a replica, as by its address line.
    func open(_ base: String, _ path: String, headers: [(String, String)] = [("Accept", "text/html"), ("Sec-Fetch-Site", "none")])
        async throws -> Answer
    {
        try await send(.GET, base + path, headers: headers)
    }

    /// Sends what a page's script would send.
    func call(_ method: HTTPMethod, _ url: String, token: String?, headers: [(String, String)] = [], body: JSON? = nil) async throws
        -> Answer
    {
        var all = [("Origin", Self.origin), ("Sec-Fetch-Site", "same-origin")]
        if let token { all.append(("X-CSRF-Token", token)) }
        return try await send(method, url, headers: all + headers, body: body.map { ($0.text(), "application/json") })
    }

    /// Sends a page's form.
    func submit(_ url: String, _ members: [(String, String)], headers: [(String, String)]? = nil) async throws -> Answer {
        let text = members.map { "\(LoginFlow.escape($0.0))=\(LoginFlow.escape($0.1))" }.joined(separator: "&")
        return try await send(
            .POST,
            url,
            headers: headers ?? [("Origin", Self.origin), ("Sec-Fetch-Site", "same-origin"), ("Accept", "text/html")],
            body: (text, "application/x-www-form-urlencoded")
        )
    }

    func send(
        _ method: HTTPMethod,
        _ url: String,
        headers: [(String, String)] = [],
        body: (String, String)? = nil
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = method
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if !cookies.isEmpty {
            request.headers.add(
                name: "Cookie",
                value: cookies.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
            )
        }
        if let body {
            request.headers.add(name: "Content-Type", value: body.1)
            request.body = .bytes(ByteBuffer(string: body.0))
        }
        let response = try await noRedirects.execute(request, timeout: .seconds(30))
        for text in response.headers["Set-Cookie"] {
            setCookies.append(text)
            let pair = text.split(separator: ";")[0].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(pair[0])
            cookies[name] = text.contains("Max-Age=0") ? nil : String(pair[1])
        }
        return Answer(
            status: Int(response.status.code),
            headers: response.headers,
            text: String(buffer: try await response.body.collect(upTo: 1 << 20))
        )
    }

    /// Logs in.
    ///
    /// - Parameters:
    ///   - base: the replica the login begins at.
    ///   - callbackBase: the replica the browser comes back to; default the same.
    @discardableResult
    func logIn(_ base: String, as subject: String, returnTo: String? = nil, callbackBase: String? = nil) async throws -> Answer {
        let provider = try #require(provider)
        let query = returnTo.map { "?returnTo=" + LoginFlow.escape($0) } ?? ""
        let begun = try await open(base, "/api/v1/auth/login" + query)
        #expect(begun.status == 302, "\(begun.text)")
        let back = try await provider.logIn(at: try #require(begun.location), as: subject)
        return try await open(callbackBase ?? base, "/api/v1/auth/callback?" + back)
    }

    /// Who this browser is to a replica.
    func me(_ base: String) async throws -> JSON { try await send(.GET, base + "/api/v1/auth/me").json }

    /// What its pages repeat.
    func token(_ base: String) async throws -> String { try #require(try await me(base)["csrfToken"]?.stringValue) }
}

private let noRedirects: HTTPClient = {
    var configuration = HTTPClient.Configuration()
    configuration.redirectConfiguration = .disallow
    return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
}()

/// People of the provider.
enum Folk {
    static let root: JSON = [
        "sub": "root", "email": "root@example.com", "email_verified": true, "name": "Root <&>", "groups": ["platform"],
    ]
    static let viewer: JSON = ["sub": "vera", "email": "vera@example.com", "email_verified": true, "groups": ["auditors"]]
    static let ada: JSON = [
        "sub": "ada", "email": "Ada@Example.com", "email_verified": true, "name": "Ada", "groups": ["org-acme-admins", "others"],
    ]
    static let bob: JSON = ["sub": "bob", "email": "bob@example.com", "email_verified": true]
    static let all = [root, viewer, ada, bob]
}

/// Runs a test with a provider and a control plane that people log in to.
func withLogins(
    users: [JSON] = Folk.all,
    configure: @escaping @Sendable (inout ControlPlaneConfiguration) -> Void = { _ in },
    _ body: @escaping @Sendable (Stage, RealProvider) async throws -> Void
) async throws {
    try await RealProvider.run(users: users) { provider in
        try await withStage(configure: {
            useProvider(provider, &$0)
            configure(&$0)
        }) { try await body($0, provider) }
    }
}

func useProvider(_ provider: RealProvider, _ configuration: inout ControlPlaneConfiguration) {
    configuration.authentication.openID = OpenIDConfiguration(
        issuer: provider.issuer,
        clientID: "crane",
        clientSecret: "a secret",
        redirectURI: Browser.redirectURI
    )
    configuration.authentication.roles = RoleMapping(
        platformAdmins: ["platform"],
        viewers: ["auditors"],
        organizationAdmins: ["org-{organization}-admins"]
    )
}
