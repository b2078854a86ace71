import CraneAPI

/// A ServiceAccount of the cluster, by both parts of its name.
struct WorkloadAccount: Sendable, Hashable {
    /// The namespace.
    var namespace: String
    /// The name within it.
    var name: String

    /// An account.
    init(namespace: String, name: String) { (self.namespace, self.name) = (namespace, name) }

    /// Reads the user name that Kubernetes gives to pods: `system:serviceaccount:<namespace>:<name>`.
    init?(username: String) {
        let parts = username.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "system", parts[1] == "serviceaccount", !parts[2].isEmpty, !parts[3].isEmpty else { return nil }
        self.init(namespace: String(parts[2]), name: String(parts[3]))
    }

    /// The tenant whose account has this name, if there is one: names of tenants are so short that they stand in it whole.
    var candidate: String? {
        let prefix = TenantNames(tenant: "").serviceAccount
        guard name.hasPrefix(prefix) else { return nil }
        let tenant = String(name.dropFirst(prefix.count))
        return !tenant.isEmpty && isAccount(of: tenant, in: namespace) ? tenant : nil
    }

    /// Whether it is the account of a tenant whose objects are in a namespace. Both parts count.
    func isAccount(of tenant: String, in targetNamespace: String?) -> Bool {
        namespace == targetNamespace && name == TenantNames(tenant: tenant).serviceAccount
    }
}
