import HTTPOperations
import HTTPTypes

extension ControlPlane {
    /// Path of the checked-in table of who may do what in the repository.
    public static let accessPath = "docs/access.md"

    /// The table of who may do what as it is checked in.
    ///
    /// - Throws: an error that names a contradiction in the declarations.
    public static func accessText() throws -> String {
        let plane = try described()
        return AccessDocument.text([plane.surface] + plane.otherSurfaces)
    }
}

/// The table of who may do what, for people.
enum AccessDocument {
    /// The document.
    static func text(_ surfaces: [Surface]) -> String {
        var text = """
            # Who may do what

            This file is made from the control plane's own table by `opencrane generate`; what the roles are, and whose an object is, is in
            [authentication](authentication.md#authorization). Without a credential that the surface knows, every operation but the open ones answers
            401; with a role that is not named here, 403; an object that is not there, 404.

            ## Objects

            | Word | What a caller with one of the roles has to do with |
            | --- | --- |

            """
        for rule in ObjectRule.allCases { text += "| \(rule.word) | \(rule.explanation) |\n" }
        text += "\n## Operations\n\n| Operation | Roles | Objects |\n| --- | --- | --- |\n"
        for entry in entries(surfaces) { text += "| \(entry.operation) | \(entry.roles) | \(entry.objects) |\n" }
        return text
    }

    private static func entries(_ surfaces: [Surface]) -> [(path: String, operation: String, roles: String, objects: String)] {
        surfaces.flatMap { surface in
            surface.operations.compactMap { operation in
                let label = operation.label
                guard let row = AccessTable.byID[label.id] else { return nil }
                let path = label.path.prefixed(by: surface.basePath).description
                var roles = (row.access.roles ?? []).names.map { "`\($0)`" }.joined(separator: ", ")
                if let scope = row.access.scope { roles += "; scope `\(scope)`" }
                return (
                    path: path + " " + label.method.rawValue, operation: "`\(label.method.rawValue) \(path)`",
                    roles: roles.isEmpty ? "everybody" : roles, objects: row.objects.word
                )
            }
        }.sorted { $0.path < $1.path }
    }
}
