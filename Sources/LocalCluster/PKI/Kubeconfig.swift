import Foundation

/// The text of a kubeconfig with one cluster, one user, one context.
enum Kubeconfig {
    /// How the user proves who it is.
    enum Credential: Sendable {
        case certificate(ClusterPKI.Identity)
        case token(String)
    }

    static func text(server: String, authorityPEM: String, user: String, credential: Credential) -> String {
        let secret =
            switch credential {
            case .certificate(let identity):
                """
                    client-certificate-data: \(base64(identity.certificatePEM))
                    client-key-data: \(base64(identity.keyPEM))
                """
            case .token(let token): "    token: \(token)"
            }
        return """
            apiVersion: v1
            kind: Config
            current-context: local-cluster
            clusters:
            - name: local-cluster
              cluster:
                server: \(server)
                certificate-authority-data: \(base64(authorityPEM))
            contexts:
            - name: local-cluster
              context:
                cluster: local-cluster
                user: \(user)
            users:
            - name: \(user)
              user:
            \(secret)

            """
    }

    private static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
}
