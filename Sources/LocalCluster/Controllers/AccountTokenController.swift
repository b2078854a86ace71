import Foundation
import JSONValue
import KubernetesModel

/// Fills secrets of type `kubernetes.io/service-account-token` with a token that does not expire soon, and deletes those of accounts that are gone.
struct AccountTokenController: Sendable {
    static let type = "kubernetes.io/service-account-token"
    static let nameAnnotation = "kubernetes.io/service-account.name"
    static let uidAnnotation = "kubernetes.io/service-account.uid"

    /// Such a token dies with its secret; it has an end all the same.
    private static let lifetime: Int64 = 10 * 365 * 24 * 3600

    let handler: ResourceHandler
    /// The certificate authority's certificate.
    let authorityPEM: String

    /// Follows up a change of a secret or of an account.
    func handle(_ event: StoreEvent) async throws {
        let object = event.object
        switch object.resource {
        case "secrets" where event.change != .deleted: try await review(object)
        case "serviceaccounts" where event.change == .deleted:
            for secret in try handler.store.list("secrets", namespace: object.key.namespace).objects
            where Self.account(secret) == object.key.name {
                try await review(secret)
            }
        default: return
        }
    }

    private static func account(_ secret: StoredObject) -> String? {
        guard secret.json["type"]?.stringValue == type else { return nil }
        return secret.metadata["annotations"]?[nameAnnotation]?.stringValue
    }

    private func review(_ secret: StoredObject) async throws {
        guard let name = Self.account(secret), !secret.isDeleting, let served = handler.resources.resource(storage: "secrets") else {
            return
        }
        let account = handler.store.get("serviceaccounts", StoreKey(namespace: secret.key.namespace, name: name))
        let uid = secret.metadata["annotations"]?[Self.uidAnnotation]?.stringValue ?? ""
        guard let account, uid.isEmpty || uid == account.uid else {
            var options = DeleteOptions()
            options.uid = secret.uid
            _ = try? await handler.remove(served, secret.key, options: options)
            return
        }
        guard secret.json["data"]?["token"] == nil || uid.isEmpty else { return }
        let issued = handler.seconds
        let claims = ServiceAccountTokens.Claims(
            namespace: account.key.namespace,
            name: account.key.name,
            uid: account.uid,
            audiences: [ServiceAccountTokens.serverAudience],
            issued: issued,
            expires: issued + Self.lifetime,
            bound: ["kind": "Secret", "name": .string(secret.key.name), "uid": .string(secret.uid)]
        )
        let token = try handler.authenticator.tokens.sign(claims, id: handler.makeUID())
        func base64(_ text: String) -> JSON { .string(Data(text.utf8).base64EncodedString()) }
        try await handler.controllerUpdate(served, secret.key, subresource: nil, manager: NamespaceController.manager) { live in
            guard ObjectFields.uid(live) == secret.uid else { return nil }
            var live = live
            live[at: ["metadata", "annotations", Self.uidAnnotation]] = .string(account.uid)
            live[at: ["data", "token"]] = base64(token)
            live[at: ["data", "ca.crt"]] = base64(authorityPEM)
            live[at: ["data", "namespace"]] = base64(secret.key.namespace)
            return live
        }
    }
}
