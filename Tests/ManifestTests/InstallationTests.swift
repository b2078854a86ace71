import ControlPlane
import CraneOperator
import JSONValue
import Testing

@Suite("Installation")
struct InstallationTests {
    /// A role's name with the rules that the code declares for it.
    static let roles: [(name: String, rules: JSON)] = [
        ("operator", OperatorRBAC.json),
        ("control-plane", .array(ControlPlaneRBAC.rules.map(\.json))),
    ]

    @Test("Manifests and chart grant what the code declares, and nothing else", arguments: [0, 1])
    func permissions(_ index: Int) throws {
        let role = Self.roles[index]
        let manifest = try #require(try Manifests.documents("manifests/install/\(role.name)-rbac.yaml").first)
        #expect(manifest["kind"] == "ClusterRole")
        #expect(manifest["rules"] == role.rules)
        #expect(try Manifests.documents("charts/opencrane/files/\(role.name)-rules.yaml") == [role.rules])
        #expect(!role.rules.text().contains("*"), "a wildcard grants what nobody declared")
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
