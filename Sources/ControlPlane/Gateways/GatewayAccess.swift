import CraneAPI
import Foundation
import JSONValue
import KubernetesClient
import KubernetesModel
import OpenClawGateway
import Projection

/// Where a tenant's gateway is, and how the platform proves itself to it.
struct GatewayAccess: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
    /// Where it listens.
    var endpoint: GatewayEndpoint
    /// The shared token.
    var token: String
    /// The 32 bytes of the platform's key.
    var device: [UInt8]

    /// Where it listens; the rest is secret.
    var description: String { endpoint.description }
    /// Where it listens; the rest is secret.
    var debugDescription: String { description }

    /// Who the platform is to the gateway.
    ///
    /// - Throws: when the bytes are no key.
    func parameters() throws -> ConnectParameters {
        var parameters = ConnectParameters(displayName: "OpenCrane", version: "1")
        parameters.token = token
        parameters.device = try DeviceIdentity(secret: device)
        return parameters
    }
}

/// Finds the gateways of tenants: their addresses in the projection, their keys in Kubernetes.
struct GatewayLocator: Sendable {
    let client: KubernetesClient
    let tenants: TenantRepository
    /// How long Kubernetes may take for one question.
    let limit: Duration

    /// Looks for a tenant's gateway.
    ///
    /// - Parameter uid: the uid of the Tenant.
    /// - Throws: ``GatewayAccessError`` when it has none now; ``OperationError`` 503 when the question cannot be answered.
    func find(_ uid: String) async throws -> GatewayAccess {
        guard let row = try await onDatabase({ try await tenants.get(uid: uid) }) else {
            throw GatewayAccessError(.unknown, "There is no such tenant.")
        }
        guard let machine = row.metadata.status?["machine"], let host = machine["address"]?.stringValue, !host.isEmpty,
            let namespace = row.metadata.status?["targetNamespace"]?.stringValue
        else { throw GatewayAccessError(.notReady, "The tenant \(row.name) has no machine with an address.") }
        if row.isSuspended { throw GatewayAccessError(.notReady, "The tenant \(row.name) is suspended.") }
        let port = machine["port"]?.integerValue.flatMap { Int(exactly: $0) } ?? GatewayEndpoint.defaultPort
        let key = ObjectKey(namespace: namespace, name: TenantNames(tenant: row.name).bootstrapSecret)
        let api = client.dynamic(CoreV1.Secret.resourceType, namespace: namespace)
        let secret = try await onKubernetes(within: limit) { try await api.getIfPresent(key) }
        guard let secret, let text = secret.secretText(BootstrapSecret.secretsKey),
            let token = (try? JSON(parsing: text))?["gatewayToken"]?.stringValue,
            let device = secret.json["data"]?[BootstrapSecret.deviceKey]?.stringValue.flatMap({ Data(base64Encoded: $0) })
        else { throw GatewayAccessError(.notReady, "The tenant \(row.name) has no key of its gateway yet.") }
        return GatewayAccess(endpoint: GatewayEndpoint(host: host, port: port), token: token, device: Array(device))
    }
}
