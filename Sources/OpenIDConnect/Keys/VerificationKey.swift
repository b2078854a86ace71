import JSONValue
import JWTKit

/// A public key of the provider.
struct VerificationKey: Sendable {
    let id: String?
    let algorithm: SigningAlgorithm
    private let verifier: any JWTAlgorithm

    /// Reads a JSON Web Key (RFC 7517).
    ///
    /// - Returns: `nil` for keys that are not for signatures, of other algorithms, too short, broken, or that carry their private half.
    init?(_ json: JSON) async {
        if let use = json["use"], use.stringValue != "sig" { return nil }
        if let uses = json["key_ops"], uses.arrayValue?.contains("verify") != true { return nil }
        guard json["d"] == nil, json["k"] == nil else { return nil }
        let keys = JWTKeyCollection()
        let algorithm: SigningAlgorithm
        switch json["kty"]?.stringValue {
        case "RSA":
            guard let modulus = Self.number(json["n"], most: 1024), let exponent = Self.number(json["e"], most: 8),
                let key = try? Insecure.RSA.PublicKey(modulus: modulus, exponent: exponent)
            else { return nil }
            algorithm = .rs256
            await keys.add(rsa: key, digestAlgorithm: .sha256)
        case "EC":
            guard json["crv"] == "P-256", let x = Self.number(json["x"], exactly: 32), let y = Self.number(json["y"], exactly: 32),
                let key = try? ES256PublicKey(parameters: (x, y))
            else { return nil }
            algorithm = .es256
            await keys.add(ecdsa: key)
        case "OKP":
            guard json["crv"] == "Ed25519", let x = Self.number(json["x"], exactly: 32),
                let key = try? EdDSA.PublicKey(x: x, curve: .ed25519)
            else { return nil }
            algorithm = .edDSA
            await keys.add(eddsa: key)
        default: return nil
        }
        if let named = json["alg"], named.stringValue != algorithm.rawValue { return nil }
        if let id = json["kid"], id.stringValue == nil { return nil }
        guard let verifier = try? await keys.getKey() else { return nil }
        id = json["kid"]?.stringValue
        self.algorithm = algorithm
        self.verifier = verifier
    }

    func isValid(_ signature: [UInt8], of bytes: [UInt8]) -> Bool { (try? verifier.verify(signature, signs: bytes)) ?? false }

    private static func number(_ json: JSON?, most: Int) -> String? {
        guard let text = json?.stringValue, let bytes = Base64URL.decode(text), (1...most).contains(bytes.count) else { return nil }
        return text
    }

    private static func number(_ json: JSON?, exactly length: Int) -> String? {
        guard let text = json?.stringValue, Base64URL.decode(text)?.count == length else { return nil }
        return text
    }
}
