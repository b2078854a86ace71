import KubernetesClient
import Logging
import Machines

/// Which installation of the platform this is, as a label of its machines: several may share a cloud project.
actor InstallationIdentity {
    private let client: KubernetesClient
    private let namespace: String?
    private let logger: Logger
    private var known: String?

    /// - Parameter namespace: the one that is watched; `nil` for all.
    init(client: KubernetesClient, namespace: String?, logger: Logger) {
        self.client = client
        self.namespace = namespace
        self.logger = logger
    }

    /// The label's value: of the cluster, and of the namespace when only one is watched, for what is not watched is not known.
    ///
    /// - Returns: `nil` while it is not known, or may not be.
    func label() async -> String? {
        if let known { return known }
        do {
            guard let cluster = try await ClusterSource(client: client).identity() else { return nil }
            known = Self.label(cluster: cluster, namespace: namespace)
        } catch {
            logger.debug("The cluster's identity is not known", metadata: ["error": "\(error)"])
        }
        return known
    }

    static func label(cluster: String, namespace: String?) -> String {
        OwnerLabels.value(of: namespace.map { "\(cluster)_\($0)" } ?? cluster)
    }
}
