import Foundation
import HTTPOperations
import HTTPTypes

/// What somebody may do with keys. Pure.
struct APIKeyManager: Sendable, Hashable {
    /// The organisation whose keys are meant; nil for a platform administrator who has named none.
    let organization: String?
    /// The customer whose keys alone are meant; nil for every one.
    let customerID: String?
    /// What the own credential may be used for; nil for everything.
    let scopes: Set<String>?
    /// The key that is presented; nil for another credential.
    let key: UUID?

    /// Who asks.
    ///
    /// - Throws: ``OperationError`` 403 when somebody else than a platform administrator names an organisation.
    init(_ context: OperationContext) throws(OperationError) {
        let principal = context.principal
        let named = context.header(ActingFor.organization)
        guard named == nil || principal.roles.contains(.platformAdmin) else { throw .forbidden }
        organization = named ?? principal.organization
        // An administrator of the platform belongs to no organisation, and may see every one's.
        guard organization != nil || principal.roles.contains(.platformAdmin) else { throw .forbidden }
        customerID = principal.customer
        scopes = principal.scopes
        key = APIKeyRecord.id(of: principal)
    }

    /// The record of a key that is to be made.
    ///
    /// - Parameters:
    ///   - order: what is asked for.
    ///   - key: the key.
    ///   - parent: the key it is made with, which it ends with; nil for none.
    ///   - createdBy: who makes it.
    ///   - now: the time.
    /// - Throws: ``OperationError`` 403 for more than the caller has, 422 without an
    ///   organisation or with one that is reserved, with an end that has passed or is after the parent's, or for an administrator of a single
    ///   customer.
    func record(
        _ order: APIKeyOrder,
        key: APIKey,
        parent: APIKeyRecord? = nil,
        createdBy: String,
        now: Date
    ) throws(OperationError) -> APIKeyRecord {
        guard let organization else {
            throw .invalid(ActingFor.organization.name, "is required", in: .header, kind: .missing)
        }
        guard !InstanceCaller.isReserved(organization) else {
            throw .invalid(ActingFor.organization.name, "is a name that no organisation may have", in: .header)
        }
        // An administrator reaches every customer of the organisation: a key that names one would promise what it does not keep.
        guard order.role != .admin || (order.customerID ?? customerID) == nil else {
            throw .invalid("customer_id", "must not be there for the role admin, which is for every customer of the organisation")
        }
        let asked = Set(order.scopes.map(\.rawValue))
        try require(asked)
        if let customerID, (order.customerID ?? customerID) != customerID { throw .otherCustomersKey }
        var expiry = parent?.expiresAt
        if let text = order.expiresAt {
            guard let date = Self.date(text), date > now else {
                throw .invalid("expires_at", "must be in the future")
            }
            if let end = parent?.expiresAt, date > end {
                throw .invalid("expires_at", "must not be after the end of the key it is made with")
            }
            expiry = date
        }
        return APIKeyRecord(
            id: key.id,
            number: 0,
            organization: organization,
            customerID: order.customerID ?? customerID,
            name: order.name,
            role: order.role,
            scopes: asked,
            secretHash: key.hash,
            createdBy: createdBy,
            parentID: parent?.id,
            createdAt: now,
            expiresAt: expiry
        )
    }

    /// Throws 404 for a key of another organisation, 403 for another customer's.
    func requireOwn(_ record: APIKeyRecord?) throws(OperationError) -> APIKeyRecord {
        guard let record, organization == nil || record.organization == organization else { throw .unknownAPIKey }
        if let customerID, record.customerID != customerID { throw .otherCustomersKey }
        return record
    }

    /// Throws 403 for a key that neither is the one that is presented nor was made with it: whoever got hold of a key must not have a secret
    /// that stays good when the key ends.
    ///
    /// - Parameter line: the key that is to be changed, and those that it was made with.
    func requireOwnLine(_ line: Set<UUID>) throws(OperationError) {
        if let key, !line.contains(key) { throw .otherAPIKey }
    }

    /// A key after a rotation.
    ///
    /// - Throws: ``OperationError`` 403 when it may be used for more than the caller's credential; 409 when it has ended.
    func rotated(_ record: APIKeyRecord, to key: APIKey, grace: Int, now: Date) throws(OperationError) -> APIKeyRecord {
        try require(record.scopes)
        guard record.isLive(now) else {
            throw OperationError(.conflict, code: "API_KEY_ENDED", message: "The key was revoked or has expired; make a new one.")
        }
        var record = record
        record.previous =
            grace > 0 ? .init(hash: record.secretHash, expiresAt: now.addingTimeInterval(Double(grace))) : nil
        record.secretHash = key.hash
        record.rotatedAt = now
        return record
    }

    /// Whoever gets hold of a key must not be able to do more with it than without.
    private func require(_ asked: Set<String>) throws(OperationError) {
        guard let scopes, let first = asked.subtracting(scopes).sorted().first else { return }
        throw OperationError(
            .forbidden,
            code: "SCOPE_NOT_HELD",
            message: "This credential does not have the scope \(first), and so cannot give it."
        )
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
    /// 404: no such key, or another organisation's.
    fileprivate static let unknownAPIKey = OperationError(.notFound, code: "API_KEY_NOT_FOUND", message: "API key not found")

    /// 403: a key was presented that has nothing to do with the other.
    fileprivate static let otherAPIKey = OperationError(
        .forbidden,
        code: "OTHER_API_KEY",
        message: "A key may change itself and the keys that were made with it, and no other."
    )

    /// 403: the caller's credential is for another customer.
    fileprivate static let otherCustomersKey = OperationError(
        .forbidden,
        code: "OTHER_CUSTOMER",
        message: "This credential is for another customer of the organisation."
    )
}
