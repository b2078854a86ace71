import Crypto
import SealedSecrets

/// A link of the chain: it stands for a part of an entry and for everything before it.
public struct AuditLink: Sendable, Hashable {
    /// The digest before the first link.
    public static let genesis = [UInt8](repeating: 0, count: 32)

    /// Its place: 1, 2, 3 and so on, without gaps.
    public var sequence: Int64
    /// The number of the entry.
    public var entry: Int64
    /// What of the entry it stands for.
    public var part: AuditPart
    /// When it was made, in microseconds since 1970.
    public var sealedAt: Int64
    /// The digest of the link before.
    public var previous: [UInt8]
    /// SHA-256 over the place, the time, the digest before and the content.
    public var digest: [UInt8]
    /// That it was made where the keys are; nil when there were none.
    public var code: AuthenticationCode?

    /// A link as it was stored.
    public init(
        sequence: Int64,
        entry: Int64,
        part: AuditPart,
        sealedAt: Int64,
        previous: [UInt8],
        digest: [UInt8],
        code: AuthenticationCode?
    ) {
        self.sequence = sequence
        self.entry = entry
        self.part = part
        self.sealedAt = sealedAt
        self.previous = previous
        self.digest = digest
        self.code = code
    }

    /// Makes the next link.
    ///
    /// - Parameters:
    ///   - record: the entry.
    ///   - part: what of it.
    ///   - head: the end of the chain.
    ///   - sealedAt: the time, in microseconds since 1970.
    ///   - authenticator: the keys; nil without any.
    public init(
        _ record: AuditRecord,
        _ part: AuditPart,
        after head: ChainHead,
        sealedAt: Int64,
        authenticator: MessageAuthenticator?
    ) {
        let sequence = head.sequence + 1
        let digest = Self.digest(of: record, part, sequence: sequence, sealedAt: sealedAt, previous: head.digest)
        self.init(
            sequence: sequence,
            entry: record.id,
            part: part,
            sealedAt: sealedAt,
            previous: head.digest,
            digest: digest,
            code: authenticator?.code(for: digest)
        )
    }

    /// The end of the chain that this is the last link of.
    public var head: ChainHead { ChainHead(sequence: sequence, digest: digest) }

    /// Whether the digest is the one of an entry at this place.
    func stands(for record: AuditRecord) -> Bool {
        entry == record.id
            && digest == Self.digest(of: record, part, sequence: sequence, sealedAt: sealedAt, previous: previous)
    }

    /// The label names the version of this serialisation: another one gets another label.
    static func digest(of record: AuditRecord, _ part: AuditPart, sequence: Int64, sealedAt: Int64, previous: [UInt8]) -> [UInt8] {
        var content = ChainBytes("opencrane.audit.link.1")
        content.add(sequence)
        content.add(sealedAt)
        content.add(previous)
        content.add(part.rawValue)
        content.add(record.id)
        content.add(record.at)
        content.add(record.actor)
        content.add(record.requestID)
        content.add(record.action)
        content.add(record.resource)
        content.add(record.tenant)
        content.add(record.before)
        if part == .ended {
            content.add(record.message)
            content.add(record.outcome)
            content.add(record.after)
        }
        return Array(SHA256.hash(data: content.bytes))
    }
}

/// The end of a chain. Whoever keeps one elsewhere notices when the chain is cut off before it or made anew.
public struct ChainHead: Sendable, Hashable, CustomStringConvertible {
    /// The place of the last link; 0 when there is none.
    public var sequence: Int64
    /// Its digest.
    public var digest: [UInt8]

    /// An end.
    public init(sequence: Int64, digest: [UInt8]) {
        self.sequence = sequence
        self.digest = digest
    }

    /// Before the first link.
    public static let empty = ChainHead(sequence: 0, digest: AuditLink.genesis)

    /// `SEQUENCE:DIGEST`, the digest in hexadecimal.
    public var description: String {
        "\(sequence):" + Self.text(of: digest)
    }

    /// Bytes in hexadecimal.
    public static func text(of bytes: [UInt8]) -> String {
        bytes.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
    }

    /// Reads what ``description`` says.
    ///
    /// - Returns: nil when it is something else.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let sequence = Int64(parts[0]), sequence > 0, parts[1].utf8.count == 64 else { return nil }
        let digits = Array(parts[1].utf8)
        var digest: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            let pair = String(decoding: digits[index..<index + 2], as: UTF8.self)
            guard pair.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }), let byte = UInt8(pair, radix: 16) else {
                return nil
            }
            digest.append(byte)
        }
        self.init(sequence: sequence, digest: digest)
    }
}
