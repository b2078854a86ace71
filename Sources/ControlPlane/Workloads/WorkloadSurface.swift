import HTTPOperations
import Projection

/// The surface for the pods of tenants: nobody else is let in.
enum WorkloadSurface {
    /// Who lets pods in.
    static func authenticator(_ parts: ControlPlaneParts) -> WorkloadAuthenticator {
        WorkloadAuthenticator(
            WorkloadIdentity(
                reviewer: TokenReviewer(client: parts.client, limit: parts.configuration.kubernetesTimeout / 2),
                tenants: TenantRepository(pool: parts.pool),
                namespace: parts.configuration.namespace
            )
        )
    }

    /// Makes the surface.
    ///
    /// - Parameters:
    ///   - parts: what it is made of.
    ///   - authenticator: lets pods in.
    ///   - operations: what they may call.
    static func surface(_ parts: ControlPlaneParts, authenticator: WorkloadAuthenticator, operations: [HTTPOperations.Operation]) -> Surface
    {
        Surface(
            title: "OpenCrane runtime",
            version: "1.0.0",
            description: "What the pods of tenants call, with the tokens of their ServiceAccounts for the audience control-plane.",
            basePath: "/api/internal",
            authenticator: authenticator,
            credential: WorkloadAuthenticator.credential,
            errors: WorkloadAuthenticator.errors,
            operations: operations,
            bodyLimit: min(parts.configuration.bodyLimit, 65_536),
            timeout: parts.configuration.requestTimeout
        )
    }
}
