import Crypto
import Foundation
import JSONValue

/// The tokens of service accounts: JSON Web Tokens signed with ES256 (RFC 7519, RFC 7518 3.4).
struct ServiceAccountTokens: Sendable {
    /// What a token says.
    struct Claims: Sendable, Hashable {
        var namespace: String
        var name: String
        var uid: String
        var audiences: [String]
        var issued: Int64
        var expires: Int64
        /// The object the token is bound to: kind, name and uid.
        var bound: JSON?
    }

    static let issuer = "https://kubernetes.default.svc.cluster.local"
    /// The audience of tokens that are for this API server.
    static let serverAudience = "https://kubernetes.default.svc.cluster.local"

    private let key: P256.Signing.PrivateKey

    init() {
        key = P256.Signing.PrivateKey()
    }

    init(keyPEM: String) throws {
        key = try P256.Signing.PrivateKey(pemRepresentation: keyPEM)
    }

    /// Reads the signing key in `directory`, or makes one and writes it there.
    static func loadOrCreate(directory: String) throws -> ServiceAccountTokens {
        let path = directory + "/pki/service-accounts.key"
        if let pem = try? String(contentsOfFile: path, encoding: .utf8) { return try ServiceAccountTokens(keyPEM: pem) }
        let made = ServiceAccountTokens()
        try PrivateFile.write(made.key.pemRepresentation, to: path)
        return made
    }

    /// Signs a token; `id` is its unique id.
    func sign(_ claims: Claims, id: String) throws -> String {
        var account: [String: JSON] = [
            "namespace": .string(claims.namespace),
            "serviceaccount": ["name": .string(claims.name), "uid": .string(claims.uid)],
        ]
        if let bound = claims.bound, let kind = bound["kind"]?.stringValue?.lowercased() {
            account[kind] = ["name": bound["name"] ?? "", "uid": bound["uid"] ?? ""]
        }
        let header: JSON = ["alg": "ES256", "typ": "JWT", "kid": .string(keyID)]
        let payload: JSON = [
            "aud": .array(claims.audiences.map { .string($0) }), "exp": .integer(claims.expires), "iat": .integer(claims.issued),
            "nbf": .integer(claims.issued), "iss": .string(Self.issuer), "jti": .string(id),
            "kubernetes.io": .object(account), "sub": .string("system:serviceaccount:\(claims.namespace):\(claims.name)"),
        ]
        let signed = Base64URL.encode(header.serialized()) + "." + Base64URL.encode(payload.serialized())
        let signature = try key.signature(for: Array(signed.utf8))
        return signed + "." + Base64URL.encode(Array(signature.rawRepresentation))
    }

    /// The claims of a token with a good signature that is not expired; nil otherwise. Audience and account are checked by the caller.
    func verify(_ token: String, now: Int64) -> Claims? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let payloadBytes = Base64URL.decode(parts[1]), let signatureBytes = Base64URL.decode(parts[2]),
            let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signatureBytes),
            key.publicKey.isValidSignature(signature, for: Array((parts[0] + "." + parts[1]).utf8)),
            let payload = try? JSON(parsing: payloadBytes), let expires = payload["exp"]?.integerValue, expires > now,
            let account = payload["kubernetes.io"], let namespace = account["namespace"]?.stringValue,
            let name = account["serviceaccount"]?["name"]?.stringValue, let uid = account["serviceaccount"]?["uid"]?.stringValue
        else { return nil }
        let audiences = (payload["aud"]?.arrayValue ?? []).compactMap { $0.stringValue }
        let bound = ["Pod", "Secret", "Node"].compactMap { kind in
            account[kind.lowercased()].map { object -> JSON in
                ["kind": .string(kind), "name": object["name"] ?? "", "uid": object["uid"] ?? ""]
            }
        }.first
        return Claims(
            namespace: namespace,
            name: name,
            uid: uid,
            audiences: audiences,
            issued: payload["iat"]?.integerValue ?? 0,
            expires: expires,
            bound: bound
        )
    }

    private var keyID: String {
        Base64URL.encode(Array(SHA256.hash(data: key.publicKey.rawRepresentation)))
    }
}

/// Base64 with the URL alphabet and without padding (RFC 4648, 5).
enum Base64URL {
    static func encode(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let plain = String(text).replacing("-", with: "+").replacing("_", with: "/")
        let padded = plain + String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4)
        return Data(base64Encoded: padded).map { [UInt8]($0) }
    }
}
