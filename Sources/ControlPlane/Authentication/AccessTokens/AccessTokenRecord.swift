import Foundation
import HTTPOperations
import Schema

/// What a token may be used for.
enum AccessTokenScope: String, SchemaEnum {
    /// Reading.
    case read
    /// Everything.
    case write
}

/// What the bearer of a token is.
enum AccessTokenRole: String, SchemaEnum {
    case platformAdmin = "platform-admin"
    case customerAdmin = "customer-admin"
    case viewer = "viewer"
    case owner = "owner"
    case organizationAdmin = "organization-admin"
    case organizationMember = "organization-member"

    var role: Role { Role(rawValue: rawValue) }
}

/// A token as the database has it.
struct AccessTokenRecord: Sendable, Hashable {
    var id: UUID
    /// Place in the list.
    var number: Int64 = 0
    var secretHash: String
    /// The token it was made with, which it ends with.
    var parentID: UUID?
    var name: String
    /// Whom it stands for: the subject of its bearers.
    var owner: String
    var createdBy: String
    /// Whether it comes from a device grant.
    var isDevice = false
    var roles: Set<Role>
    var scopes: Set<String>
    var organization: String?
    var email: String?
    var createdAt: Date
    var expiresAt: Date
    var lastUsedAt: Date?

    /// Whether it can be used.
    func isLive(_ now: Date) -> Bool { now < expiresAt }

    /// Whether it may be used for something.
    ///
    /// - Parameter isSafe: whether that only reads.
    func allows(isSafe: Bool) -> Bool { isSafe || scopes.contains(AccessTokenScope.write.rawValue) }

    /// Who presents it. What it is good for is a matter of methods, so that it holds for operations that ask for no scope as well.
    var principal: Principal {
        Principal(subject: owner, roles: roles, method: AccessTokenAuthenticator.method, organization: organization, email: email)
    }
}
