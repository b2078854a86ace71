import NIOConcurrencyHelpers
import NIOSSL
import Testing

@testable import OutboundGuard

/// Over real sockets.
@Suite struct PinnedHTTPTransportTests {
    private func gate(_ schemes: Set<String>, _ port: Int, largest: Int = 1 << 20, limit: Duration = .seconds(20)) throws -> OutboundGuard {
        OutboundGuard(
            policy: OutboundPolicy(
                schemes: schemes,
                ports: [port],
                permittedRanges: [try #require(AddressRange("127.0.0.1"))],
                largestAnswer: largest,
                timeLimit: limit
            ),
            resolver: Table(names: ["files.example.com": ["127.0.0.1"], "other.example.com": ["127.0.0.1"]])
        )
    }

    @Test func connectsToThePinnedAddressInTheNameOfTheHost() async throws {
        let certificates = try TestCertificates(names: ["files.example.com"])
        try await withServer(tls: certificates) { seen in
            let transport = PinnedHTTPTransport(trustRoots: .certificates([certificates.authority]))
            let fetcher = OutboundFetcher(gate: try gate(["https"], seen.port), transport: transport)
            let answer = try await fetcher.fetch(OutboundRequest(.get, "https://files.example.com:\(seen.port)/plain"))
            #expect(answer.status == 200)
            #expect(answer.body == Array("hello".utf8))
            #expect(seen.hosts.withLockedValue { $0 } == ["files.example.com:\(seen.port)"])
            #expect(seen.names.withLockedValue { $0 } == ["files.example.com"])

            // The same server under a name that its certificate does not bear.
            #expect(
                await refusal { _ = try await fetcher.fetch(OutboundRequest(.get, "https://other.example.com:\(seen.port)/plain")) }
                    == .unreachable
            )
            // And without trust in its authority.
            let distrusting = OutboundFetcher(gate: try gate(["https"], seen.port))
            #expect(
                await refusal { _ = try await distrusting.fetch(OutboundRequest(.get, "https://files.example.com:\(seen.port)/plain")) }
                    == .unreachable
            )
            #expect(seen.hosts.withLockedValue { $0.count } == 1)
        }
    }

    @Test func keepsTheLimitsOfSizeAndTime() async throws {
        try await withServer { seen in
            let url = "http://files.example.com:\(seen.port)"
            let fetcher = OutboundFetcher(gate: try gate(["http"], seen.port, largest: 50_000))
            #expect(try await fetcher.fetch(OutboundRequest(.get, url + "/plain")).body.count == 5)
            #expect(await refusal { _ = try await fetcher.fetch(OutboundRequest(.get, url + "/large")) } == .tooLarge)
            #expect(await refusal { _ = try await fetcher.fetch(OutboundRequest(.get, url + "/endless")) } == .tooLarge)
            let exact = OutboundFetcher(gate: try gate(["http"], seen.port, largest: 100_000))
            #expect(try await exact.fetch(OutboundRequest(.get, url + "/large")).body.count == 100_000)
            let hasty = OutboundFetcher(gate: try gate(["http"], seen.port, limit: .milliseconds(300)))
            #expect(await refusal { _ = try await hasty.fetch(OutboundRequest(.get, url + "/slow")) } == .timedOut)
            #expect(await refusal { _ = try await hasty.fetch(OutboundRequest(.get, url + "/mute")) } == .timedOut)
        }
    }

    @Test func checksWhereARealServerRedirects() async throws {
        try await withServer { seen in
            let fetcher = OutboundFetcher(gate: try gate(["http"], seen.port))
            #expect(
                await refusal { _ = try await fetcher.fetch(OutboundRequest(.get, "http://files.example.com:\(seen.port)/away")) }
                    == .portNotAllowed
            )
        }
    }

    @Test func saysWhenNobodyListens() async throws {
        let port = try await withServer { seen in seen.port }
        let fetcher = OutboundFetcher(gate: try gate(["http"], port))
        #expect(await refusal { _ = try await fetcher.fetch(OutboundRequest(.get, "http://127.0.0.1:\(port)/plain")) } == .unreachable)
    }
}
