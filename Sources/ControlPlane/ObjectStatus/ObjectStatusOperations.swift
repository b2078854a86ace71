import CraneAPI
import Foundation
import HTTPOperations
import HTTPTypes
import KubernetesModel

/// The operations that say how an object is doing now, and why.
struct ObjectStatusOperations: Sendable {
    private let objects: LiveObjects
    private let now: @Sendable () -> Date

    init(_ parts: ControlPlaneParts) {
        objects = LiveObjects(parts)
        now = parts.now
    }

    private static let description =
        "Read from Kubernetes itself. `retry` says what happens next without anybody doing anything, `advice` what a person can do."

    /// All of them.
    var operations: [HTTPOperations.Operation] {
        [
            operation(.tenant, "/tenants/{name}/status", id: "getTenantStatus", tag: "Tenants", access: .readingTenants) { name, context in
                ObjectStatusView(try await objects.tenant(name, context), now: Timestamp(now()))
            },
            operation(.accessPolicy, "/policies/{name}/status", id: "getPolicyStatus", tag: "Policies", access: .reading) { name, context in
                ObjectStatusView(try await objects.policy(name, context), now: Timestamp(now()))
            },
            operation(
                .clusterTenant,
                "/cluster-tenants/{name}/status",
                id: "getClusterTenantStatus",
                tag: "Cluster tenants",
                access: .reading
            ) { name, context in ObjectStatusView(try await objects.clusterTenant(name, context), now: Timestamp(now())) },
        ]
    }

    private func operation(
        _ kind: ResourceKind,
        _ path: PathTemplate,
        id: String,
        tag: String,
        access: Access,
        _ read: @escaping @Sendable (String, OperationContext) async throws -> ObjectStatusView
    ) -> HTTPOperations.Operation {
        HTTPOperations.Operation(
            OperationLabel(
                .get,
                path,
                id: id,
                summary: "Get the observed status of \(kind.article) \(kind.noun)",
                description: Self.description,
                tag: tag,
                access: access,
                errors: Refusals.projecting + [kind.isNotThere]
            ),
            parameters: NamedObject.self,
            answer: .ok(ObjectStatusView.self, "Status of the \(kind.noun).")
        ) { object, context in Reply(try await read(object.name, context)) }
    }
}

extension ResourceKind {
    /// The article of ``noun``.
    var article: String { self == .accessPolicy ? "an" : "a" }

    /// For the document: there is none of the name.
    var isNotThere: ErrorDeclaration { ErrorDeclaration(.notFound, "\(codePrefix)_NOT_FOUND", "There is no such \(noun).") }
}
