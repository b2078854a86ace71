import CraneAPI
import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import KubernetesClient
import KubernetesModel
import Postgres
import Projection

/// Gives people tokens for the pods of their tenants.
struct PodTokenOperations: Sendable {
    /// How long a token is good; Kubernetes gives none for less.
    static let lifetime: Duration = .seconds(600)

    /// nil when no identity provider is configured.
    let sessions: SessionAuthenticator?
    let client: KubernetesClient
    let pool: PostgresPool
    let namespace: String
    let audience: String
    /// How long Kubernetes may take.
    let limit: Duration
    let now: @Sendable () -> Date

    /// All of them.
    var operations: [HTTPOperations.Operation] {
        [
            Operation(
                OperationLabel(
                    .post,
                    "/auth/pod-token",
                    id: "exchangePodToken",
                    summary: "Exchange the current OIDC session for a short-lived token to the caller's OpenClaw pod",
                    description:
                        "The tenant is the one whose address is the session's verified address, and belongs to the first person who asks "
                        + "with it. The token comes from the Kubernetes TokenRequest API, for the tenant's service account, and ends after "
                        + "10 minutes.",
                    tag: LoginOperations.tag,
                    access: .open,
                    errors: [
                        ErrorDeclaration(.unauthorized, "UNAUTHORIZED", "No session."), LoginOperations.csrf,
                        ErrorDeclaration(.forbidden, "NO_TENANT", "No tenant is the caller's."),
                        ErrorDeclaration(.conflict, "AMBIGUOUS_TENANT", "Several tenants have the caller's address."),
                        ErrorDeclaration(.conflict, "POD_NOT_READY", "The tenant has no pod that can be reached now."),
                        LoginOperations.off[2],
                        ErrorDeclaration(.serviceUnavailable, "KUBERNETES_UNAVAILABLE", "Kubernetes cannot be reached; no token was made."),
                        ErrorDeclaration(.badGateway, "UPSTREAM_ERROR", "Kubernetes does not let the control plane make tokens."),
                    ]
                ),
                answer: .ok(PodTokenAnswer.self, "Short-lived pod access token.")
            ) { context in Reply(try await exchange(context)) }
        ]
    }

    private func exchange(_ context: OperationContext) async throws -> PodTokenAnswer {
        guard let sessions, let presented = try await sessions.find(context.headers) else { throw OperationError.sessionNeeded }
        try sessions.requireOwnPage(presented, context.headers)
        let person = presented.session.person
        let tenant = try await onDatabase { try await self.tenant(of: person) }
        guard !tenant.isSuspended, tenant.metadata.status?["machine"] == nil, let host = tenant.ingressHost, !host.isEmpty,
            let target = tenant.metadata.status?["targetNamespace"]?.stringValue
        else { throw OperationError.podNotReady(tenant.name) }
        let token = try await request(tenant.name, in: target)
        try await onDatabase {
            _ = try await AuditRepository(pool: pool).append(
                AuditDraft(
                    actor: person.id,
                    requestID: context.requestID,
                    action: "PodTokenIssued",
                    resource: "Tenant/\(tenant.name)",
                    tenant: tenant.name,
                    message: "\(person.id) got a token for the pod of the tenant \(tenant.name)."
                ),
                now: now()
            )
        }
        let end = token.expires?.date ?? now().addingTimeInterval(Self.lifetime.seconds)
        return PodTokenAnswer(
            token: token.token,
            expiresAt: RESTTimestamp.text(end),
            tenant: tenant.name,
            ingressHost: host,
            audience: audience
        )
    }

    private func request(_ tenant: String, in target: String) async throws -> ServiceAccountToken {
        do {
            return try await onKubernetes(within: limit) {
                try await client.requestToken(
                    serviceAccount: TenantNames(tenant: tenant).serviceAccount,
                    namespace: target,
                    audiences: [audience],
                    expiresIn: Self.lifetime
                )
            }
        } catch let error as KubernetesError where error.isNotFound {
            throw OperationError.podNotReady(tenant)
        } catch let error as OperationError where [401, 403].contains((error.cause as? KubernetesError)?.httpStatus ?? 0) {
            throw OperationError(
                .badGateway,
                code: "UPSTREAM_ERROR",
                message: "Kubernetes does not let the control plane make tokens of service accounts; its role lacks serviceaccounts/token.",
                cause: error
            )
        }
    }

    /// The one tenant of a person.
    ///
    /// An address can be given to somebody else; issuer and subject cannot. So the first person who asks with the address of a tenant is the
    /// one whose it is, until the tenant gets another address.
    private func tenant(of person: Person) async throws -> TenantRow {
        let rows = try await pool.query(
            """
            select name from tenants where namespace = \(namespace) and lower(email) = lower(\(person.email)) and deleted_at is null
            order by name limit 2
            """
        )
        guard let name = try rows.first?.decode("name", as: String.self) else { throw OperationError.noTenant }
        guard rows.count == 1 else { throw OperationError.ambiguousTenant }
        guard let tenant = try await TenantRepository(pool: pool).get(namespace: namespace, name: name) else {
            throw OperationError.noTenant
        }
        let uid = tenant.metadata.uid
        guard !uid.isEmpty else { throw OperationError.podNotReady(name) }
        let owners = try await pool.query(
            """
            insert into tenant_identities as known (tenant_uid, email, owner, bound_at)
            values (\(uid), lower(\(person.email)), \(person.id), \(now()))
            on conflict (tenant_uid) do update set
                owner = case when known.email = excluded.email then known.owner else excluded.owner end,
                bound_at = case when known.email = excluded.email then known.bound_at else excluded.bound_at end,
                email = excluded.email
            returning owner
            """
        )
        guard try owners.first?.decode("owner", as: String.self) == person.id else { throw OperationError.noTenant }
        return tenant
    }
}

extension OperationError {
    fileprivate static let noTenant = OperationError(
        .forbidden,
        code: "NO_TENANT",
        message: "No tenant is yours. Ask an administrator to give one the address you log in with."
    )

    fileprivate static let ambiguousTenant = OperationError(
        .conflict,
        code: "AMBIGUOUS_TENANT",
        message: "Several tenants have the address you log in with. Ask an administrator to leave it to one."
    )

    fileprivate static func podNotReady(_ tenant: String) -> OperationError {
        OperationError(
            .conflict,
            code: "POD_NOT_READY",
            message: "The tenant \(tenant) has no pod that can be reached now: it is suspended, still being made, or no pod."
        )
    }
}
