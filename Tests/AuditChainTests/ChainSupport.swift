import AuditChain
import Observability
import SealedSecrets

/// A chain to be tampered with.
struct Chain {
    var links: [AuditLink] = []
    var records: [Int64: AuditRecord] = [:]
    var anchor: AuditAnchor?

    /// The keys of an installation, by the ids of its keys, the current one first.
    static func keys(_ ids: String...) throws -> MessageAuthenticator {
        let keys = try ids.map { id in
            try SealingKey(id: id, material: Secret((0..<32).map { UInt8($0) &+ (id.utf8.last ?? 0) }))
        }
        return MessageAuthenticator(keys: try SealingKeyring(current: keys[0], older: Array(keys.dropFirst())), purpose: "test")
    }

    static func record(_ id: Int64, outcome: String = "succeeded") -> AuditRecord {
        AuditRecord(
            id: id,
            at: 1_800_000_000_000_000 + id,
            actor: "ann",
            requestID: "r-\(id)",
            action: "Updated",
            resource: "Tenant/mia",
            tenant: "mia",
            before: #"{"a": 1}"#,
            message: "It was updated.",
            outcome: outcome,
            after: #"{"a": 2}"#
        )
    }

    init(_ count: Int64 = 0, _ authenticator: MessageAuthenticator? = nil) {
        for id in 0..<count { add(id + 1, authenticator) }
    }

    var head: ChainHead { links.last?.head ?? anchor?.head ?? .empty }

    mutating func add(_ id: Int64, _ part: AuditPart = .ended, _ authenticator: MessageAuthenticator? = nil) {
        let record = records[id] ?? Self.record(id)
        records[id] = record
        links.append(AuditLink(record, part, after: head, sealedAt: 1_800_000_001_000_000, authenticator: authenticator))
    }

    mutating func add(_ id: Int64, _ authenticator: MessageAuthenticator?) { add(id, .ended, authenticator) }

    /// Makes all links again from a place on, as somebody with the right to write would.
    mutating func makeAgain(from index: Int, _ authenticator: MessageAuthenticator? = nil) {
        var head = index == 0 ? anchor?.head ?? .empty : links[index - 1].head
        for place in index..<links.count {
            let old = links[place]
            guard let record = records[old.entry] else { continue }
            links[place] = AuditLink(record, old.part, after: head, sealedAt: old.sealedAt, authenticator: authenticator)
            head = links[place].head
        }
    }

    /// What a verifier says at the end.
    func verdict(
        _ authenticator: MessageAuthenticator? = nil,
        expected: [ChainHead] = []
    ) -> (finding: ChainFinding?, standing: ChainVerifier.Standing, authenticatedTo: Int64?) {
        var verifier = ChainVerifier(anchor: anchor, authenticator: authenticator, expected: expected)
        for link in links {
            if let finding = verifier.check(link, records[link.entry]) { return (finding, verifier.standing, verifier.authenticatedTo) }
        }
        return (verifier.finish(), verifier.standing, verifier.authenticatedTo)
    }

    /// Kind and place of what is found, such as `changed 3`; `whole` when nothing is.
    func found(_ authenticator: MessageAuthenticator? = nil, expected: [ChainHead] = []) -> String {
        guard let finding = verdict(authenticator, expected: expected).finding else { return "whole" }
        return "\(finding.kind.rawValue) \(finding.sequence ?? 0)"
    }
}
