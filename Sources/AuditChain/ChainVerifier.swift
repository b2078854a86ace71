import SealedSecrets

/// Goes along a chain, link by link, and says where it breaks. It holds one link at a time, however long the chain is.
public struct ChainVerifier: Sendable {
    /// How far the keys vouch for what was seen.
    public enum Standing: Sendable, Hashable {
        /// The end carries the code of a key that is known: so does, by it, everything before.
        case authentic
        /// No keys were given, so nobody looked.
        case unchecked
        /// There are no links.
        case empty
        /// The anchor, or the links after the last one that could be checked, carry codes of a key that is not known.
        case unknownKey(String)
    }

    private let authenticator: MessageAuthenticator?
    private let anchor: AuditAnchor?
    private var expected: [ChainHead]
    private var isKeyed = false
    private var unknownKey: String?
    private var anchorKey: String?

    /// The last link seen, or where the chain begins.
    public private(set) var head: ChainHead
    /// How many links were seen.
    public private(set) var count: Int64 = 0
    /// The last link whose code was checked and is right.
    public private(set) var authenticatedTo: Int64?

    /// A verifier at the beginning.
    ///
    /// - Parameters:
    ///   - anchor: what is left of links that were removed; nil when none were.
    ///   - authenticator: the keys; without them codes are not looked at.
    ///   - expected: ends that were kept elsewhere, which the chain must hold.
    public init(anchor: AuditAnchor?, authenticator: MessageAuthenticator?, expected: [ChainHead] = []) {
        self.anchor = anchor
        self.authenticator = authenticator
        self.expected = expected.sorted { $0.sequence < $1.sequence }
        head = anchor?.head ?? .empty
    }

    /// Checks the next link.
    ///
    /// - Parameters:
    ///   - link: the link.
    ///   - record: the entry that it names; nil when there is none.
    /// - Returns: what is wrong; nil when nothing is. Afterwards nothing more can be said.
    public mutating func check(_ link: AuditLink, _ record: AuditRecord?) -> ChainFinding? {
        if count == 0, let finding = checkAnchor(before: link) { return finding }
        let place = head.sequence + 1
        guard link.sequence == place else {
            return ChainFinding(.deleted, sequence: place, "The links \(place) to \(link.sequence - 1) are gone.")
        }
        let isWhole = record.map(link.stands) ?? false
        guard link.previous == head.digest else {
            // A link that is right in itself was made after another one than stands there now.
            return isWhole
                ? ChainFinding(.forged, sequence: max(1, head.sequence), "The link was replaced: \(place) was made after another one.")
                : ChainFinding(.reordered, sequence: place, entry: link.entry, "The link was not made for this place.")
        }
        guard record != nil else {
            return ChainFinding(.deleted, sequence: place, entry: link.entry, "The entry \(link.entry) is gone.")
        }
        guard isWhole else {
            return ChainFinding(.changed, sequence: place, entry: link.entry, "The entry \(link.entry) is not what was sealed.")
        }
        if let finding = checkCode(of: link) { return finding }
        if let finding = checkExpected(link) { return finding }
        head = link.head
        count += 1
        return nil
    }

    /// Ends the chain.
    ///
    /// - Returns: what is missing at the end; nil when nothing is.
    public func finish() -> ChainFinding? {
        if count == 0, let anchor {
            // The last link is never removed.
            return ChainFinding(
                .deleted,
                sequence: anchor.head.sequence + 1,
                "There is no link after the \(anchor.removed) that were removed."
            )
        }
        if let missing = expected.first {
            return ChainFinding(
                .deleted,
                sequence: head.sequence + 1,
                "The chain ends at \(head.sequence), though it once was at \(missing.sequence)."
            )
        }
        if authenticator != nil, count > 0, !isKeyed {
            return ChainFinding(.forged, sequence: head.sequence, "The chain ends without the code of a key.")
        }
        return nil
    }

    /// How far the keys vouch for what was seen.
    public var standing: Standing {
        guard count > 0 else { return .empty }
        guard authenticator != nil else { return .unchecked }
        return (unknownKey ?? anchorKey).map { .unknownKey($0) } ?? .authentic
    }

    private mutating func checkAnchor(before link: AuditLink) -> ChainFinding? {
        guard let anchor else { return nil }
        let place = anchor.head.sequence + 1
        guard let code = anchor.code else {
            // Once there are keys, only they remove.
            guard authenticator != nil, link.code != nil else { return nil }
            return ChainFinding(.forged, sequence: place, "The links before were removed without the keys.")
        }
        switch authenticator?.check(code, of: anchor.message) {
        case nil, .authentic: return nil
        case .wrong: return ChainFinding(.forged, sequence: place, "The links before were removed by somebody without the keys.")
        case .unknownKey:
            anchorKey = code.keyID
            return nil
        }
    }

    private mutating func checkCode(of link: AuditLink) -> ChainFinding? {
        guard let code = link.code else {
            guard isKeyed else { return nil }
            return ChainFinding(.forged, sequence: link.sequence, entry: link.entry, "The link has no code, though one before it has.")
        }
        isKeyed = true
        switch authenticator?.check(code, of: link.digest) {
        case nil: break
        case .authentic: (authenticatedTo, unknownKey) = (link.sequence, nil)
        case .unknownKey: unknownKey = code.keyID
        case .wrong:
            return ChainFinding(
                .forged,
                sequence: link.sequence,
                entry: link.entry,
                "The link was made by somebody who does not have the key '\(code.keyID)'."
            )
        }
        return nil
    }

    private mutating func checkExpected(_ link: AuditLink) -> ChainFinding? {
        while let next = expected.first, next.sequence <= link.sequence {
            expected.removeFirst()
            // What was removed in time cannot be compared any more.
            guard next.sequence == link.sequence, next.digest != link.digest else { continue }
            return ChainFinding(.forged, sequence: link.sequence, "The chain was made anew: its digest at \(link.sequence) was another.")
        }
        return nil
    }
}
