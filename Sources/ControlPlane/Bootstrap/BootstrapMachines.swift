import CraneAPI
import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import KubernetesClient
import KubernetesModel
import NIOConcurrencyHelpers
import Projection

extension Role {
    /// A machine at its first start.
    static let machine: Role = "machine"
}

/// A machine that has proved who it is.
struct BootstrapMachine: Sendable {
    /// What it proved it with.
    let credential: BootstrapCredential
    /// Namespace and name of its tenant.
    let key: ObjectKey
    /// Its tenant as Kubernetes has it; nil when it is gone.
    let tenant: DynamicObject?
    /// The Secret with its credential.
    let secret: DynamicObject

    /// Its tenant's name in the audit trail and the log.
    var subject: String { "machine:\(key)" }

    /// Throws 409 when its tenant is gone or going.
    func requireTenant() throws(OperationError) -> DynamicObject {
        guard let tenant, tenant.metadata.deletionTimestamp == nil else {
            throw OperationError(
                .conflict,
                code: "BOOTSTRAP_TENANT_GONE",
                message: "The tenant of this machine is gone or being deleted; the machine is not needed any more."
            )
        }
        return tenant
    }
}

/// Lets machines in by the credentials they are born with. Who is not let in is not told why.
struct BootstrapMachines: Authenticator {
    let client: KubernetesClient
    let tenants: TenantRepository
    /// How long Kubernetes may take for one question.
    let limit: Duration
    private let budgets = NIOLockedValueBox(
        (
            // What one credential may ask, and how often somebody may guess at one tenant's.
            requests: RequestBudget(capacity: 60, rate: 1), failures: RequestBudget(capacity: 20, rate: 0.2)
        )
    )

    init(client: KubernetesClient, tenants: TenantRepository, limit: Duration) {
        self.client = client
        self.tenants = tenants
        self.limit = limit
    }

    func authenticate(_ headers: HTTPFields) async throws -> Principal? {
        guard let credential = Self.credential(in: headers) else { return nil }
        let now = ContinuousClock.now
        if let pause = budgets.withLockedValue({ $0.requests.take(credential.hash, now: now) }) {
            throw OperationError.tooManyRequests(retryAfter: pause)
        }
        guard let machine = try await find(credential) else {
            budgets.withLockedValue { _ = $0.failures.take(credential.uid, now: now) }
            return nil
        }
        return Principal(subject: machine.subject, roles: [.machine], method: "bootstrap")
    }

    /// The machine of a request that was let in, as it is now.
    ///
    /// - Throws: ``OperationError`` 401 when it is not what it was a moment ago; 503.
    func machine(of context: OperationContext) async throws -> BootstrapMachine {
        guard let credential = Self.credential(in: context.headers), let machine = try await find(credential) else {
            throw OperationError.unauthorized
        }
        return machine
    }

    private static func credential(in headers: HTTPFields) -> BootstrapCredential? {
        BearerToken.find(in: headers).flatMap(BootstrapCredential.init)
    }

    private func find(_ credential: BootstrapCredential) async throws -> BootstrapMachine? {
        guard let row = try await onDatabase({ try await tenants.get(uid: credential.uid) }) else { return nil }
        // The machine the operator made is not kept out by others who guess.
        if row.metadata.status?[at: ["machine", "credentialHash"]]?.stringValue != credential.hash,
            budgets.withLockedValue({ $0.failures.left(credential.uid, now: .now) }) < 1
        {
            throw OperationError.tooManyRequests(retryAfter: 5)
        }
        let key = ObjectKey(namespace: row.namespace, name: row.name)
        let named = try await get(Tenant.resourceType, key)
        // A later tenant of the same name is another one.
        let tenant = named?.metadata.uid == credential.uid ? named : nil
        let status = tenant?.json["status"] ?? row.metadata.status
        guard let namespace = status?["targetNamespace"]?.stringValue else { return nil }
        let name = TenantNames(tenant: row.name).bootstrapSecret
        guard let secret = try await get(CoreV1.Secret.resourceType, ObjectKey(namespace: namespace, name: name)),
            let stored = secret.secretText(BootstrapSecret.credentialKey), credential.matches(stored)
        else { return nil }
        return BootstrapMachine(credential: credential, key: key, tenant: tenant, secret: secret)
    }

    private func get(_ type: ResourceType, _ key: ObjectKey) async throws -> DynamicObject? {
        let api = client.dynamic(type, namespace: key.namespace)
        return try await onKubernetes(within: limit) { try await api.getIfPresent(key) }
    }
}

/// Asks Kubernetes; that it cannot answer becomes a 503 the caller can act on.
///
/// - Throws: ``OperationError`` `KUBERNETES_UNAVAILABLE`; `KubernetesError` for a conflict or an object that is gone.
func onKubernetes<Value: Sendable>(within limit: Duration, _ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
    do {
        return try await TimeSource.system.withTimeout(limit, work)
    } catch let error as CancellationError {
        throw error
    } catch let error as KubernetesError where error.isConflict || error.isNotFound {
        throw error
    } catch {
        throw OperationError.kubernetesUnavailable(error)
    }
}

extension DynamicObject {
    /// A value of a Secret as text; nil when there is none.
    func secretText(_ key: String) -> String? {
        json["data"]?[key]?.stringValue.flatMap { Data(base64Encoded: $0) }.flatMap { String(data: $0, encoding: .utf8) }
    }
}

extension OperationError {
    /// 429 with `Retry-After`.
    static func tooManyRequests(retryAfter seconds: Int) -> OperationError {
        OperationError(
            .tooManyRequests,
            code: "TOO_MANY_REQUESTS",
            message: "Too many requests with this credential; try again later.",
            headers: [.retryAfter: String(max(1, seconds))]
        )
    }
}
