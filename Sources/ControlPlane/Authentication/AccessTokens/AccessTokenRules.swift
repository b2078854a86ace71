import Foundation
import HTTPOperations
import HTTPTypes

/// What somebody may do with access tokens. Pure.
struct AccessTokenRules: Sendable, Hashable {
    /// Who asks.
    let caller: Principal
    /// The token they ask with, if it is one.
    let parent: AccessTokenRecord?
    /// When tokens end.
    var limits = AccessTokenLimits()

    /// Whose tokens the caller sees; nil for everybody's.
    var visibleOwner: String? { caller.roles.contains(.platformAdmin) ? nil : caller.subject }

    /// Whether the caller may have to do with a token.
    func sees(_ record: AccessTokenRecord) -> Bool { visibleOwner.map { record.owner == $0 } ?? true }

    /// The record of a token that is to be made: never more than the caller has, and never for longer than the token it is made with.
    ///
    /// - Parameters:
    ///   - order: what is asked for.
    ///   - token: the token.
    ///   - lifetime: how long it is good when nothing is said of that, in seconds.
    /// - Throws: ``OperationError`` 403 for somebody else or for more than the caller has, 422 for an end that has passed or is too late.
    func record(
        _ order: AccessTokenOrder,
        token: AccessToken,
        id: UUID,
        now: Date,
        lifetime: TimeInterval
    ) throws(OperationError) -> AccessTokenRecord {
        let asked = order.owner?.trimmingCharacters(in: .whitespaces)
        let isOwn = asked == nil || asked == "" || asked == caller.subject || asked == caller.email
        let isAdministrator = caller.roles.contains(.platformAdmin)
        guard isOwn || isAdministrator else { throw .otherOwner }
        guard order.organization == nil || order.organization == caller.organization || isAdministrator else { throw .otherOrganization }
        // Whoever makes a token for somebody else gives nothing without saying so.
        let roles = order.roles.map { Set($0.map(\.role)) } ?? (isOwn ? caller.roles : [.owner])
        guard isAdministrator || roles.isSubset(of: caller.roles) else { throw .roleNotHeld(roles.subtracting(caller.roles).names) }
        var scopes = Set(order.scopes?.map(\.rawValue) ?? parent?.scopes.sorted() ?? [AccessTokenScope.write.rawValue])
        scopes.insert(AccessTokenScope.read.rawValue)
        if let parent, !scopes.isSubset(of: parent.scopes) { throw .scopeNotHeld }
        return AccessTokenRecord(
            id: id,
            secretHash: token.hash,
            parentID: parent?.id,
            name: order.name,
            owner: isOwn ? caller.subject : asked ?? caller.subject,
            createdBy: caller.subject,
            maker: parent.map { $0.maker ?? $0.createdBy } ?? caller.subject,
            roles: roles,
            scopes: scopes,
            organization: order.organization ?? (isOwn ? caller.organization : nil),
            email: isOwn ? caller.email : nil,
            createdAt: now,
            expiresAt: try expiry(order.expiresAt, now: now, lifetime: lifetime)
        )
    }

    private func expiry(_ text: String?, now: Date, lifetime: TimeInterval) throws(OperationError) -> Date {
        let latest = min(parent?.expiresAt ?? .distantFuture, now.addingTimeInterval(limits.longest))
        guard let text else { return min(now.addingTimeInterval(lifetime), latest) }
        guard let date = Self.date(text), date > now else { throw .invalid("expiresAt", "must be in the future") }
        guard date <= latest else {
            let days = Int(limits.longest / 86_400)
            let what = parent == nil ? "must be within \(days) days" : "must not be after the end of the token it is made with"
            throw .invalid("expiresAt", what)
        }
        return date
    }

    /// A time of RFC 3339 with or without fractions of a second.
    private static func date(_ text: String) -> Date? {
        for fractional in [true, false] {
            if let date = try? Date(text.uppercased(), strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: fractional)) {
                return date
            }
        }
        return nil
    }
}

extension OperationError {
    fileprivate static let otherOwner = OperationError(
        .forbidden,
        code: "OTHER_OWNER",
        message: "Only administrators of the platform make tokens for others; leave owner out."
    )

    fileprivate static let otherOrganization = OperationError(
        .forbidden,
        code: "OTHER_OWNER",
        message: "Only administrators of the platform make tokens for other organisations; leave organization out."
    )

    fileprivate static func roleNotHeld(_ roles: [String]) -> OperationError {
        OperationError(
            .forbidden,
            code: "ROLE_NOT_HELD",
            message: "You are not \(roles.joined(separator: ", ")), and so cannot make a token that is."
        )
    }

    fileprivate static let scopeNotHeld = OperationError(
        .forbidden,
        code: "SCOPE_NOT_HELD",
        message: "This token may only read, and so cannot make one that may do more."
    )
}
