import CryptoExtras
import Foundation
import JSONValue
import KubernetesClient
import MachineFixtures
import NIOConcurrencyHelpers
import Testing

@testable import Machines

@Suite("Compute Engine: tokens")
struct TokenTests {
    /// Gives numbered tokens, or fails.
    private final class Source: AccessTokenSource {
        struct State {
            var count = 0
            var lifetime: Duration = .seconds(3600)
            var isOut = false
        }

        let state = NIOLockedValueBox(State())
        var count: Int { state.withLockedValue { $0.count } }

        func fetch() async throws(MachineError) -> AccessToken {
            await Task.yield()
            let (count, lifetime, isOut) = state.withLockedValue { state in
                state.count += 1
                return (state.count, state.lifetime, state.isOut)
            }
            if isOut { throw MachineError(.unavailable, "Out of order") }
            return AccessToken(text: "token-\(count)", lifetime: lifetime)
        }
    }

    @Test("However many calls need a token at once, one is asked for")
    func singleFlight() async throws {
        let source = Source()
        let cache = TokenCache(source: source, time: ManualClock().timeSource)
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<50 { group.addTask { try await cache.token() } }
            for try await token in group { #expect(token == "token-1") }
        }
        #expect(source.count == 1)
    }

    @Test("A token is replaced five minutes before its end; while it is good, a failure to do so is none")
    func refresh() async throws {
        let (source, clock) = (Source(), ManualClock())
        let cache = TokenCache(source: source, time: clock.timeSource)
        #expect(try await cache.token() == "token-1")
        clock.advance(by: .seconds(3299))
        #expect(try await cache.token() == "token-1")
        clock.advance(by: .seconds(2))
        source.state.withLockedValue { $0.isOut = true }
        #expect(try await cache.token() == "token-1")
        #expect(source.count == 2)
        clock.advance(by: .seconds(300))
        await #expect(throws: MachineError.self) { _ = try await cache.token() }
        source.state.withLockedValue { $0.isOut = false }
        #expect(try await cache.token() == "token-4")
        await cache.drop("token-1")
        #expect(try await cache.token() == "token-4")
        await cache.drop("token-4")
        #expect(try await cache.token() == "token-5")
    }

    @Test("Tokens that live shorter than the margin are not asked for with every call")
    func shortLived() async throws {
        let (source, clock) = (Source(), ManualClock())
        source.state.withLockedValue { $0.lifetime = .seconds(200) }
        let cache = TokenCache(source: source, time: clock.timeSource)
        _ = try await cache.token()
        clock.advance(by: .seconds(99))
        _ = try await cache.token()
        #expect(source.count == 1)
        clock.advance(by: .seconds(1))
        _ = try await cache.token()
        #expect(source.count == 2)
    }

    @Test("A service account's key signs an assertion that its public key verifies, and is exchanged for a token")
    func serviceAccount() async throws {
        try await withComputeStandIn { standIn in
            let signing = try _RSA.Signing.PrivateKey(keySize: .bits2048)
            let key = try ServiceAccountKey(json: [
                "type": "service_account", "project_id": "key-project", "private_key_id": "k-1",
                "private_key": .string(signing.pkcs8PEMRepresentation), "client_email": "crane@p.iam.gserviceaccount.com",
                "token_uri": .string("\(standIn.address)/token"),
            ])
            var configuration = ComputeEngineConfiguration(zone: "europe-west2-b", credentials: .serviceAccountKey(key))
            configuration.endpoint = standIn.address
            let provider = ComputeEngineProvider(configuration: configuration, time: ManualClock().timeSource)
            let seen = try await provider.observe(Samples.target, operation: nil)
            #expect(seen.state == .absent)

            let assertion = try #require(standIn.state.withLockedValue { $0.assertions.first })
            let parts = assertion.split(separator: ".").map(String.init)
            #expect(parts.count == 3)
            let header = try JSON(parsing: [UInt8](try Self.decoded(parts[0])))
            #expect(header == ["alg": "RS256", "typ": "JWT", "kid": "k-1"])
            let claims = try JSON(parsing: [UInt8](try Self.decoded(parts[1])))
            #expect(claims["iss"] == "crane@p.iam.gserviceaccount.com")
            #expect(claims["aud"] == .string("\(standIn.address)/token"))
            #expect(claims["scope"] == "https://www.googleapis.com/auth/cloud-platform")
            #expect(claims["iat"] == 1_767_225_600)
            #expect(claims["exp"] == 1_767_229_200)
            let signature = _RSA.Signing.RSASignature(rawRepresentation: try Self.decoded(parts[2]))
            let text = Data("\(parts[0]).\(parts[1])".utf8)
            #expect(signing.publicKey.isValidSignature(signature, for: text, padding: .insecurePKCS1v1_5))
            #expect("\(key)".contains("PRIVATE") == false)
        }
    }

    private static func decoded(_ text: String) throws -> Data {
        let plain = text.replacing("-", with: "+").replacing("_", with: "/")
        return try #require(Data(base64Encoded: plain + String(repeating: "=", count: (4 - plain.count % 4) % 4)))
    }

    @Test("A file that is no key, and a key that cannot sign, are refused")
    func badKeys() throws {
        #expect(throws: MachineError.self) { try ServiceAccountKey(json: ["type": "authorized_user"]) }
        let key = try ServiceAccountKey(json: ["type": "service_account", "client_email": "a@b", "private_key": "none"])
        let error = #expect(throws: MachineError.self) { try ServiceAccountAssertion.make(key, now: 0) }
        #expect(error?.isPermanent == true)
        #expect(key.tokenURI == ServiceAccountKey.usualTokenURI)
    }

    @Test(
        "Answers without a token",
        arguments: [(400, "{\"error\":\"invalid_grant\"}", true), (503, "", false), (429, "", false), (200, "<html>", false)]
    )
    func answers(_ row: (Int, String, Bool)) {
        let answer = HTTPExchange.Answer(status: row.0, bytes: Array(row.1.utf8))
        let error = #expect(throws: MachineError.self) { try AccessToken(answer: answer, from: "It") }
        #expect(error?.isPermanent == row.2)
    }
}
