import Crypto
import CryptoExtras
import Foundation
import JSONValue

@testable import OpenIDConnect

/// A key pair of a provider.
struct TestKey: Sendable {
    let id: String?
    let algorithm: String
    let publicJSON: JSON
    let sign: @Sendable ([UInt8]) throws -> [UInt8]

    static func rsa(_ id: String?) throws -> TestKey {
        let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let numbers = try key.publicKey.getKeyPrimitives()
        let json: JSON = [
            "kty": "RSA", "use": "sig", "n": .string(Base64URL.encode(numbers.modulus)),
            "e": .string(Base64URL.encode(numbers.publicExponent)),
        ]
        return TestKey(id: id, algorithm: "RS256", publicJSON: json.with(id)) { bytes in
            Array(try key.signature(for: SHA256.hash(data: bytes), padding: .insecurePKCS1v1_5).rawRepresentation)
        }
    }

    static func es256(_ id: String?) -> TestKey {
        let key = P256.Signing.PrivateKey()
        let point = Array(key.publicKey.rawRepresentation)
        let json: JSON = [
            "kty": "EC", "crv": "P-256", "alg": "ES256", "x": .string(Base64URL.encode(point.prefix(32))),
            "y": .string(Base64URL.encode(point.suffix(32))),
        ]
        return TestKey(id: id, algorithm: "ES256", publicJSON: json.with(id)) { Array(try key.signature(for: $0).rawRepresentation) }
    }

    static func edDSA(_ id: String?) -> TestKey {
        let key = Curve25519.Signing.PrivateKey()
        let json: JSON = ["kty": "OKP", "crv": "Ed25519", "x": .string(Base64URL.encode(key.publicKey.rawRepresentation))]
        return TestKey(id: id, algorithm: "EdDSA", publicJSON: json.with(id)) { Array(try key.signature(for: $0)) }
    }

    /// A token with this key's header.
    func token(_ claims: JSON, header changes: [String: JSON] = [:]) throws -> String {
        var header: JSON = ["alg": .string(algorithm), "typ": "JWT"]
        header = header.with(id)
        for (name, value) in changes { header[name] = value.isNull ? nil : value }
        return try forge(header.serialized(), claims.serialized(), sign)
    }
}

/// A token of any parts.
func forge(_ header: [UInt8], _ claims: [UInt8], _ sign: ([UInt8]) throws -> [UInt8]) rethrows -> String {
    let signed = Base64URL.encode(header) + "." + Base64URL.encode(claims)
    return signed + "." + Base64URL.encode(try sign(Array(signed.utf8)))
}

extension JSON {
    fileprivate func with(_ id: String?) -> JSON {
        var copy = self
        if let id { copy["kid"] = .string(id) }
        return copy
    }

    func with(_ changes: [String: JSON?]) -> JSON {
        var copy = self
        for (name, value) in changes { copy[name] = value }
        return copy
    }
}

/// Keys that take long to make, once for all tests.
enum SharedKeys {
    static let rsa = Result { try TestKey.rsa("rsa-1") }
    static let otherRSA = Result { try TestKey.rsa("rsa-1") }
}
