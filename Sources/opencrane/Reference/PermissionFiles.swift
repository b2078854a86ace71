import ControlPlane
import CraneAPI
import CraneOperator

/// The files of roles: manifests for those without Helm, and the rules that the chart puts into its roles.
enum PermissionFiles {
    /// All of them.
    static func files() -> [GeneratedFile] {
        // The manifests have one account for both programs, an operator that watches all namespaces, and one namespace for the REST API.
        var grant = PermissionGrant(account: "opencrane", ownNamespace: "opencrane", tenantNamespaces: nil)
        grant.labels = ["app.kubernetes.io/part-of": "opencrane"]
        var files = [
            GeneratedFile(path: "manifests/install/operator-rbac.yaml", contents: PermissionText.manifest(OperatorRBAC.roles, grant))
        ]
        files += (OperatorRBAC.roles + ControlPlaneRBAC.roles).map {
            GeneratedFile(path: "charts/opencrane/files/\($0.name)-rules.yaml", contents: PermissionText.rules($0, grant))
        }
        grant.tenantNamespaces = ["opencrane-tenants"]
        for (path, isOptional) in [("install/control-plane-rbac", false), ("components/platform-dns/rbac", true)] {
            let roles = ControlPlaneRBAC.roles.filter { $0.isOptional == isOptional }
            files.append(GeneratedFile(path: "manifests/\(path).yaml", contents: PermissionText.manifest(roles, grant)))
        }
        return files
    }
}
