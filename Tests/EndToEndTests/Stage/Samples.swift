import JSONValue

/// Manifests of the tests.
enum Samples {
    /// The samples of the repository with names of cluster-scoped objects made unique.
    static func all(prefix: String) throws -> String {
        try ["01-cluster-tenant", "02-access-policy", "03-tenants"]
            .map { try Installation.text(of: "manifests/samples/\($0).yaml") }
            .joined(separator: "\n---\n")
            .replacing("name: acme", with: "name: \(prefix)")
            .replacing("clusterTenantRef: acme", with: "clusterTenantRef: \(prefix)")
    }

    /// A tenant; `more` are further members of the spec, in YAML's flow style.
    static func tenant(_ name: String, team: String = "e2e", _ more: String = "") -> String {
        """
        apiVersion: opencrane.io/v1alpha1
        kind: Tenant
        metadata: {name: "\(name)"}
        spec: {displayName: "\(name)", email: "\(name)@example.com", team: "\(team)"\(more.isEmpty ? "" : ", " + more)}
        """
    }

    /// Many tenants in one manifest.
    static func tenants(_ names: [String], team: String = "e2e") -> String {
        names.map { tenant($0, team: team) }.joined(separator: "\n---\n")
    }

    /// A policy for a team that opens address blocks.
    static func policy(_ name: String, team: String, blocks: [String]) -> String {
        let rules = blocks.map { "{cidr: \"\($0)\", ports: [443]}" }.joined(separator: ", ")
        return """
            apiVersion: opencrane.io/v1alpha1
            kind: AccessPolicy
            metadata: {name: "\(name)"}
            spec: {description: "end-to-end", tenantSelector: {matchTeam: "\(team)"}, egressRules: [\(rules)]}
            """
    }
}
