import Crypto
import CryptoExtras
import Foundation
import JSONValue

/// The signed text by which a service account asks for a token (RFC 7523, RS256).
enum ServiceAccountAssertion {
    /// How long an assertion is good, the longest Google takes.
    static let lifetime: Int64 = 3600
    /// What the token is for.
    static let scope = "https://www.googleapis.com/auth/cloud-platform"

    /// - Parameter now: seconds since 1970.
    /// - Throws: ``MachineError`` with `invalidRequest` when the key cannot be used.
    static func make(_ key: ServiceAccountKey, now: Int64) throws(MachineError) -> String {
        let header: JSON = ["alg": "RS256", "typ": "JWT", "kid": .string(key.privateKeyID)]
        let claims: JSON = [
            "iss": .string(key.clientEmail), "scope": .string(scope), "aud": .string(key.tokenURI), "iat": .integer(now),
            "exp": .integer(now + lifetime),
        ]
        let text = "\(base64URL(header.serialized())).\(base64URL(claims.serialized()))"
        do {
            let signing = try _RSA.Signing.PrivateKey(pemRepresentation: key.privateKey)
            let signature = try signing.signature(for: SHA256.hash(data: Data(text.utf8)), padding: .insecurePKCS1v1_5)
            return "\(text).\(base64URL(Array(signature.rawRepresentation)))"
        } catch {
            throw MachineError(
                .invalidRequest,
                "The private key of \(key.clientEmail) cannot be used: it must be an RSA key of at least 2048 bits in PEM form",
                isPermanent: true,
                cause: error
            )
        }
    }

    static func base64URL(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
