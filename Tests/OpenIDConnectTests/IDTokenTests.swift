import Crypto
import Foundation
import JSONValue
import Observability
import Testing

@testable import OpenIDConnect

/// One way in which a token can be right or wrong.
struct TokenCase: Sendable, CustomTestStringConvertible {
    var name: String
    var code: OpenIDError.Code?
    var make: @Sendable (TestKey) throws -> String
    var setUp: @Sendable (inout OpenIDConfiguration) -> Void = { _ in }
    var testDescription: String { name }

    init(
        _ name: String,
        _ code: OpenIDError.Code?,
        setUp: @escaping @Sendable (inout OpenIDConfiguration) -> Void = { _ in },
        _ make: @escaping @Sendable (TestKey) throws -> String
    ) {
        self.name = name
        self.code = code
        self.make = make
        self.setUp = setUp
    }

    /// A good token with other claims; `nil` takes one out.
    init(_ name: String, _ code: OpenIDError.Code?, claims: [String: JSON?]) {
        self.init(name, code) { try $0.token(goodClaims.with(claims)) }
    }

    init(_ name: String, _ code: OpenIDError.Code?, header: [String: JSON]) {
        self.init(name, code) { try $0.token(goodClaims, header: header) }
    }
}

private let other: JSON = "https://other.example.com"

private let claimCases: [TokenCase] = [
    TokenCase("as it should be", nil, claims: [:]),
    TokenCase("no issuer", .tokenIssuer, claims: ["iss": nil]),
    TokenCase("another issuer", .tokenIssuer, claims: ["iss": other]),
    TokenCase("issuer with a slash more", .tokenIssuer, claims: ["iss": .string(ProviderStandIn.issuer + "/")]),
    TokenCase("issuer in capitals", .tokenIssuer, claims: ["iss": .string(ProviderStandIn.issuer.uppercased())]),
    TokenCase("issuer no text", .tokenIssuer, claims: ["iss": [.string(ProviderStandIn.issuer)]]),
    TokenCase("no audience", .tokenAudience, claims: ["aud": nil]),
    TokenCase("audience null", .tokenAudience, claims: ["aud": .null]),
    TokenCase("another audience", .tokenAudience, claims: ["aud": "other"]),
    TokenCase("audience begins alike", .tokenAudience, claims: ["aud": "crane2"]),
    TokenCase("audience list without us", .tokenAudience, claims: ["aud": ["a", "b"]]),
    TokenCase("audience list empty", .tokenAudience, claims: ["aud": []]),
    TokenCase("audience list with a number", .tokenAudience, claims: ["aud": ["crane", 1]]),
    TokenCase("audience list of us alone", nil, claims: ["aud": ["crane"]]),
    TokenCase("audience list with a stranger", .tokenAudience, claims: ["aud": ["crane", "stranger"], "azp": "crane"]),
    TokenCase("audience as object", .tokenAudience, claims: ["aud": ["crane": true]]),
    TokenCase("party is us", nil, claims: ["azp": "crane"]),
    TokenCase("party is another", .tokenAuthorizedParty, claims: ["azp": "other"]),
    TokenCase("party no text", .tokenAuthorizedParty, claims: ["azp": ["crane"]]),
    TokenCase("no expiry", .tokenClaims, claims: ["exp": nil]),
    TokenCase("expiry as text", .tokenClaims, claims: ["exp": "1800000300"]),
    TokenCase("expired at the edge of the skew", .tokenExpired, claims: ["exp": 1_799_999_940]),
    TokenCase("expired within the skew", nil, claims: ["exp": 1_799_999_941]),
    TokenCase("expired long ago", .tokenExpired, claims: ["exp": 0]),
    TokenCase("expiry with a fraction", nil, claims: ["exp": .number(1_800_000_000.5)]),
    TokenCase("no time of issue", .tokenClaims, claims: ["iat": nil]),
    TokenCase("time of issue as truth value", .tokenClaims, claims: ["iat": true]),
    TokenCase("issued in the future", .tokenNotYetValid, claims: ["iat": 1_800_000_061]),
    TokenCase("issued in the future within the skew", nil, claims: ["iat": 1_800_000_060]),
    TokenCase("valid later", .tokenNotYetValid, claims: ["nbf": 1_800_000_061]),
    TokenCase("valid later within the skew", nil, claims: ["nbf": 1_800_000_060]),
    TokenCase("start as text", .tokenClaims, claims: ["nbf": "soon"]),
    TokenCase("no nonce", .tokenNonce, claims: ["nonce": nil]),
    TokenCase("another nonce", .tokenNonce, claims: ["nonce": "nonce-2"]),
    TokenCase("nonce that begins alike", .tokenNonce, claims: ["nonce": "nonce-11"]),
    TokenCase("nonce no text", .tokenNonce, claims: ["nonce": 1]),
    TokenCase("hash of another access token", .tokenAccessHash, claims: ["at_hash": "AAAAAAAAAAAAAAAAAAAAAA"]),
    TokenCase("hash no text", .tokenAccessHash, claims: ["at_hash": 1]),
    TokenCase("no subject", .tokenClaims, claims: ["sub": nil]),
    TokenCase("subject empty", .tokenClaims, claims: ["sub": ""]),
    TokenCase("subject a number", .tokenClaims, claims: ["sub": 7]),
    TokenCase("subject too long", .tokenClaims, claims: ["sub": .string(String(repeating: "x", count: 256))]),
]

private let headerCases: [TokenCase] = [
    TokenCase("no key id, one key", nil, header: ["kid": .null]),
    TokenCase("unknown key id", .tokenUnknownKey, header: ["kid": "k-9"]),
    TokenCase("key id empty", .tokenUnknownKey, header: ["kid": ""]),
    TokenCase("key id no text", .tokenMalformed, header: ["kid": 1]),
    TokenCase("no algorithm", .tokenMalformed, header: ["alg": .null]),
    TokenCase("algorithm none", .tokenAlgorithm, header: ["alg": "none"]),
    TokenCase("algorithm in small letters", .tokenAlgorithm, header: ["alg": "rs256"]),
    TokenCase("algorithm RS384", .tokenAlgorithm, header: ["alg": "RS384"]),
    TokenCase("algorithm PS256", .tokenAlgorithm, header: ["alg": "PS256"]),
    TokenCase("algorithm ES512", .tokenAlgorithm, header: ["alg": "ES512"]),
    TokenCase("algorithm HS256", .tokenAlgorithm, header: ["alg": "HS256"]),
    TokenCase("type of an access token", .tokenMalformed, header: ["typ": "at+jwt"]),
    TokenCase("type of a logout token", .tokenMalformed, header: ["typ": "logout+jwt"]),
    TokenCase("type no text", .tokenMalformed, header: ["typ": 1]),
    TokenCase("no type", nil, header: ["typ": .null]),
    TokenCase("critical extensions", .tokenMalformed, header: ["crit": ["b64"], "b64": false]),
    TokenCase(
        "a key of its own",
        nil,
        header: ["jwk": ["kty": "oct"], "jku": "https://evil.example.com/keys", "x5u": "https://evil.example.com"]
    ),
]

private let formCases: [TokenCase] = [
    TokenCase("empty", .tokenMalformed) { _ in "" },
    TokenCase("two parts", .tokenMalformed) { try $0.token(goodClaims).split(separator: ".").prefix(2).joined(separator: ".") },
    TokenCase("five parts", .tokenMalformed) { try $0.token(goodClaims) + ".a.b" },
    TokenCase("padding", .tokenMalformed) { try $0.token(goodClaims) + "=" },
    TokenCase("space behind", .tokenMalformed) { try $0.token(goodClaims) + " " },
    TokenCase("too long", .tokenMalformed) { try $0.token(goodClaims.with(["x": .string(String(repeating: "x", count: 70_000))])) },
    TokenCase("header no JSON", .tokenMalformed) { try forge(Array("alg".utf8), goodClaims.serialized(), $0.sign) },
    TokenCase("header a list", .tokenMalformed) { try forge(Array("[]".utf8), goodClaims.serialized(), $0.sign) },
    TokenCase("claims no JSON", .tokenMalformed) { try forge(header(of: $0), Array("{".utf8), $0.sign) },
    TokenCase("claims a text", .tokenMalformed) { try forge(header(of: $0), Array("\"x\"".utf8), $0.sign) },
    TokenCase("claims no UTF-8", .tokenMalformed) {
        try forge(header(of: $0), Array("{\"a\":\"".utf8) + [0xFF] + Array("\"}".utf8), $0.sign)
    },
    TokenCase("no signature", .tokenSignature) { forge(header(of: $0), goodClaims.serialized(), { _ in [] }) },
    TokenCase("none without signature", .tokenAlgorithm) { _ in
        forge(Array("{\"alg\":\"none\"}".utf8), goodClaims.serialized(), { _ in [] })
    },
    TokenCase("signature cut", .tokenSignature) { key in
        try forge(header(of: key), goodClaims.serialized()) { Array(try key.sign($0).dropLast()) }
    },
    TokenCase("signature longer", .tokenSignature) { key in try forge(header(of: key), goodClaims.serialized()) { try key.sign($0) + [0] }
    },
    TokenCase("signature of zeros", .tokenSignature) { key in
        try forge(header(of: key), goodClaims.serialized()) { [UInt8](repeating: 0, count: try key.sign($0).count) }
    },
    TokenCase("bit of the signature flipped", .tokenSignature) { key in
        try forge(header(of: key), goodClaims.serialized()) { bytes in
            var signature = try key.sign(bytes)
            signature[7] ^= 1
            return signature
        }
    },
    TokenCase("claims changed after signing", .tokenSignature) { key in
        let parts = try key.token(goodClaims).split(separator: ".")
        return "\(parts[0]).\(Base64URL.encode(goodClaims.with(["sub": "admin"]).serialized())).\(parts[2])"
    },
    TokenCase("signature of another token", .tokenSignature) { key in
        let parts = try key.token(goodClaims).split(separator: ".")
        let other = try key.token(goodClaims.with(["sub": "admin"])).split(separator: ".")
        return "\(parts[0]).\(parts[1]).\(other[2])"
    },
    TokenCase("hash of the access token", nil) { key in
        let algorithm = try #require(SigningAlgorithm(rawValue: key.algorithm))
        return try key.token(goodClaims.with(["at_hash": .string(algorithm.halfHash(of: "access-1"))]))
    },
    TokenCase("trusted second audience", nil, setUp: { $0.trustedAudiences = ["second"] }) {
        try $0.token(goodClaims.with(["aud": ["crane", "second"], "azp": "crane"]))
    },
    TokenCase("trusted second audience without a party", .tokenAuthorizedParty, setUp: { $0.trustedAudiences = ["second"] }) {
        try $0.token(goodClaims.with(["aud": ["crane", "second"]]))
    },
    TokenCase("trusted audience alone", .tokenAudience, setUp: { $0.trustedAudiences = ["second"] }) {
        try $0.token(goodClaims.with(["aud": "second"]))
    },
    TokenCase("no skew", .tokenExpired, setUp: { $0.clockSkew = .zero }) { try $0.token(goodClaims.with(["exp": 1_800_000_000])) },
]

private func header(of key: TestKey) -> [UInt8] {
    JSON.object(["alg": .string(key.algorithm)].merging(key.id.map { ["kid": .string($0)] } ?? [:]) { $1 }).serialized()
}

@Suite struct IDTokenTests {
    @Test(arguments: claimCases + headerCases + formCases, ["RS256", "ES256", "EdDSA"])
    func isBelievedOnlyWhenAllIsRight(_ item: TokenCase, algorithm: String) async throws {
        let key =
            switch algorithm {
            case "RS256": try SharedKeys.rsa.get()
            case "ES256": TestKey.es256("k-1")
            default: TestKey.edDSA("k-1")
            }
        let provider = ProviderStandIn(keys: [key])
        provider.issue(try item.make(key))
        let client = try OpenIDClient(configuration: configuration(item.setUp), transport: provider)
        let code = await failure { try await client.completeLogin(query: "code=c&state=state-1", attempt: attempt, now: now) }
        #expect(code == item.code)
    }

    @Test func refusesTheKeyOfAnAttackerUnderTheSameID() async throws {
        let provider = ProviderStandIn(keys: [try SharedKeys.rsa.get()])
        provider.issue(try SharedKeys.otherRSA.get().token(goodClaims))
        let client = try OpenIDClient(configuration: configuration(), transport: provider)
        #expect(
            await failure { try await client.completeLogin(query: "code=c&state=state-1", attempt: attempt, now: now) } == .tokenSignature
        )
    }

    /// A token signed with the public key as if it were a shared secret.
    @Test func refusesPublicKeysAsSecrets() async throws {
        let key = try SharedKeys.rsa.get()
        let secret = SymmetricKey(data: key.publicJSON.serialized())
        let token = forge(Array(#"{"alg":"HS256","kid":"rsa-1"}"#.utf8), goodClaims.serialized()) {
            Array(HMAC<SHA256>.authenticationCode(for: $0, using: secret))
        }
        let client = try OpenIDClient(configuration: configuration(), transport: ProviderStandIn(keys: [key]))
        #expect(await failure { try await client.identity(of: .init(token), now: now) } == .tokenAlgorithm)
    }

    /// The header names the id of an RSA key and an algorithm of elliptic curves.
    @Test func refusesAKeyOfAnotherAlgorithm() async throws {
        let curve = TestKey.es256("rsa-1")
        let client = try OpenIDClient(configuration: configuration(), transport: ProviderStandIn(keys: [try SharedKeys.rsa.get()]))
        #expect(await failure { try await client.identity(of: .init(curve.token(goodClaims)), now: now) } == .tokenUnknownKey)
    }

    @Test func refusesAlgorithmsThatAreNotConfigured() async throws {
        let key = TestKey.edDSA("k")
        let client = try OpenIDClient(configuration: configuration { $0.algorithms = [.es256] }, transport: ProviderStandIn(keys: [key]))
        #expect(await failure { try await client.identity(of: .init(key.token(goodClaims)), now: now) } == .tokenAlgorithm)
    }

    @Test func needsAKeyIDWhenThereAreSeveralKeys() async throws {
        let (one, two) = (TestKey.es256("a"), TestKey.es256("b"))
        let client = try OpenIDClient(configuration: configuration(), transport: ProviderStandIn(keys: [one, two, TestKey.edDSA("c")]))
        #expect(
            await failure { try await client.identity(of: .init(one.token(goodClaims, header: ["kid": .null])), now: now) }
                == .tokenUnknownKey
        )
        for key in [one, two] { #expect(await failure { try await client.identity(of: .init(key.token(goodClaims)), now: now) } == nil) }
    }
}
