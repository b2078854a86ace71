import HTTPOperations
import HTTPTypes
import KubernetesClient
import KubernetesModel

/// What a failed call to Kubernetes means for a write.
enum KubernetesFailure: Sendable {
    /// Kubernetes said no: the write is over, and this is the answer.
    case refused(OperationError)
    /// Nobody knows whether it happened: the write goes on later.
    case unknown(any Error)

    /// Judges an error.
    ///
    /// - Parameters:
    ///   - error: what the call threw.
    ///   - kind: the kind that was written.
    ///   - name: its object.
    init(_ error: any Error, kind: ResourceKind, name: String) {
        guard let error = error as? KubernetesError, error.httpStatus != nil || error.status != nil else {
            self = .unknown(error)
            return
        }
        if error.isNotFound {
            self = .refused(kind.notFound(name))
        } else if error.isAlreadyExists {
            self = .refused(kind.alreadyExists(name))
        } else if error.isConflict {
            self = .refused(.preconditionFailed)
        } else if error.isInvalid {
            self = .refused(Self.invalid(error))
        } else {
            self = Self.other(error)
        }
    }

    private static func other(_ error: KubernetesError) -> KubernetesFailure {
        switch error.httpStatus ?? error.status?.code ?? 0 {
        case 400, 413, 415, 422: .refused(invalid(error))
        case 401, 403, 404, 405, 406:
            .refused(
                OperationError(
                    .badGateway,
                    code: "UPSTREAM_ERROR",
                    message:
                        "Kubernetes does not let the control plane write this; its namespace, definitions or permissions are not in place.",
                    cause: error
                )
            )
        default: .unknown(error)
        }
    }

    /// 422 with what the API server's validation named, in the terms of the request: `spec.email` is `email` there.
    private static func invalid(_ error: KubernetesError) -> OperationError {
        let causes = error.status?.details?.causes ?? []
        let fields = causes.map { cause -> FieldViolation in
            var field = cause.field ?? ""
            if field.hasPrefix("spec.") { field = String(field.dropFirst(5)) }
            return FieldViolation(field: field == "metadata.name" ? "name" : field, message: cause.message ?? "is not valid")
        }
        var refusal = OperationError.invalid(
            fields.isEmpty ? [FieldViolation(field: "", message: "Kubernetes does not accept this object")] : fields
        )
        refusal.cause = error
        return refusal
    }
}
