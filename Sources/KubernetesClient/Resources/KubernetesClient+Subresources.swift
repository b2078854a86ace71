import Foundation
import JSONValue
import KubernetesModel
import NIOHTTP1

/// A token of a service account.
public struct ServiceAccountToken: Sendable, CustomStringConvertible, CustomReflectable {
    /// The token, a JSON Web Token.
    public var token: String
    /// When it ends.
    public var expires: Timestamp?

    /// Without the token.
    public var description: String { "<token until \(expires.map(String.init(describing:)) ?? "ever")>" }
    /// Shows no children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension KubernetesClient {
    /// Asks for a token of a service account (`TokenRequest`).
    ///
    /// - Parameters:
    ///   - audiences: who the token is for. Default: the API server.
    ///   - duration: for how long; the server may shorten or lengthen it. Default: one hour; at least ten minutes.
    ///   - boundTo: the token ends with this object.
    ///   - dryRun: whether everything is checked and no token that works is given. Default: no.
    /// - Throws: ``KubernetesError``.
    public func requestToken(
        serviceAccount: String,
        namespace: String,
        audiences: [String] = [],
        expiresIn duration: Duration = .seconds(3600),
        boundTo: CoreV1.ObjectReference? = nil,
        dryRun: Bool = false
    ) async throws -> ServiceAccountToken {
        var spec = AuthenticationV1.TokenRequestSpec(expirationSeconds: duration.components.seconds)
        if !audiences.isEmpty { spec.audiences = audiences }
        spec.boundObjectRef = boundTo
        let type = CoreV1.ServiceAccount.resourceType
        var request = RawRequest(
            .POST,
            path: type.path(namespace: RawRequest.encode(namespace), name: RawRequest.encode(serviceAccount), subresource: "token"),
            query: dryRun ? [("dryRun", "All")] : [],
            verb: "create"
        )
        request.setBody(try JSON(encoding: AuthenticationV1.TokenRequest(metadata: ObjectMeta(), spec: spec)))
        let answer = try await executor.execute(request).json()
        guard let token = answer[at: ["status", "token"]]?.stringValue else {
            throw KubernetesError(.decoding, "The server answered a token request for \(namespace)/\(serviceAccount) without a token")
        }
        let expires = answer[at: ["status", "expirationTimestamp"]]?.stringValue.flatMap { Timestamp(parsing: $0) }
        return ServiceAccountToken(token: token, expires: expires)
    }

    /// Asks for a pod's eviction, which respects disruption budgets.
    ///
    /// - Parameters:
    ///   - name: of the pod.
    ///   - namespace: of the pod.
    ///   - gracePeriodSeconds: how many seconds the pod may take to end; `nil` for its own.
    ///   - uid: evicts only the pod with this identity, not a later one of the name.
    ///   - dryRun: whether everything happens but the eviction. Default: no.
    /// - Throws: ``KubernetesError`` where ``KubernetesError/isDisruptionBudget`` when a disruption budget forbids it now: nothing is repeated
    ///   then, because that may go on for hours.
    public func evict(
        pod name: String,
        namespace: String,
        gracePeriodSeconds: Int64? = nil,
        uid: String? = nil,
        dryRun: Bool = false
    ) async throws {
        let type = CoreV1.Pod.resourceType
        var request = RawRequest(
            .POST,
            path: type.path(namespace: RawRequest.encode(namespace), name: RawRequest.encode(name), subresource: "eviction"),
            verb: "create"
        )
        var body: JSON = [
            "apiVersion": "policy/v1", "kind": "Eviction", "metadata": ["name": .string(name), "namespace": .string(namespace)],
        ]
        let deletion = DeleteOptions(
            preconditions: uid.map { .init(uid: $0) },
            gracePeriodSeconds: gracePeriodSeconds,
            dryRun: dryRun
        )
        if var options = deletion.body {
            options["apiVersion"] = nil
            options["kind"] = nil
            body["deleteOptions"] = options
        }
        request.setBody(body)
        let pods = resource(CoreV1.Pod.self, namespace: namespace)
        let tell: @Sendable () -> Void = { if !dryRun { pods.observeUncertain(ObjectKey(namespace: namespace, name: name)) } }
        _ = try await executor.execute(request, lost: tell)
        // The answer does not tell the pod's version.
        tell()
    }
}
