import Crypto
import Foundation
import JSONValue

/// The key a client proves itself with to a gateway that is not on the same machine: Ed25519 (RFC 8032).
public struct DeviceIdentity: Sendable {
    private let key: Curve25519.Signing.PrivateKey

    /// A new identity.
    public init() { key = Curve25519.Signing.PrivateKey() }

    /// An identity that was kept.
    ///
    /// - Parameter secret: the 32 bytes of ``secret``.
    /// - Throws: when they are no key.
    public init(secret: [UInt8]) throws { key = try Curve25519.Signing.PrivateKey(rawRepresentation: secret) }

    /// The 32 bytes to keep.
    public var secret: [UInt8] { Array(key.rawRepresentation) }

    /// The id: lower-case hexadecimal SHA-256 of the public key's 32 bytes.
    public var id: String { Self.id(ofPublicKey: Array(key.publicKey.rawRepresentation)) }

    /// The public key's 32 bytes in base64url without padding.
    public var publicKey: String { Base64URL.encode(Array(key.publicKey.rawRepresentation)) }

    /// Signs a text; base64url without padding.
    ///
    /// - Throws: when the key cannot sign, which a good key always can.
    public func signature(of text: String) throws -> String { Base64URL.encode(Array(try key.signature(for: Array(text.utf8)))) }

    /// The id that belongs to a public key.
    public static func id(ofPublicKey bytes: [UInt8]) -> String {
        SHA256.hash(data: bytes).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// The id that belongs to a public key as it travels; `nil` when it is none.
    public static func id(ofPublicKey text: String) -> String? {
        guard let bytes = Base64URL.decode(text), bytes.count == 32 else { return nil }
        return id(ofPublicKey: bytes)
    }

    /// Whether a signature is of a text and a public key, all as they travel.
    public static func verifies(_ signature: String, of text: String, publicKey: String) -> Bool {
        guard let key = Base64URL.decode(publicKey), let signature = Base64URL.decode(signature),
            let key = try? Curve25519.Signing.PublicKey(rawRepresentation: key)
        else { return false }
        return key.isValidSignature(signature, for: Array(text.utf8))
    }
}

/// What a device signs when it connects: fields joined by `|`.
public struct DeviceSignatureText: Sendable, Hashable {
    /// The device's id.
    public var deviceID: String
    /// `client.id` of the connect request.
    public var clientID: String
    /// `client.mode`.
    public var clientMode: String
    /// The role asked for.
    public var role: String
    /// The scopes asked for, in the order sent.
    public var scopes: [String]
    /// When, in milliseconds since 1970.
    public var signedAt: Int64
    /// The credential that is sent along; empty if none.
    public var token: String
    /// The challenge's.
    public var nonce: String
    /// `client.platform`.
    public var platform: String
    /// `client.deviceFamily`; empty if none.
    public var deviceFamily: String

    /// A text.
    public init(
        deviceID: String,
        clientID: String,
        clientMode: String,
        role: String,
        scopes: [String],
        signedAt: Int64,
        token: String,
        nonce: String,
        platform: String = "",
        deviceFamily: String = ""
    ) {
        self.deviceID = deviceID
        self.clientID = clientID
        self.clientMode = clientMode
        self.role = role
        self.scopes = scopes
        self.signedAt = signedAt
        self.token = token
        self.nonce = nonce
        self.platform = platform
        self.deviceFamily = deviceFamily
    }

    /// The second form, which older gateways take.
    public var version2: String { (["v2"] + fields).joined(separator: "|") }

    /// The third form, with platform and device family.
    public var version3: String { (["v3"] + fields + [Self.normal(platform), Self.normal(deviceFamily)]).joined(separator: "|") }

    private var fields: [String] {
        [deviceID, clientID, clientMode, role, scopes.joined(separator: ","), String(signedAt), token, nonce]
    }

    private static func normal(_ text: String) -> String {
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        return String(decoding: trimmed.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}

/// Base64 with the alphabet for URLs and without padding (RFC 4648, section 5).
enum Base64URL {
    static func encode(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString()
            .replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
    }

    static func decode(_ text: String) -> [UInt8]? {
        guard !text.contains(where: { "+/=".contains($0) }) else { return nil }
        let standard = text.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
        let padding = String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
        return Data(base64Encoded: standard + padding).map(Array.init)
    }
}
