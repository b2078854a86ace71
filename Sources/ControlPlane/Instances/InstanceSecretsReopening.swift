import CraneAPI
import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import KubernetesClient
import KubernetesModel
import Projection

/// Lets a machine fetch its secrets once more: takes back the mark that they were handed out. No key changes by it.
struct InstanceSecretsReopening: Sendable {
    let access: InstanceAccess
    let client: KubernetesClient
    let audit: AuditRepository
    /// How long Kubernetes may take for one question.
    let limit: Duration
    let now: @Sendable () -> Date

    /// Takes back the mark that the secrets of an instance's machine were handed out.
    ///
    /// - Throws: ``OperationError``: 409 when the instance has no key or is being deleted; as ``InstanceAccess/load(_:_:)``; 503.
    func reopen(_ parameters: InstanceParameters, _ context: OperationContext) async throws -> RotateKeyAnswer {
        let (row, tenant) = try await access.load(parameters, context)
        guard row.deleteRequestedAt == nil else { throw OperationError.instanceState("The instance is being deleted.") }
        guard let namespace = tenant?.metadata.status?["targetNamespace"]?.stringValue else { throw Self.noKey }
        let key = ObjectKey(namespace: namespace, name: TenantNames(tenant: row.hostname).bootstrapSecret)
        let api = client.dynamic(CoreV1.Secret.resourceType, namespace: namespace)
        var isRecorded = false
        for _ in 0..<8 {
            guard let secret = try await onKubernetes(within: limit, { try await api.getIfPresent(key) }),
                secret.secretText(BootstrapSecret.credentialKey) != nil
            else { throw Self.noKey }
            guard secret.metadata.annotations[CraneAnnotations.exchangedAt] != nil else {
                return RotateKeyAnswer(instanceID: row.idText, status: "unchanged")
            }
            let patch: JSON = [
                "metadata": [
                    "uid": .string(secret.metadata.uid ?? ""), "resourceVersion": .string(secret.metadata.resourceVersion ?? ""),
                    "annotations": [
                        CraneAnnotations.exchangedAt: .null, CraneAnnotations.exchangedCredential: .null,
                        CraneAnnotations.exchangedBy: .null,
                    ],
                ]
            ]
            // Recorded first: nothing is allowed of which the trail says nothing. Once a call, however often it has to look again.
            if !isRecorded {
                let draft = row.audit(
                    "InstanceSecretsReopened",
                    "allowed the machine of the instance \(row.idText) to fetch its secrets again.",
                    context
                )
                try await onDatabaseWrite { _ = try await audit.append(draft, now: now()) }
                isRecorded = true
            }
            do {
                _ = try await onKubernetes(within: limit) {
                    try await api.patch(key, .merge(patch), WriteOptions(fieldManager: FieldManagers.controlPlane))
                }
                return RotateKeyAnswer(instanceID: row.idText, status: "rotated")
            } catch let error as KubernetesError where error.isConflict || error.isNotFound {
                continue
            }
        }
        throw OperationError.kubernetesUnavailable(ChangesTooOften(key: key))
    }

    private static let noKey = OperationError.instanceState("The instance has no machine with a key yet.")
}
