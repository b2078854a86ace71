import Crypto
import Foundation
import Observability

/// Seals secrets at rest with AES-256-GCM (NIST SP 800-38D), each bound to the row that holds it.
///
/// Nonces are 96 random bits; that is sound for some 2³² values a key, so rotate long before. A value that was not sealed here, or not for
/// this place, does not open.
public struct SecretSealer: Sendable {
    /// The largest secret, in bytes.
    public static let largestSecret = 1 << 20

    /// The keys.
    public let keys: SealingKeyring

    /// Seals and opens with the keys of a ring.
    public init(keys: SealingKeyring) { self.keys = keys }

    /// Seals a text with the current key.
    ///
    /// - Throws: ``SealingError`` with `tooLarge`.
    public func seal(_ secret: SensitiveString, at place: RowIdentity) throws(SealingError) -> SealedValue {
        try seal(Secret(Array(secret.reveal().utf8)), at: place)
    }

    /// Seals bytes with the current key.
    ///
    /// - Throws: ``SealingError`` with `tooLarge`.
    public func seal(_ secret: Secret<[UInt8]>, at place: RowIdentity) throws(SealingError) -> SealedValue {
        try seal(secret, at: place, nonce: AES.GCM.Nonce())
    }

    func seal(_ secret: Secret<[UInt8]>, at place: RowIdentity, nonce: AES.GCM.Nonce) throws(SealingError) -> SealedValue {
        let plain = secret.reveal()
        guard plain.count <= Self.largestSecret else {
            throw SealingError(.tooLarge, "A secret of \(plain.count) bytes is more than the \(Self.largestSecret) that may be sealed.")
        }
        let key = keys.current
        let box: AES.GCM.SealedBox
        do {
            box = try AES.GCM.seal(plain, using: key.material.reveal(), nonce: nonce, authenticating: Self.authenticated(key.id, place))
        } catch {
            throw SealingError(.invalidKey, "The key '\(key.id)' does not seal.")
        }
        return SealedValue(keyID: key.id, nonce: Array(box.nonce), ciphertext: Array(box.ciphertext), tag: Array(box.tag))
    }

    /// Opens a value.
    ///
    /// - Parameter place: where it was read from.
    /// - Throws: ``SealingError`` with `unknownKey`, or with `notAuthentic` when the value was changed, moved, or sealed by another key of
    ///   the same name.
    public func open(_ value: SealedValue, at place: RowIdentity) throws(SealingError) -> Secret<[UInt8]> {
        guard let key = keys.key(value.keyID) else {
            throw SealingError(
                .unknownKey,
                "\(place) was sealed by the key '\(value.keyID)', which is not configured (\(keys.ids.joined(separator: ", ")))."
            )
        }
        do {
            let box = try AES.GCM.SealedBox(
                nonce: AES.GCM.Nonce(data: value.nonce),
                ciphertext: value.ciphertext,
                tag: value.tag
            )
            let plain = try AES.GCM.open(box, using: key.material.reveal(), authenticating: Self.authenticated(key.id, place))
            return Secret(Array(plain))
        } catch {
            throw SealingError(.notAuthentic, "\(place) does not hold what was sealed for it by the key '\(value.keyID)'.")
        }
    }

    /// Opens a text.
    ///
    /// - Throws: as ``open(_:at:)``, and `malformed` when what was sealed is no UTF-8.
    public func openText(_ value: SealedValue, at place: RowIdentity) throws(SealingError) -> SensitiveString {
        let bytes = try open(value, at: place).reveal()
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SealingError(.malformed, "\(place) holds bytes that are no text.")
        }
        return Secret(text)
    }

    /// Whether a value should be sealed anew because another key than the current one sealed it.
    public func needsResealing(_ value: SealedValue) -> Bool { value.keyID != keys.current.id }

    /// Seals a value anew with the current key.
    ///
    /// - Returns: `nil` when it is sealed by the current key already.
    /// - Throws: as ``open(_:at:)``.
    public func reseal(_ value: SealedValue, at place: RowIdentity) throws(SealingError) -> SealedValue? {
        guard needsResealing(value) else { return nil }
        return try seal(open(value, at: place), at: place)
    }

    private static func authenticated(_ keyID: String, _ place: RowIdentity) -> [UInt8] {
        SealedValue.header(keyID) + place.authenticatedBytes
    }
}
