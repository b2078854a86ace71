import Crypto
import CryptoExtras
import JSONValue
import Testing

@testable import OpenIDConnect

@Suite struct KeySetTests {
    @Test func passesOverWhatItCannotUse() async throws {
        let good = TestKey.es256("good")
        let set: JSON = [
            "keys": [
                ["kty": "oct", "k": "c2VjcmV0", "kid": "secret"], ["kty": "AKP", "alg": "ML-DSA-65", "kid": "new"],
                ["kty": "EC", "crv": "P-521", "kid": "p521"],
                "text", 1, .null, [:], good.publicJSON, good.publicJSON.with(["kid": "enc", "use": "enc"]),
                good.publicJSON.with(["kid": "d", "d": "AAAA"]),
                good.publicJSON.with(["kid": "alg", "alg": "ES384"]), good.publicJSON.with(["kid": "ops", "key_ops": ["sign"]]),
                good.publicJSON.with(["kid": 7]),
                good.publicJSON.with(["kid": "short", "x": "AAAA"]), good.publicJSON.with(["kid": "curve", "x": good.publicJSON["y"]]),
            ]
        ]
        let keys = try await KeySet(set)
        #expect(keys.key("good", .es256) != nil)
        #expect(keys.key(nil, .es256)?.id == "good")
        for id in ["secret", "new", "p521", "enc", "d", "alg", "ops", "short", "curve"] { #expect(keys.key(id, .es256) == nil, "\(id)") }
        #expect(keys.key("good", .rs256) == nil)
    }

    @Test func refusesShortRSAKeys() async throws {
        let numbers = try _RSA.Signing.PrivateKey(unsafeKeySize: .init(bitCount: 1024)).publicKey.getKeyPrimitives()
        let short: JSON = [
            "kty": "RSA", "kid": "s", "n": .string(Base64URL.encode(numbers.modulus)),
            "e": .string(Base64URL.encode(numbers.publicExponent)),
        ]
        #expect(await VerificationKey(short) == nil)
        let long = try SharedKeys.rsa.get().publicJSON
        #expect(await VerificationKey(long) != nil)
        #expect(await VerificationKey(long.with(["e": "AQ"])) == nil)
        #expect(await VerificationKey(long.with(["n": .string(String(repeating: "A", count: 4000))])) == nil)
    }

    @Test(arguments: [[:], ["keys": [:]], ["keys": []], ["keys": [["kty": "oct"]]], [], "x"] as [JSON])
    func needsOneUsableKey(json: JSON) async { #expect(await failure { try await KeySet(json) } == .keysInvalid) }

    @Test func looksAtABoundedNumber() async throws {
        let filler = JSON.array([JSON](repeating: ["kty": "oct"], count: KeySet.mostKeys) + [TestKey.es256("late").publicJSON])
        #expect(await failure { try await KeySet(["keys": filler]) } == .keysInvalid)
    }

    /// Example of RFC 8037 appendix A.4: a signature of somebody else's making.
    @Test func verifiesThePublishedExample() async throws {
        let key = try #require(await VerificationKey(["kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"]))
        let signature = try #require(
            Base64URL.decode("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg")
        )
        #expect(key.isValid(signature, of: Array("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc".utf8)))
        #expect(!key.isValid(signature, of: Array("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmd".utf8)))
    }

    @Test(arguments: ["", "AA", "AAA", "AAAA", "_-8", "Zg", "Zm8", "Zm9v"]) func readsBase64(text: String) throws {
        #expect(Base64URL.encode(try #require(Base64URL.decode(text))) == text)
    }

    @Test(arguments: ["A", "AAAAA", "AA==", "A A", "A+AA", "A/AA", "AB", "Zh", "Zm9=", "é", "AA\n"]) func refusesBase64(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }
}
