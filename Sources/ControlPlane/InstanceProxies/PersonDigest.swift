import Crypto
import Foundation
import Observability

/// Tells the people of an instance apart without naming them: HMAC-SHA-256 (RFC 2104) with a key of the installation. Without the key nobody
/// finds out who is meant by trying addresses, and the same person has different digests in different instances.
struct PersonDigest: Sendable {
    private let key: Secret<[UInt8]>
    private let instance: String

    /// Makes the digests of an instance.
    init(key: Secret<[UInt8]>, instance: UUID) {
        self.key = key
        self.instance = instance.uuidString.lowercased()
    }

    /// The person behind a conversation: whoever is at its other end, whichever agent and channel it is with.
    ///
    /// - Parameter session: the conversation's key.
    func person(_ session: String) -> String {
        let parts = session.split(separator: ":", omittingEmptySubsequences: false)
        let start = parts.firstIndex { ["direct", "dm"].contains($0) }
        // Without one it is the owner's own.
        let name = start.map { "peer:" + parts[($0 + 1)...].joined(separator: ":") } ?? "owner"
        let code = HMAC<SHA256>.authenticationCode(for: Array("\(instance)\n\(name)".utf8), using: SymmetricKey(data: key.reveal()))
        return code.prefix(16).map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}
