import ControlPlane
import CraneAPI
import CraneOperator
import JSONValue
import Testing

@Suite("Installation")
struct InstallationTests {
    /// Every role of the two programs, with the manifest that it stands in.
    static let roles: [(manifest: String, role: PermissionRole)] =
        OperatorRBAC.roles.map { (manifest: "install/operator-rbac", role: $0) }
        + ControlPlaneRBAC.roles.map { (manifest: $0.isOptional ? "components/platform-dns/rbac" : "install/control-plane-rbac", role: $0) }

    @Test(
        "Manifests and chart grant what the code declares, in the namespaces that it is for, and nothing else",
        arguments: InstallationTests.roles.indices
    )
    func permissions(_ index: Int) throws {
        let (manifest, role) = Self.roles[index]
        let isOperator = manifest.contains("operator")
        var grant = PermissionGrant(
            account: "opencrane",
            ownNamespace: "opencrane",
            tenantNamespaces: isOperator ? nil : ["opencrane-tenants"]
        )
        grant.labels = ["app.kubernetes.io/part-of": "opencrane"]
        let found = try Manifests.documents("manifests/\(manifest).yaml").filter {
            $0[at: ["metadata", "name"]]?.stringValue == grant.name(of: role)
        }
        #expect(found == grant.objects(role))
        let rules = JSON.array(grant.rules(role).map(\.json))
        #expect(try Manifests.documents("charts/opencrane/files/\(role.name)-rules.yaml") == [rules])
        #expect(!rules.text().contains("*"), "a wildcard grants what nobody declared")
    }

    @Test("No manifest and no file of the chart grants anything that is not declared")
    func noFurtherPermissions() throws {
        for manifest in Set(Self.roles.map(\.manifest)) {
            let names = Set(Self.roles.filter { $0.manifest == manifest }.map { "opencrane-\($0.role.name)" })
            let found = try Manifests.documents("manifests/\(manifest).yaml").compactMap { $0[at: ["metadata", "name"]]?.stringValue }
            #expect(Set(found) == names)
        }
        let files = try Manifests.files("charts/opencrane/files", ending: "-rules.yaml")
        #expect(Set(files) == Set(Self.roles.map { "\($0.role.name)-rules.yaml" }))
    }

    @Test("The manifests tell the operator whom to give the control plane's role in the namespaces of customers")
    func customerAccess() throws {
        let lines = Set(try Manifests.text("manifests/install/config.env").split(separator: "\n").map(String.init))
        #expect(lines.contains("CONTROL_PLANE_TENANTS_ROLE=opencrane-\(ControlPlaneRBAC.workloads.name)"))
        #expect(lines.contains("CONTROL_PLANE_SERVICE_ACCOUNT=opencrane"))
        let bind = try #require(OperatorRBAC.rules.first { $0.verbs == ["bind"] })
        #expect(bind.resources == ["clusterroles"] && bind.names == [ControlPlaneRBAC.workloads.name])
    }

    @Test("The chart's definitions are the generated ones")
    func definitions() throws {
        let files = try Manifests.files("crds", ending: ".yaml")
        #expect(try Manifests.files("charts/opencrane/files/crds", ending: ".yaml") == files)
        for file in files { #expect(try Manifests.text("charts/opencrane/files/crds/\(file)") == Manifests.text("crds/\(file)")) }
    }

    @Test("Both programs start with the configuration of the manifests")
    func configuration() throws {
        var environment: [String: String] = [:]
        for line in try Manifests.text("manifests/install/config.env").split(separator: "\n") where !line.hasPrefix("#") {
            let parts = line.split(separator: "=", maxSplits: 1)
            environment[String(parts[0])] = String(parts[1])
        }
        environment["OPENCRANE_API_TOKEN"] = String(repeating: "x", count: 64)
        environment["POD_NAMESPACE"] = "opencrane"
        let theOperator = try OperatorConfiguration(environment: environment)
        #expect(theOperator.watchNamespace == nil && theOperator.tenantNamespaces == ["opencrane-tenants"])
        let controlPlane = try ControlPlaneConfiguration(environment: environment) { _ in "" }
        #expect(controlPlane.namespace == "opencrane-tenants")
    }

    @Test("The pods fit into namespaces with the Pod Security level restricted")
    func podSecurity() throws {
        let deployment = try #require(try Manifests.documents("manifests/install/deployment.yaml").first)
        let pod = deployment[at: ["spec", "template", "spec"]]
        #expect(pod?["terminationGracePeriodSeconds"] == 40, "less than the programs take to stop")
        #expect(pod?[at: ["securityContext", "runAsNonRoot"]] == true)
        #expect(pod?[at: ["securityContext", "seccompProfile", "type"]] == "RuntimeDefault")
        let containers = pod?["containers"]?.arrayValue ?? []
        #expect(containers.count == 2)
        for container in containers {
            #expect(container[at: ["securityContext", "allowPrivilegeEscalation"]] == false)
            #expect(container[at: ["securityContext", "capabilities", "drop"]] == ["ALL"])
            #expect(container["readinessProbe"] != nil && container["livenessProbe"] != nil)
        }
    }
}
