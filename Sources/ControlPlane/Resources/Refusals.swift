import HTTPOperations
import HTTPTypes

/// The refusals and texts that operations of the three kinds have in common.
enum Refusals {
    private static let database = ErrorDeclaration(
        .serviceUnavailable,
        "DATABASE_UNAVAILABLE",
        "The database cannot be reached; nothing was changed."
    )
    private static let kubernetes = ErrorDeclaration(
        .serviceUnavailable,
        "KUBERNETES_UNAVAILABLE",
        "Kubernetes cannot be reached; nothing was changed."
    )
    private static let timeout = ErrorDeclaration(.gatewayTimeout, "TIMEOUT", "The operation did not end in time.")

    static let reading = [database, timeout]
    static let projecting = [database, kubernetes, timeout]
    static let writing =
        projecting + IdempotencyRule.declarations + [
            ErrorDeclaration(
                .serviceUnavailable,
                "WRITE_PENDING",
                "The write is recorded and goes on by itself; the same request with the same Idempotency-Key gets its outcome."
            ),
            ErrorDeclaration(.gatewayTimeout, "WRITE_EXPIRED", "The write could not be finished for too long and was given up."),
            ErrorDeclaration(.badGateway, "UPSTREAM_ERROR", "Kubernetes does not let the control plane write this."),
        ]
    static let updating =
        writing + [
            ErrorDeclaration(
                .preconditionFailed,
                "PRECONDITION_FAILED",
                "The object has another version than If-Match says, or than the caller was allowed to write."
            )
        ]

    /// What a change of an object of a kind may be answered.
    static func changing(_ kind: ResourceKind) -> [ErrorDeclaration] {
        updating + [ErrorDeclaration(.conflict, "\(kind.codePrefix)_TERMINATING", "The \(kind.noun) is being deleted.")]
    }

    static let tagged = ["ETag": "Version of the object, for If-Match."]
    static let created = ["ETag": "Version of the object, for If-Match.", "Location": "Path of the object."]

    static let writeDescription =
        "The write is recorded first, then applied to Kubernetes, then projected. 2xx and 4xx answers are final."
    static let updateDescription =
        "Members that are absent stay as they are, null clears a member, a list replaces the whole list."
}
