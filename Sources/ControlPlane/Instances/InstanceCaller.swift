import HTTPOperations
import Projection

/// Who asks for instances: in which organisation, for which customer of it.
struct InstanceCaller: Sendable, Hashable {
    /// The organisation of platform administrators who name none.
    static let platform = "platform"

    /// Whether a name is none an organisation may have: it would be the platform's own, or a person's.
    static func isReserved(_ organization: String) -> Bool {
        let name = organization.lowercased()
        return name == platform || name.hasPrefix("user:")
    }

    /// The organisation.
    let organization: String
    /// The customer the caller is bound to; nil for the organisation as a whole.
    let customer: String?
    /// The address of the person who asks, or is asked for.
    let email: String?
    /// Whether the caller administers the organisation.
    let isAdministrator: Bool
    /// Whether instances of other organisations are seen too, by their ids.
    let seesAll: Bool
    /// Stable name, for the audit trail.
    let subject: String

    /// Reads a request. A platform administrator, and nobody else, may name another organisation or person.
    ///
    /// - Throws: ``OperationError`` 403 when somebody else does, or is in no organisation and no person.
    init(_ context: OperationContext) throws(OperationError) {
        let principal = context.principal
        let named = (organization: context.header(ActingFor.organization), user: context.header(ActingFor.user))
        let isPlatform = principal.roles.contains(.platformAdmin)
        if named.organization != nil || named.user != nil, !isPlatform { throw .forbidden }
        if let own = principal.organization, Self.isReserved(own), !isPlatform { throw .forbidden }
        subject = principal.subject
        email = named.user ?? principal.email
        seesAll = isPlatform && named.organization == nil && named.user == nil && principal.organization == nil
        // Whoever acts for a person may do what the person may.
        isAdministrator = named.user == nil && !principal.roles.isDisjoint(with: InstanceAccess.administrators)
        // A person is bound to what is the person's own; a program only when its key says so.
        customer = named.user ?? principal.customer ?? principal.email
        if let organization = named.organization ?? (named.user == nil ? principal.organization : nil) {
            self.organization = organization
        } else if let person = email {
            organization = "user:\(person.lowercased())"
        } else if isPlatform {
            organization = Self.platform
        } else {
            throw .forbidden
        }
    }

    /// Whether an instance is there for the caller.
    func sees(_ row: InstanceRow) -> Bool { seesAll || row.organization == organization }

    /// Whether the caller may have to do with an instance of the organisation: not with another customer's.
    func mayUse(_ row: InstanceRow) -> Bool {
        isAdministrator || row.customerID == nil || customer == nil || row.customerID == customer
    }
}
