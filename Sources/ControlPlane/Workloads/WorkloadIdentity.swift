import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import NIOConcurrencyHelpers
import Projection

extension Role {
    /// A tenant's pod, which calls with the token of its ServiceAccount.
    static let workload: Role = "workload"
}

extension Access {
    /// What the pods of tenants call.
    static let working: Access = .roles([.workload])
}

/// Finds the tenant that a pod belongs to.
struct WorkloadIdentity: Sendable {
    /// Tells whose token it is.
    let reviewer: TokenReviewer
    /// The tenants.
    let tenants: TenantRepository
    /// The namespace of the Tenants.
    let namespace: String

    /// The tenant whose pod has a token.
    ///
    /// The namespace and the name of the ServiceAccount must both be those of the tenant's own: another namespace's account of the same name
    /// is nobody.
    ///
    /// - Returns: nil when the token is nobody's, for another audience, or of an account that is no tenant's.
    /// - Throws: ``OperationError`` 503.
    func tenant(of token: String) async throws -> TenantRow? {
        guard let account = try await reviewer.review(token), let name = account.candidate else { return nil }
        guard let row = try await onDatabase({ try await tenants.get(namespace: namespace, name: name) }) else { return nil }
        let target = row.metadata.status?["targetNamespace"]?.stringValue
        return account.isAccount(of: row.name, in: target) ? row : nil
    }
}

/// Lets the pods of tenants in by the tokens of their ServiceAccounts. Who is not let in is not told why.
struct WorkloadAuthenticator: Authenticator {
    /// Name of this authenticator.
    static let method = "service-account"
    /// What pods show.
    static let credential = CredentialScheme(
        name: "workloadToken",
        json: [
            "type": "http", "scheme": "bearer",
            "description": "The token of a tenant's ServiceAccount for the audience control-plane: Authorization: Bearer TOKEN.",
        ]
    )
    /// What pods show to whoever delivers skills.
    static let skillCredential = CredentialScheme(
        name: "skillRegistryToken",
        json: [
            "type": "http", "scheme": "bearer",
            "description": "The token of a tenant's ServiceAccount for the audience skill-registry: Authorization: Bearer TOKEN.",
        ]
    )
    /// What surfaces that let pods in may refuse requests with, besides 401.
    static let errors = [
        ErrorDeclaration(.tooManyRequests, "TOO_MANY_REQUESTS", "Too many wrong tokens from this address."),
        ErrorDeclaration(.serviceUnavailable, "KUBERNETES_UNAVAILABLE", "Kubernetes cannot be asked whose token it is."),
        ErrorDeclaration(.serviceUnavailable, "DATABASE_UNAVAILABLE", "The database cannot be reached; nothing was changed."),
    ]

    let identity: WorkloadIdentity
    private let instant: @Sendable () -> ContinuousClock.Instant
    /// 20 wrong tokens a minute from one address; after that Kubernetes is not asked.
    private let failures = NIOLockedValueBox(RequestBudget(capacity: 20, rate: 20.0 / 60))

    /// Makes an authenticator.
    ///
    /// - Parameters:
    ///   - identity: finds tenants.
    ///   - instant: the time, for limits.
    init(
        _ identity: WorkloadIdentity,
        instant: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }  // edge: the time of limits
    ) {
        (self.identity, self.instant) = (identity, instant)
    }

    func authenticate(_ headers: HTTPFields) async throws -> Principal? { try await authenticate(headers, from: nil) }

    func authenticate(_ headers: HTTPFields, from remoteAddress: String?) async throws -> Principal? {
        // Tokens of ServiceAccounts are JSON Web Tokens: whatever else is presented is somebody else's business.
        guard let token = BearerToken.find(in: headers), token.split(separator: ".", omittingEmptySubsequences: false).count == 3 else {
            return nil
        }
        let address = remoteAddress.map(ClientAddresses.network) ?? "unknown"
        if identity.reviewer.remembered(token) == nil, failures.withLockedValue({ $0.left(address, now: instant()) }) < 1 {
            throw OperationError.tooManyRequests(retryAfter: 5)
        }
        guard let row = try await identity.tenant(of: token) else {
            _ = failures.withLockedValue { $0.take(address, now: instant()) }
            return nil
        }
        return Principal(subject: Self.prefix + row.name, roles: [.workload], method: Self.method, customer: row.clusterTenantRef)
    }

    fileprivate static let prefix = "tenant:"
}

extension Principal {
    /// The name of the tenant whose pod calls; nil for anybody else.
    var workloadTenant: String? {
        guard method == WorkloadAuthenticator.method, roles == [.workload], subject.hasPrefix(WorkloadAuthenticator.prefix) else {
            return nil
        }
        return String(subject.dropFirst(WorkloadAuthenticator.prefix.count))
    }
}

extension OperationContext {
    /// The name of the tenant whose pod calls.
    ///
    /// - Throws: ``OperationError`` 403 for anybody else.
    func requireWorkloadTenant() throws(OperationError) -> String {
        guard let tenant = principal.workloadTenant else { throw .forbidden }
        return tenant
    }
}
