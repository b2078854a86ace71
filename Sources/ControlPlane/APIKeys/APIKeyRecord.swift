import Foundation
import HTTPOperations
import Postgres
import Schema

/// What a key may be used for.
enum APIKeyScope: String, SchemaEnum {
    /// Seeing instances.
    case readInstances = "instances:read"
    /// Making and changing instances, and talking to them.
    case writeInstances = "instances:write"
    /// Taking instances away.
    case deleteInstances = "instances:delete"
    /// Seeing API keys.
    case readKeys = "api-keys:read"
    /// Making, rotating and revoking API keys.
    case writeKeys = "api-keys:write"
}

/// What the bearer of a key is in its organisation.
enum APIKeyRole: String, SchemaEnum, PostgresDecodable, PostgresEncodable {
    /// May do everything that the scopes allow, for every customer.
    case admin
    /// May do what concerns its customer, if it has one, and nothing that is for administrators.
    case member
}

extension Role {
    /// Administers an organisation.
    static let organizationAdmin: Role = "organization-admin"
    /// Belongs to an organisation.
    static let organizationMember: Role = "organization-member"
}

/// A key as the database has it.
struct APIKeyRecord: Sendable, Hashable {
    /// A secret that was rotated.
    struct Previous: Sendable, Hashable {
        /// Its hash.
        var hash: String
        /// Until when it is good.
        var expiresAt: Date
    }

    var id: UUID
    /// Place in the list.
    var number: Int64
    var organization: String
    var customerID: String?
    var name: String
    var role: APIKeyRole
    var scopes: Set<String>
    var secretHash: String
    /// What it was before the last rotation.
    var previous: Previous?
    var createdBy: String
    /// The key it was made with, which it ends with.
    var parentID: UUID?
    var createdAt: Date
    var expiresAt: Date?
    var rotatedAt: Date?
    var lastUsedAt: Date?
    var revokedAt: Date?

    /// Whether it can be used at all.
    func isLive(_ now: Date) -> Bool { revokedAt == nil && expiresAt.map { now < $0 } ?? true }

    /// Whether a key is good at a time.
    ///
    /// - Parameters:
    ///   - key: what was presented, which has the id of this record.
    ///   - now: the time.
    func accepts(_ key: APIKey, now: Date) -> Bool {
        let hash = key.hash
        // Everything is compared always, so that the time says nothing of why a key is not good.
        let isCurrent = APIKey.isSame(hash, secretHash)
        let isPrevious = APIKey.isSame(hash, previous?.hash ?? "")
        let isInGrace = previous.map { now < $0.expiresAt } ?? false
        return isLive(now) && (isCurrent || isPrevious && isInGrace)
    }

    private static let subjectPrefix = "api-key:"

    /// Id of the key that somebody presents; nil for another credential.
    static func id(of principal: Principal) -> UUID? {
        guard principal.method == APIKeyAuthenticator.method, principal.subject.hasPrefix(subjectPrefix) else { return nil }
        return UUID(uuidString: String(principal.subject.dropFirst(subjectPrefix.count)))
    }

    /// Who presents it.
    var principal: Principal {
        Principal(
            subject: Self.subjectPrefix + id.uuidString.lowercased(),
            roles: [role == .admin ? .organizationAdmin : .organizationMember],
            method: APIKeyAuthenticator.method,
            organization: organization,
            customer: customerID,
            scopes: scopes
        )
    }
}
