import SealedSecrets

/// What is left of the beginning of a chain whose time was over: where the rest begins.
public struct AuditAnchor: Sendable, Hashable {
    /// The last link that was removed.
    public var head: ChainHead
    /// How many links were removed so far.
    public var removed: Int64
    /// When, in microseconds since 1970.
    public var removedAt: Int64
    /// That it was removed where the keys are; nil when there were none.
    public var code: AuthenticationCode?

    /// An anchor as it was stored.
    public init(head: ChainHead, removed: Int64, removedAt: Int64, code: AuthenticationCode?) {
        self.head = head
        self.removed = removed
        self.removedAt = removedAt
        self.code = code
    }

    /// Makes an anchor.
    ///
    /// - Parameters:
    ///   - head: the last link that is removed.
    ///   - removed: how many links are removed with it, and were before.
    ///   - removedAt: the time, in microseconds since 1970.
    ///   - authenticator: the keys; nil without any.
    public init(removingTo head: ChainHead, removed: Int64, removedAt: Int64, authenticator: MessageAuthenticator?) {
        self.init(head: head, removed: removed, removedAt: removedAt, code: nil)
        code = authenticator?.code(for: message)
    }

    /// What the keys vouch for. The label keeps it apart from the digest of a link: nobody can make an anchor of a link.
    var message: [UInt8] {
        var content = ChainBytes("opencrane.audit.anchor.1")
        content.add(head.sequence)
        content.add(head.digest)
        content.add(removed)
        content.add(removedAt)
        return content.bytes
    }
}
