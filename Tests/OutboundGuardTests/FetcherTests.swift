import NIOConcurrencyHelpers
import Testing

@testable import OutboundGuard

/// Answers from a script and notes what was asked.
final class ScriptedTransport: OutboundTransport {
    struct Call: Sendable {
        var request: OutboundRequest
        var destination: PinnedDestination
        var limit: Duration
    }

    let calls = NIOLockedValueBox([Call]())
    private let answer: @Sendable (String) -> (Int, [String: String])

    init(_ answer: @escaping @Sendable (String) -> (Int, [String: String])) { self.answer = answer }

    func exchange(
        _ request: OutboundRequest,
        to destination: PinnedDestination,
        largest: Int,
        within limit: Duration
    ) async throws(OutboundError) -> OutboundResponse {
        calls.withLockedValue { $0.append(Call(request: request, destination: destination, limit: limit)) }
        let (status, headers) = answer(destination.url.description)
        return OutboundResponse(status: status, headers: headers.map { .init($0.key, $0.value) }, body: [], url: destination.url)
    }

    var asked: [String] { calls.withLockedValue { $0.map { $0.destination.url.description } } }
}

@Suite struct FetcherTests {
    private static let names = Table(names: [
        "a.example.com": ["8.8.8.8"], "b.example.com": ["8.8.4.4"], "inside.example.com": ["10.0.0.1"], "rebind.example.com": ["127.0.0.1"],
    ])

    private func fetcher(_ policy: OutboundPolicy = OutboundPolicy(), _ transport: ScriptedTransport) -> OutboundFetcher {
        OutboundFetcher(gate: OutboundGuard(policy: policy, resolver: Self.names), transport: transport)
    }

    @Test func followsRedirectsToWhatIsAllowed() async throws {
        let transport = ScriptedTransport { url in
            switch url {
            case "https://a.example.com/": (301, ["location": "/next"])
            case "https://a.example.com/next": (302, ["Location": "https://b.example.com/last"])
            default: (200, [:])
            }
        }
        let answer = try await fetcher(OutboundPolicy(), transport).fetch(OutboundRequest(.get, "https://a.example.com"))
        #expect(answer.status == 200)
        #expect(answer.url.description == "https://b.example.com/last")
        #expect(transport.asked == ["https://a.example.com/", "https://a.example.com/next", "https://b.example.com/last"])
        #expect(transport.calls.withLockedValue { $0.map { $0.destination.address.description } } == ["8.8.8.8", "8.8.8.8", "8.8.4.4"])
    }

    @Test(
        arguments: [
            ("https://inside.example.com/", OutboundError.Code.addressNotAllowed), ("https://rebind.example.com/", .addressNotAllowed),
            ("https://127.0.0.1/", .addressNotAllowed), ("https://169.254.169.254/latest/meta-data/", .addressNotAllowed),
            ("https://[::1]/", .addressNotAllowed),
            ("//127.0.0.1/", .addressNotAllowed), ("https://2130706433/", .ambiguousAddress), ("https://localhost/", .hostNotAllowed),
            ("http://b.example.com/", .redirectNotAllowed), ("file://b.example.com/etc/passwd", .schemeNotAllowed),
            ("https://b.example.com:8443/", .portNotAllowed),
            ("https://u:p@b.example.com/", .credentialsInURL), ("https://b.example.com/ä", .invalidURL), ("gopher:x", .invalidURL),
        ] as [(String, OutboundError.Code)]
    )
    func doesNotFollowRedirectsElsewhere(location: String, code: OutboundError.Code) async {
        let transport = ScriptedTransport { _ in (302, ["Location": location]) }
        let fetcher = fetcher(OutboundPolicy(), transport)
        #expect(await refusal { _ = try await fetcher.fetch(OutboundRequest(.get, "https://a.example.com/")) } == code)
        #expect(transport.asked == ["https://a.example.com/"])
    }

    @Test func endsAfterTheAllowedRedirects() async {
        let transport = ScriptedTransport { _ in (307, ["Location": "/again"]) }
        let fetcher = fetcher(OutboundPolicy(redirects: 2), transport)
        #expect(await refusal { _ = try await fetcher.fetch(OutboundRequest(.get, "https://a.example.com/")) } == .tooManyRedirects)
        #expect(transport.asked.count == 3)
    }

    @Test func doesNotRepeatABody() async {
        let transport = ScriptedTransport { _ in (308, ["Location": "https://b.example.com/"]) }
        let fetcher = fetcher(OutboundPolicy(), transport)
        let request = OutboundRequest(.post, "https://a.example.com/", body: [1])
        #expect(await refusal { _ = try await fetcher.fetch(request) } == .redirectNotAllowed)
        let lost = ScriptedTransport { _ in (302, [:]) }
        #expect(
            await refusal { _ = try await self.fetcher(OutboundPolicy(), lost).fetch(OutboundRequest(.get, "https://a.example.com/")) }
                == .redirectNotAllowed
        )
    }

    @Test func takesCredentialsToTheFirstOriginOnly() async throws {
        let transport = ScriptedTransport { url in
            switch url {
            case "https://a.example.com/": (302, ["Location": "/same"])
            case "https://a.example.com/same": (302, ["Location": "https://b.example.com/"])
            case "https://b.example.com/": (302, ["Location": "https://a.example.com/back"])
            default: (200, [:])
            }
        }
        let headers = [OutboundRequest.Header("Authorization", "Bearer x"), .init("X-Own-Token", "y"), .init("Accept", "application/json")]
        _ = try await fetcher(OutboundPolicy(), transport).fetch(OutboundRequest(.get, "https://a.example.com/", headers: headers))
        let names = transport.calls.withLockedValue { $0.map { $0.request.headers.map(\.name) } }
        #expect(
            names == [["Authorization", "X-Own-Token", "Accept"], ["Authorization", "X-Own-Token", "Accept"], ["Accept"], ["Accept"]]
        )
    }

    @Test(arguments: [
        "Host", "host", "Connection", "Transfer-Encoding", "Content-Length", "Upgrade", "Proxy-Authorization", "TE", "Accept-Encoding",
    ])
    func refusesHeadersOfFraming(name: String) async {
        let transport = ScriptedTransport { _ in (200, [:]) }
        let request = OutboundRequest(.get, "https://a.example.com/", headers: [.init(name, "x")])
        #expect(await refusal { _ = try await self.fetcher(OutboundPolicy(), transport).fetch(request) } == .invalidRequest)
        #expect(transport.asked.isEmpty)
    }

    @Test func refusesHeadersWithLineBreaks() async {
        let transport = ScriptedTransport { _ in (200, [:]) }
        let request = OutboundRequest(.get, "https://a.example.com/", headers: [.init("X-A", "x\r\nHost: evil")])
        #expect(await refusal { _ = try await self.fetcher(OutboundPolicy(), transport).fetch(request) } == .invalidRequest)
        let body = OutboundRequest(.get, "https://a.example.com/", body: [1])
        #expect(await refusal { _ = try await self.fetcher(OutboundPolicy(), transport).fetch(body) } == .invalidRequest)
    }

    @Test func sharesOneTimeLimitAmongAllHops() async throws {
        let transport = ScriptedTransport { url in url.hasSuffix("/end") ? (200, [:]) : (302, ["Location": "/end"]) }
        _ = try await fetcher(OutboundPolicy(timeLimit: .seconds(7)), transport).fetch(OutboundRequest(.get, "https://a.example.com/"))
        let limits = transport.calls.withLockedValue { $0.map(\.limit) }
        #expect(limits.count == 2)
        #expect(limits[0] <= .seconds(7) && limits[1] < limits[0])
        let none = ScriptedTransport { _ in (200, [:]) }
        let late = fetcher(OutboundPolicy(timeLimit: .zero), none)
        #expect(await refusal { _ = try await late.fetch(OutboundRequest(.get, "https://a.example.com/")) } == .timedOut)
        #expect(none.asked.isEmpty)
    }
}
