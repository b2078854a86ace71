/// A column that shows a part of `spec` or `status`, and how it is taken from them.
struct RowColumns {
    var name: String
    /// An SQL expression over `spec` and `status`.
    var expression: String

    /// The columns of a kind, apart from those that all kinds have.
    static func of(_ kind: ProjectedKind) -> [RowColumns] {
        switch kind {
        case .tenant:
            [
                RowColumns(name: "display_name", expression: "coalesce(spec->>'displayName', '')"),
                RowColumns(name: "email", expression: "coalesce(spec->>'email', '')"),
                RowColumns(name: "team", expression: "spec->>'team'"),
                RowColumns(name: "cluster_tenant_ref", expression: "spec->>'clusterTenantRef'"),
                RowColumns(name: "policy_ref", expression: "spec->>'policyRef'"),
                RowColumns(name: "is_suspended", expression: "coalesce(spec->'suspended' = 'true', false)"),
                RowColumns(name: "phase", expression: "coalesce(status->>'phase', 'Pending')"),
                RowColumns(name: "ingress_host", expression: "status->>'ingressHost'"),
                RowColumns(name: "message", expression: "status->>'message'"),
            ]
        case .accessPolicy:
            [
                RowColumns(name: "description", expression: "spec->>'description'"),
                RowColumns(name: "tenant_selector", expression: "spec->'tenantSelector'"),
                RowColumns(name: "domains", expression: "spec->'domains'"),
                RowColumns(name: "egress_rules", expression: "spec->'egressRules'"),
                RowColumns(name: "mcp_servers", expression: "spec->'mcpServers'"),
                RowColumns(name: "message", expression: "status->>'message'"),
            ]
        case .clusterTenant:
            [
                RowColumns(name: "display_name", expression: "coalesce(spec->>'displayName', '')"),
                RowColumns(name: "base_domain", expression: "spec->>'baseDomain'"),
                RowColumns(name: "isolation_tier", expression: "coalesce(spec->>'isolationTier', 'shared')"),
                RowColumns(name: "compute", expression: "coalesce(spec->'compute', '{\"mode\": \"shared\"}')"),
                RowColumns(name: "resources", expression: "spec->'resources'"),
                RowColumns(name: "phase", expression: "coalesce(status->>'phase', 'pending')"),
                RowColumns(name: "message", expression: "status->>'message'"),
                RowColumns(name: "bound_namespace", expression: "status->>'boundNamespace'"),
                RowColumns(name: "provisioner", expression: "status->>'provisioner'"),
            ]
        }
    }
}
