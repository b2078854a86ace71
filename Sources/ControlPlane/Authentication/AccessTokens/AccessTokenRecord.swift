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
    /// The person, or the program, at the beginning of the tokens it was made with; nil for ``createdBy``.
    var maker: String?
    /// Whether it comes from a device grant.
    var isDevice = false
    var roles: Set<Role>
    var scopes: Set<String>
    var organization: String?
    var email: String?
    var createdAt: Date
    var expiresAt: Date
    var lastUsedAt: Date?
    /// The last login of its owner or of its maker, whichever is longer ago; nil when neither is known from logins.
    var provenAt: Date?

    /// Whether it can be used.
    func isLive(_ now: Date) -> Bool { now < expiresAt }

    /// Whether it can be used where tokens end and rest.
    ///
    /// - Parameters:
    ///   - now: the time.
    ///   - limits: when tokens end and rest.
    func isGood(_ now: Date, _ limits: AccessTokenLimits) -> Bool {
        isLive(now) && now < createdAt.addingTimeInterval(limits.longest)
            && provenAt.map { now < $0.addingTimeInterval(limits.rest) } ?? true
    }

    /// Whether it may be used for something.
    ///
    /// - Parameter isSafe: whether that only reads.
    func allows(isSafe: Bool) -> Bool { isSafe || scopes.contains(AccessTokenScope.write.rawValue) }

    /// Who presents it. What it is good for is a matter of methods, so that it holds for operations that ask for no scope as well.
    var principal: Principal {
        let maker = maker ?? createdBy
        return Principal(
            subject: owner,
            roles: roles,
            method: AccessTokenAuthenticator.method,
            organization: organization,
            email: email,
            maker: maker == owner ? nil : maker
        )
    }
}

/// When tokens end and rest, in seconds.
struct AccessTokenLimits: Sendable, Hashable {
    /// How long a token is good at most, whatever its maker has asked for.
    var longest: TimeInterval = 365 * 86_400
    /// How long a token is good after the last login of its owner, and of whoever made it. It is good again after the next one.
    var rest: TimeInterval = 90 * 86_400
}
