import JSONValue
import NIOConcurrencyHelpers
import Observability
import Testing

@testable import OpenIDConnect

@Suite struct DiscoveryTests {
    private func client(_ provider: ProviderStandIn, clock: StandingClock = StandingClock()) throws -> OpenIDClient {
        try OpenIDClient(configuration: configuration(), transport: provider, monotonic: clock.now)
    }

    @Test(
        arguments: [
            (["issuer": nil], .metadataInvalid), (["issuer": 1], .metadataInvalid),
            (["issuer": "https://evil.example.com"], .issuerMismatch),
            (["issuer": .string(ProviderStandIn.issuer + "/")], .issuerMismatch), (["authorization_endpoint": nil], .metadataInvalid),
            (["authorization_endpoint": "http://id.example.com/authorize"], .metadataInvalid),
            (["authorization_endpoint": "javascript:alert(1)"], .metadataInvalid),
            (["token_endpoint": nil], .metadataInvalid), (["token_endpoint": "http://169.254.169.254/"], .metadataInvalid),
            (["token_endpoint": "/token"], .metadataInvalid),
            (["token_endpoint": "https://user:password@id.example.com/token"], .metadataInvalid),
            (["token_endpoint": "https://id.example.com/a b"], .metadataInvalid),
            (["jwks_uri": .null], .metadataInvalid), (["jwks_uri": "file:///etc/passwd"], .metadataInvalid),
            (["jwks_uri": "https://"], .metadataInvalid),
            (["jwks_uri": "https://id.example.com/keys#x"], .metadataInvalid), (["userinfo_endpoint": "ftp://x"], .metadataInvalid),
            (["response_types_supported": ["id_token"]], .metadataInvalid),
            (["code_challenge_methods_supported": ["plain"]], .metadataInvalid),
            (["id_token_signing_alg_values_supported": ["HS256", "none"]], .metadataInvalid), ([:], nil), (["userinfo_endpoint": nil], nil),
            (
                ["response_types_supported": nil, "code_challenge_methods_supported": nil, "id_token_signing_alg_values_supported": nil],
                nil
            ),
            (["token_endpoint": "http://127.0.0.1:8080/token"], nil),
        ] as [([String: JSON?], OpenIDError.Code?)]
    )
    func checksMetadata(changes: [String: JSON?], code: OpenIDError.Code?) async throws {
        let client = try client(ProviderStandIn(metadata: changes))
        #expect(await failure { try await client.provider.metadata() } == code)
    }

    @Test func saysWhatTheProviderAnswers() async throws {
        let url = ProviderStandIn.issuer + "/.well-known/openid-configuration"
        for (status, code) in [(404, OpenIDError.Code.providerUnreachable), (500, .providerUnreachable), (302, .providerUnreachable)] {
            let provider = ProviderStandIn()
            provider.set(url, ProviderStandIn.metadata, status: status)
            #expect(await failure { try await client(provider).provider.metadata() } == code)
        }
        let provider = ProviderStandIn()
        provider.state.withLockedValue { $0.answers[url]?.body = Array("<html>".utf8) }
        #expect(await failure { try await client(provider).provider.metadata() } == .metadataInvalid)
    }

    @Test func triesAgainAfterAFailure() async throws {
        let provider = ProviderStandIn()
        let clock = StandingClock()
        let client = try client(provider, clock: clock)
        let url = ProviderStandIn.issuer + "/.well-known/openid-configuration"
        provider.fail(url, .providerTimedOut)
        for _ in 0..<5 { #expect(await failure { try await client.provider.metadata() } == .providerTimedOut) }
        #expect(provider.discoveries == 1)
        provider.fail(url, nil)
        clock.move(.seconds(2))
        #expect(try await client.provider.metadata().tokenEndpoint == "https://id.example.com/token")
        #expect(provider.discoveries == 2)
    }

    @Test func servesFromItsCacheUntilTheEndOfItsLife() async throws {
        let key = TestKey.es256("k")
        let provider = ProviderStandIn(keys: [key])
        provider.publish([key], cacheControl: "public, max-age=900")
        let clock = StandingClock()
        let client = try client(provider, clock: clock)
        for _ in 0..<10 { _ = try await client.identity(of: .init(key.token(goodClaims)), now: now) }
        #expect((provider.discoveries, provider.keyFetches) == (1, 1))
        clock.move(.seconds(899))
        _ = try await client.identity(of: .init(key.token(goodClaims)), now: now)
        #expect(provider.keyFetches == 1)
        clock.move(.seconds(1))
        _ = try await client.identity(of: .init(key.token(goodClaims)), now: now)
        #expect((provider.discoveries, provider.keyFetches) == (1, 2))
    }

    @Test func findsRotatedKeysAtMostOnceAMinute() async throws {
        let (old, new) = (TestKey.es256("old"), TestKey.es256("new"))
        let provider = ProviderStandIn(keys: [old])
        let clock = StandingClock()
        let client = try client(provider, clock: clock)
        _ = try await client.identity(of: .init(old.token(goodClaims)), now: now)
        provider.publish([new])
        clock.move(.seconds(59))
        // Tokens with made-up keys cannot make this service call the provider again and again.
        for number in 0..<20 {
            let token = try new.token(goodClaims, header: ["kid": .string("made-up-\(number)")])
            #expect(await failure { try await client.identity(of: .init(token), now: now) } == .tokenUnknownKey)
        }
        #expect(provider.keyFetches == 1)
        clock.move(.seconds(1))
        #expect(try await client.identity(of: .init(new.token(goodClaims)), now: now).subject == "u-1")
        #expect(provider.keyFetches == 2)
        #expect(await failure { try await client.identity(of: .init(old.token(goodClaims)), now: now) } == .tokenUnknownKey)
        #expect(provider.keyFetches == 2)
    }

    @Test func findsReplacedKeysWithoutNames() async throws {
        let (old, new) = (TestKey.es256(nil), TestKey.es256(nil))
        let provider = ProviderStandIn(keys: [old])
        let clock = StandingClock()
        let client = try client(provider, clock: clock)
        _ = try await client.identity(of: .init(old.token(goodClaims)), now: now)
        provider.publish([new])
        for _ in 0..<20 {
            #expect(await failure { try await client.identity(of: .init(new.token(goodClaims)), now: now) } == .tokenSignature)
        }
        #expect(provider.keyFetches == 1)
        clock.move(.seconds(60))
        _ = try await client.identity(of: .init(new.token(goodClaims)), now: now)
        #expect(await failure { try await client.identity(of: .init(old.token(goodClaims)), now: now) } == .tokenSignature)
        #expect(provider.keyFetches == 2)
    }

    /// Forged signatures under a known name cause no fetch.
    @Test func doesNotFetchForWrongSignatures() async throws {
        let provider = ProviderStandIn(keys: [TestKey.es256("k")])
        let clock = StandingClock()
        let client = try client(provider, clock: clock)
        let forged = try TestKey.es256("k").token(goodClaims)
        for _ in 0..<3 {
            #expect(await failure { try await client.identity(of: .init(forged), now: now) } == .tokenSignature)
            clock.move(.seconds(61))
        }
        #expect(provider.keyFetches == 1)
    }

    @Test func outlivesAnOutageOfTheKeys() async throws {
        let key = TestKey.edDSA("k")
        let provider = ProviderStandIn(keys: [key])
        let clock = StandingClock()
        let client = try client(provider, clock: clock)
        _ = try await client.identity(of: .init(key.token(goodClaims)), now: now)
        provider.fail("https://id.example.com/keys", .providerUnreachable)
        clock.move(.seconds(3600 + 3599))
        _ = try await client.identity(of: .init(key.token(goodClaims)), now: now)
        clock.move(.seconds(3))
        #expect(await failure { try await client.identity(of: .init(key.token(goodClaims)), now: now) } == .providerUnreachable)
        provider.fail("https://id.example.com/keys", nil)
        clock.move(.seconds(2))
        _ = try await client.identity(of: .init(key.token(goodClaims)), now: now)
    }

    @Test func fetchesOnceForAllWhoWait() async throws {
        let started = NIOLockedValueBox(0)
        let provider = ProviderStandIn(
            keys: [],
            hold: {
                // The first call is held until everybody has asked.
                let deadline = ContinuousClock.now + .seconds(20)
                while started.withLockedValue({ $0 }) < 50, ContinuousClock.now < deadline { await Task.yield() }
                for _ in 0..<100 { await Task.yield() }
            }
        )
        let client = try client(provider)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    started.withLockedValue { $0 += 1 }
                    _ = try await client.provider.metadata()
                }
            }
            try await group.waitForAll()
        }
        #expect(provider.discoveries == 1)
    }

    @Test func oneWhoGivesUpDoesNotSpoilItForOthers() async throws {
        let started = NIOLockedValueBox(0)
        let gate = NIOLockedValueBox(false)
        let provider = ProviderStandIn(
            keys: [],
            hold: {
                started.withLockedValue { $0 += 1 }
                let deadline = ContinuousClock.now + .seconds(20)
                while !gate.withLockedValue({ $0 }), ContinuousClock.now < deadline, !Task.isCancelled { await Task.yield() }
            }
        )
        let client = try client(provider)
        let first = Task { try await client.provider.metadata() }
        let deadline = ContinuousClock.now + .seconds(20)
        while started.withLockedValue({ $0 }) == 0, ContinuousClock.now < deadline { await Task.yield() }
        let second = Task { try await client.provider.metadata() }
        first.cancel()
        gate.withLockedValue { $0 = true }
        #expect(try await second.value.issuer == ProviderStandIn.issuer)
        #expect(provider.discoveries == 1)
    }
}
