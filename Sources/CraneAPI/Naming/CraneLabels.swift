/// The labels the product sets and selects by.
public enum CraneLabels {
    /// What the object is a part of: ``product``.
    public static let partOf = "app.kubernetes.io/part-of"
    /// Which component it is.
    public static let component = "app.kubernetes.io/component"
    /// Who manages it.
    public static let managedBy = "app.kubernetes.io/managed-by"
    /// The name of the application.
    public static let name = "app.kubernetes.io/name"
    /// The tenant it belongs to.
    public static let tenant = "opencrane.io/tenant"
    /// The namespace of the Tenant object it belongs to.
    public static let tenantNamespace = "opencrane.io/tenant-namespace"
    /// The tenant's team.
    public static let team = "opencrane.io/team"
    /// The customer it belongs to.
    public static let clusterTenant = "opencrane.io/cluster-tenant"
    /// The policy in force.
    public static let policy = "opencrane.io/policy"
    /// The pool a node belongs to.
    public static let nodePool = "opencrane.io/node-pool"
    /// On a Secret: `true` when tenants may have it, or the name of the one tenant that may.
    public static let tenantCredentials = "opencrane.io/tenant-credentials"
    /// The taint of nodes that belong to one customer.
    public static let dedicated = "opencrane.io/dedicated"

    /// The value of ``partOf``.
    public static let product = "opencrane"
    /// The value of ``component`` for a tenant's objects.
    public static let tenantComponent = "tenant"
    /// The value of ``component`` for a customer's objects.
    public static let clusterTenantComponent = "cluster-tenant"

    /// The labels of an object that belongs to a tenant.
    ///
    /// - Parameters:
    ///   - tenant: the tenant's name.
    ///   - team: its team, for pods.
    ///   - policy: the name of its policy, for pods.
    public static func tenantObject(_ tenant: String, team: String? = nil, policy: String? = nil) -> [String: String] {
        var labels = [
            partOf: product, component: tenantComponent, managedBy: FieldManagers.operator, self.tenant: labelValue(tenant),
        ]
        if let team, !team.isEmpty { labels[self.team] = labelValue(team) }
        if let policy, !policy.isEmpty { labels[self.policy] = labelValue(policy) }
        return labels
    }

    /// The labels of an object that belongs to a customer.
    public static func clusterTenantObject(_ name: String) -> [String: String] {
        [
            partOf: product, component: clusterTenantComponent, managedBy: FieldManagers.operator, clusterTenant: labelValue(name),
        ]
    }

    /// A valid label value for any text: the text itself when it is one, otherwise what can be kept of it and a hash.
    public static func labelValue(_ text: String) -> String {
        if text.isEmpty || isLabelValue(text) { return text }
        let kept = text.unicodeScalars.map { isAllowed($0) ? Character($0) : "-" }
        let core = String(kept).drop { !$0.isLetter && !$0.isNumber }
        var head = String(core.prefix(54))
        while let last = head.last, !last.isLetter && !last.isNumber { head.removeLast() }
        return head.isEmpty ? NameRules.hash(text) : "\(head)-\(NameRules.hash(text))"
    }

    private static func isLabelValue(_ text: String) -> Bool {
        guard text.utf8.count <= 63, let first = text.unicodeScalars.first, let last = text.unicodeScalars.last else { return false }
        return isAlphanumeric(first) && isAlphanumeric(last) && text.unicodeScalars.allSatisfy(isAllowed)
    }

    private static func isAlphanumeric(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9": true
        default: false
        }
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        isAlphanumeric(scalar) || scalar == "-" || scalar == "_" || scalar == "."
    }
}

/// The annotations the product sets.
public enum CraneAnnotations {
    /// On a pod template: the hash of the configuration, so that a change rolls the pod.
    public static let configChecksum = "opencrane.io/config-checksum"
    /// On a pod template: when somebody last asked for a restart.
    public static let restartedAt = "opencrane.io/restarted-at"
    /// On a Tenant and its pod template: which key for the model proxy its Secret holds, so that another one rolls the pod.
    public static let modelKeyChecksum = "opencrane.io/model-key-checksum"
    /// On a Tenant: the namespace its objects were made in, so that they are found after it moves.
    public static let targetNamespace = "opencrane.io/target-namespace"
    /// On an object of a tenant in a customer's namespace: the uid of the Tenant it was made for. A later Tenant of the same name does not
    /// take it over.
    public static let tenantUID = "opencrane.io/tenant-uid"
    /// On a customer's namespace: the uid of the ClusterTenant it was made for.
    public static let clusterTenantUID = "opencrane.io/cluster-tenant-uid"
    /// On a machine's bootstrap Secret: when its secrets were handed out. They are never handed out again for the same credential.
    public static let exchangedAt = "opencrane.io/exchanged-at"
    /// On a machine's bootstrap Secret: the SHA-256 of the credential they were handed out for.
    public static let exchangedCredential = "opencrane.io/exchanged-credential"
    /// On a machine's bootstrap Secret: the random mark of the request that got them, so that it knows its own write when the answer is lost.
    public static let exchangedBy = "opencrane.io/exchanged-by"
    /// On a Tenant or ClusterTenant: `retain` keeps data volumes when the object is deleted.
    public static let retention = "opencrane.io/retention"
}
