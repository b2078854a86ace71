import Entitlements
import HTTPOperations
import JSONValue
import Schema

/// The memberships of a tenant, as they are asked for and shown.
struct DatasetsView: Codable, Sendable, Hashable, SchemaDescribing {
    var org: [String]
    var team: [String]
    var project: [String]
    var personal: [String]

    static var schemaName: String? { "DatasetMemberships" }
    private static func note(_ text: String) -> SchemaNote {
        SchemaNote(text, maxItems: 500, items: SchemaNote(pattern: "^[^\\x00-\\x1F\\x7F]+$", maxLength: 253))
    }
    static let schemaNotes: [String: SchemaNote] = [
        "org": SchemaNote(
            "Datasets of the organisation: default for everybody. Empty counts as that.",
            maxItems: 500,
            items: SchemaNote(enum: ["default"])
        ),
        "team": note("Datasets of the team."),
        "project": note("Datasets of projects."), "personal": note("Datasets of the owner."),
    ]

    init(_ memberships: DatasetMemberships) {
        (org, team, project, personal) = (memberships[.org], memberships[.team], memberships[.project], memberships[.personal])
    }

    /// The memberships in order.
    ///
    /// - Throws: ``OperationError`` 422 when the level of the organisation is anything but `default`.
    func memberships() throws(OperationError) -> DatasetMemberships {
        let organisation = DatasetMemberships.normalised(org)
        guard organisation.isEmpty || organisation == DatasetMemberships.organisation else {
            throw .invalid("org", "must be empty or exactly [\"default\"]: everybody is a member of that")
        }
        return DatasetMemberships([.team: team, .project: project, .personal: personal])
    }
}
