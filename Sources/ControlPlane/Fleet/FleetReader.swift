import HTTPOperations
import HTTPTypes
import Projection

/// Finds the fleets of those who ask.
struct FleetReader: Sendable {
    let fleets: FleetRepository
    let log: ProvisioningLogRepository
    let namespace: String
    let templates: TemplateSource

    /// The fleet of each of some owners.
    ///
    /// - Throws: `PostgresError`.
    func states(of owners: Set<FleetOwner>) async throws -> [FleetOwner: FleetState] {
        let catalog = await templates.known()
        let rows = try await fleets.find(owners, namespace: namespace)
        let lines = try await log.list(uids: rows.values.map(\.metadata.uid))
        return rows.mapValues { FleetState(row: $0, log: lines[$0.metadata.uid] ?? [], catalog: catalog) }
    }

    /// The answer about an owner's fleet.
    func answer(_ state: FleetState?) -> FleetAnswer { FleetAnswer(ok: true, fleet: Nullable(state?.view)) }
}

/// For whom an administrator asks.
enum ActingFor {
    /// The organisation.
    static let organization = HeaderDeclaration(
        name: "X-OpenCrane-Organization",
        description: "Administrators only: the organisation whose fleet is asked for.",
        maximumLength: 253
    )
    /// The person.
    static let user = HeaderDeclaration(
        name: "X-OpenCrane-User",
        description: "Administrators only: the address of the person whose own fleet is asked for, when no organisation is named.",
        maximumLength: 254
    )
}

extension FleetOwner {
    /// Whose fleet a request is about: that of the caller's organisation, else the caller's own. An organisation without a fleet has none:
    /// the fleet of the person is not shown in its place.
    ///
    /// A platform administrator, and nobody else, may name another organisation or person.
    ///
    /// - Returns: nil when the caller is neither in an organisation nor a person.
    /// - Throws: ``OperationError`` 403 when somebody else does.
    static func asking(_ context: OperationContext) throws(OperationError) -> FleetOwner? {
        var principal = context.principal
        let named = (organization: context.header(ActingFor.organization), user: context.header(ActingFor.user))
        if named.organization != nil || named.user != nil {
            guard principal.roles.contains(.platformAdmin) else { throw .forbidden }
            principal.organization = named.organization
            principal.email = named.user
        }
        if let organization = principal.organization { return .organization(organization) }
        return principal.email.map { .person($0) }
    }
}
