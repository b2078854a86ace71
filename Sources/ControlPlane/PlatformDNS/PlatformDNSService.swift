import CraneAPI
import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import KubernetesClient
import KubernetesModel
import NIOConcurrencyHelpers

/// Reads and writes the platform's issuer and its credential.
struct PlatformDNSService: Sendable {
    let client: KubernetesClient
    let settings: PlatformDNSSettings
    /// How long one call may take.
    let limit: Duration

    /// Most certificates that are shown.
    static let certificateLimit = 500

    private var issuers: ResourceAPI<DynamicObject> { client.dynamic(settings.kind.resourceType, namespace: settings.namespace) }
    private var secrets: ResourceAPI<DynamicObject> {
        client.dynamic(CoreV1.Secret.resourceType, namespace: settings.secretNamespace)
    }

    /// The issuer; nil when there is none.
    func issuer(_ name: String) async throws -> LiveIssuer? {
        let issuers = issuers
        return try await ask { try await issuers.getIfPresent(name) }.map { LiveIssuer(json: $0.json) }
    }

    /// Whether cert-manager's kinds are there.
    func isInstalled() async throws -> Bool {
        let (client, type) = (client, settings.kind.resourceType)
        return try await ask { try await client.discovery.serves(type, refresh: true) }
    }

    /// The certificates that the operator asks for.
    func certificates() async throws -> [JSON] {
        let api = client.dynamic(CertManagerV1.Certificate.resourceType)
        let options = ListOptions(
            labelSelector: "\(CraneLabels.managedBy)=\(FieldManagers.operator)",
            limit: Self.certificateLimit
        )
        return try await ask {
            do {
                return try await api.list(options).items.map(\.json)
            } catch let error as KubernetesError where error.isNotFound {
                return []
            }
        }
    }

    /// Carries out a plan: everything is tried without effect first, then the credential is written, then the issuer, and last the
    /// credentials of former providers go.
    ///
    /// - Parameters:
    ///   - plan: what is to be.
    ///   - acted: becomes true with the first write.
    /// - Returns: the issuer as it is now.
    /// - Throws: ``OperationError``. When `acted` is false then nothing has changed.
    func carryOut(_ plan: PlatformDNSPlan, acted: NIOLockedValueBox<Bool>) async throws -> LiveIssuer {
        _ = try await apply(plan, dryRun: true)
        let before = try await ownSecret(plan)
        if let secret = plan.secret { try await apply(secret, dryRun: true) }
        acted.withLockedValue { $0 = true }
        let live: LiveIssuer
        var hasCredential = false
        do {
            if let secret = plan.secret {
                try await acting { try await apply(secret, dryRun: false) }
                hasCredential = true
            }
            live = try await acting { try await apply(plan, dryRun: false) }
        } catch let refusal as OperationError where refusal.status != .serviceUnavailable {
            // Refused although it was accepted a moment ago: the issuer goes on with the credential that it had.
            if hasCredential { try await acting { try await restore(plan, before) } }
            acted.withLockedValue { $0 = false }
            throw refusal
        }
        for name in plan.formerSecrets(settings) { try await acting { try await remove(name) } }
        return live
    }

    // MARK: - The credential

    /// The Secret of a plan as it is.
    ///
    /// - Throws: when it is somebody else's, or missing although the plan counts on it.
    private func ownSecret(_ plan: PlatformDNSPlan) async throws -> DynamicObject? {
        guard let name = plan.secretName else { return nil }
        let found = try await secret(name)
        if let found, !Self.isOurs(found) {
            throw OperationError(
                .conflict,
                code: "DNS_SECRET_NOT_OURS",
                message: "The Secret \(settings.secretNamespace)/\(name), which the credential is kept in, was made by somebody else. "
                    + "Nothing was changed."
            )
        }
        if found == nil, plan.secret == nil {
            throw OperationError.dnsMisconfigured([
                FieldViolation(field: "apiToken", message: "is required: the Secret that kept it is gone")
            ])
        }
        return found
    }

    private func secret(_ name: String) async throws -> DynamicObject? {
        let secrets = secrets
        return try await ask { try await secrets.getIfPresent(name) }
    }

    private static func isOurs(_ secret: DynamicObject) -> Bool {
        secret.metadata.labels[CraneLabels.managedBy] == FieldManagers.controlPlane
    }

    private func remove(_ name: String) async throws {
        guard let found = try await secret(name), Self.isOurs(found), let uid = found.metadata.uid else { return }
        let secrets = secrets
        _ = try await ask { try await secrets.deleteIfPresent(found.key, DeleteOptions(preconditions: .init(uid: uid))) }
    }

    private func restore(_ plan: PlatformDNSPlan, _ before: DynamicObject?) async throws {
        guard let secret = plan.secret, let name = plan.secretName else { return }
        guard let before else { return try await remove(name) }
        var former = secret
        former["data"] = before.json["data"]
        try await apply(former, dryRun: false)
    }

    // MARK: - Calls

    private func apply(_ secret: JSON, dryRun: Bool) async throws {
        let secrets = secrets
        let key = ObjectKey(namespace: settings.secretNamespace, name: secret[at: ["metadata", "name"]]?.stringValue ?? "")
        _ = try await ask {
            try await secrets.apply(json: secret, key: key, fieldManager: FieldManagers.controlPlane, force: true, dryRun: dryRun)
        }
    }

    private func apply(_ plan: PlatformDNSPlan, dryRun: Bool) async throws -> LiveIssuer {
        let (issuers, issuer) = (issuers, plan.issuer)
        let key = ObjectKey(namespace: settings.namespace, name: plan.issuerName)
        let applied = try await ask {
            try await issuers.apply(
                json: issuer,
                key: key,
                fieldManager: FieldManagers.controlPlane,
                force: true,
                dryRun: dryRun,
                fieldValidation: .strict
            )
        }
        return LiveIssuer(json: applied.json)
    }

    /// Runs what comes after the first write, or is it: that Kubernetes does not answer leaves open what has changed.
    private func acting<Value: Sendable>(_ work: () async throws -> Value) async throws -> Value {
        do {
            return try await work()
        } catch let error as OperationError where error.code == "KUBERNETES_UNAVAILABLE" {
            throw OperationError.unavailable(
                code: "OUTCOME_UNKNOWN",
                message:
                    "Kubernetes stopped answering during the write; part of it may have happened. Repeat the request: it is completed then.",
                retryAfter: 5,
                cause: error
            )
        }
    }

    private func ask<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        do {
            return try await TimeSource.system.withTimeout(limit, work)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw Self.refusal(error)
        }
    }

    /// What a failed call means to whoever sent the order.
    private static func refusal(_ error: any Error) -> OperationError {
        guard let error = error as? KubernetesError, let status = error.httpStatus else { return .kubernetesUnavailable(error) }
        switch status {
        case 400, 413, 422:
            let causes = error.status?.details?.causes ?? []
            let fields = causes.map { FieldViolation(field: $0.field ?? "", message: $0.message ?? "is not valid") }
            return .dnsMisconfigured(
                fields.isEmpty ? [FieldViolation(field: "", message: "cert-manager does not accept this issuer")] : fields,
                cause: error
            )
        case 409: return .writeInProgress("Somebody else writes the same objects; repeat the request in a moment.")
        case 401, 403, 404, 405:
            return OperationError(
                .badGateway,
                code: "UPSTREAM_ERROR",
                message: "Kubernetes does not let the control plane do this: the roles for the platform's DNS, or cert-manager's "
                    + "namespace, are not in place.",
                cause: error
            )
        default: return .kubernetesUnavailable(error)
        }
    }
}
