import JSONValue
import KubernetesModel

/// An apply that would change fields others own, without force.
struct ApplyConflict: Error, Sendable, Hashable {
    /// One field and who owns it.
    struct Conflict: Sendable, Hashable {
        /// The owner, as in `"hand" using example.com/v1`.
        var manager: String
        /// The field, as in `.spec.size`.
        var path: String
    }

    /// In the order of owners and fields; never empty.
    var conflicts: [Conflict]

    /// A stable word.
    var code: String { "apply_conflict" }

    /// The sentence that the API server answers with.
    var message: String {
        if conflicts.count == 1, let only = conflicts.first {
            return "Apply failed with 1 conflict: conflict with \(only.manager): \(only.path)"
        }
        var lines: [String] = []
        for manager in Set(conflicts.map(\.manager)).sorted() {
            lines.append("conflicts with \(manager):")
            lines += conflicts.filter { $0.manager == manager }.map { "- \($0.path)" }
        }
        return "Apply failed with \(conflicts.count) conflicts: \(lines.joined(separator: "\n"))"
    }

    /// The answer: 409 with a cause for each field.
    var status: Status {
        Status(
            code: 409,
            reason: "Conflict",
            message: message,
            details: StatusDetails(
                causes: conflicts.map {
                    StatusCause(reason: "FieldManagerConflict", message: "conflict with \($0.manager)", field: $0.path)
                }
            )
        )
    }
}
