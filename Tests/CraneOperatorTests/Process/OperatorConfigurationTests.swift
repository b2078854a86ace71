import KubernetesModel
import Testing

@testable import CraneOperator

@Suite("Environment of the operator")
struct OperatorConfigurationTests {
    private let required = ["TENANT_DEFAULT_IMAGE": "ghcr.io/opencrane/openclaw:1.2.3", "INGRESS_DOMAIN": "crane.test"]

    private func read(_ more: [String: String] = [:]) throws -> OperatorConfiguration {
        try OperatorConfiguration(environment: required.merging(more) { _, new in new })
    }

    private func problems(_ more: [String: String]) -> [String] {
        do {
            _ = try OperatorConfiguration(environment: required.merging(more) { _, new in new })
            return []
        } catch {
            return error.problems.map(\.variable)
        }
    }

    @Test("Defaults need an image and a domain")
    func defaults() throws {
        let configuration = try read()
        #expect(configuration.gatewayPort == 18789 && configuration.watchNamespace == nil && configuration.databaseURL == nil)
        #expect(configuration.planes.controlPlane == "http://opencrane-control-plane.opencrane.svc.cluster.local:8080")
        #expect(configuration.ingress.tlsSecretName == nil)
        #expect(throws: OperatorConfigurationError.self) { try OperatorConfiguration(environment: [:]) }
    }

    @Test("Every problem is named at once")
    func all() {
        let names = problems([
            "TENANT_DEFAULT_IMAGE": "", "GATEWAY_PORT": "high", "INGRESS_TLS_ENABLED": "yes", "PROJECTED_TOKEN_TTL_SECONDS": "60",
            "TENANT_STORAGE_SIZE": "big", "CLUSTER_CIDRS": "10.0.0.0/99", "MCP_GATEWAY_URL": "ftp://x",
        ])
        #expect(
            Set(names) == [
                "TENANT_DEFAULT_IMAGE", "GATEWAY_PORT", "INGRESS_TLS_ENABLED", "PROJECTED_TOKEN_TTL_SECONDS", "TENANT_STORAGE_SIZE",
                "CLUSTER_CIDRS", "MCP_GATEWAY_URL",
            ]
        )
    }

    @Test("Shards are one unless told, and need the election")
    func shards() throws {
        #expect(try read().process.shards == 1)
        #expect(try read(["OPERATOR_SHARDS": "8"]).process.shards == 8)
        #expect(problems(["OPERATOR_SHARDS": "0"]) == ["OPERATOR_SHARDS"])
        #expect(problems(["OPERATOR_SHARDS": "2", "LEADER_ELECTION": "false"]) == ["OPERATOR_SHARDS"])
        #expect(problems(["OPERATOR_SHARDS": "1", "LEADER_ELECTION": "false"]).isEmpty)
    }

    @Test("A variable is read into its setting")
    func values() throws {
        let configuration = try read([
            "WATCH_NAMESPACE": "team-a", "POD_NAMESPACE": "crane", "INGRESS_TLS_ENABLED": "true", "LITELLM_ENABLED": "true",
            "LITELLM_ENDPOINT": "http://litellm:4000", "TENANT_STORAGE_SIZE": "5Gi", "CLUSTER_CIDRS": "10.244.0.0/16, 10.96.0.0/12",
            "DEFAULT_TENANT_POLICY_REF": "base", "DNS_POD_LABELS": "app=dns,tier=system", "DATABASE_URL": "postgres://u:secret@h/d",
            "PLATFORM_POD_LABELS": "app=crane",
        ])
        #expect(configuration.watchNamespace == "team-a")
        #expect(configuration.planes.mcpGateway == "http://opencrane-mcp-gateway.crane.svc.cluster.local:8080")
        #expect(configuration.ingress.tlsSecretName == "opencrane-wildcard-tls")
        #expect(configuration.planes.modelProxy == "http://litellm:4000")
        #expect(configuration.storage.size == Quantity(5 << 30, format: .binary))
        #expect(configuration.network.clusterBlocks.map(\.description) == ["10.244.0.0/16", "10.96.0.0/12"])
        #expect(configuration.network.dnsLabels == ["app": "dns", "tier": "system"])
        #expect(configuration.network.platformLabels == ["app": "crane"])
        #expect(try read().network.platformLabels == ["app.kubernetes.io/name": "opencrane"])
        #expect(configuration.defaultPolicy == "base")
        #expect(!configuration.description.contains("secret"))
    }

    @Test("A model proxy that is on needs an address")
    func modelProxy() { #expect(problems(["LITELLM_ENABLED": "true"]).contains("LITELLM_ENDPOINT")) }

    @Test("Settings without effect are told, not silently taken")
    func notices() throws {
        let known = ["CLUSTER_CIDRS": "10.244.0.0/16"]
        #expect(try read(known).notices.isEmpty)
        #expect(try read(known.merging(["IDLE_TIMEOUT_MINUTES": "30"]) { $1 }).notices.count == 1)
    }

    @Test("That the cluster's blocks are not known is told")
    func unknownCluster() throws { #expect(try read().notices.count == 1) }

    @Test("Customers take Tenants of the namespaces told, else of those watched, else of the control plane's, else of the platform's")
    func tenantNamespaces() throws {
        #expect(try read(["TENANT_NAMESPACES": "a, b", "WATCH_NAMESPACE": "c"]).placingNamespaces == ["a", "b"])
        #expect(try read(["WATCH_NAMESPACE": "c", "NAMESPACE": "d"]).placingNamespaces == ["c"])
        #expect(try read(["NAMESPACE": "d", "POD_NAMESPACE": "e"]).placingNamespaces == ["d"])
        #expect(try read(["POD_NAMESPACE": "e"]).placingNamespaces == ["e"])
    }

    @Test("Port and labels of a plane's pods are read")
    func planePods() throws {
        let pods = try read(["LITELLM_POD_PORT": "4000", "LITELLM_POD_LABELS": "app=litellm"]).planes.pods[.modelProxy]
        #expect(pods?.port == 4000 && pods?.labels == ["app": "litellm"])
        #expect(try read().planes.pods[.mcpGateway]?.port == nil)
    }

    @Test("Skills come from the control plane and its pods, unless another registry is named")
    func skillRegistry() throws {
        #expect(try read().planes.skillRegistry == read().planes.controlPlane)
        let plane = [
            "CONTROL_PLANE_INTERNAL_URL": "http://plane.ns:80", "CONTROL_PLANE_POD_PORT": "8080", "CONTROL_PLANE_POD_LABELS": "a=b",
        ]
        let same = try read(plane).planes
        #expect(same.skillRegistry == "http://plane.ns:80")
        #expect(same.pods[.skillRegistry] == same.pods[.controlPlane] && same.pods[.skillRegistry]?.port == 8080)
        let other = try read(plane.merging(["SKILL_REGISTRY_URL": "http://skills.ns:5000"]) { $1 }).planes
        #expect(other.skillRegistry == "http://skills.ns:5000" && other.pods[.skillRegistry]?.port == nil)
    }

    @Test(
        "Hosts of planes are understood",
        arguments: [
            ("http://opencrane-mcp-gateway:8080", "opencrane", 8080), ("http://a.ns.svc.cluster.local:5000/x", "ns", 5000),
            ("http://litellm.models:4000", "models", 4000), ("https://corp.test.", nil, 443), ("https://a.ns.svc", "ns", 443),
            ("https://models.corp.test", nil, 443), ("http://10.0.0.1", nil, 80),
        ] as [(String, String?, Int)]
    )
    func planes(_ url: String, _ namespace: String?, _ port: Int) throws {
        let endpoint = try #require(PlaneEndpoint(url))
        #expect(endpoint.namespace(whenShort: "opencrane") == namespace && endpoint.port == port)
    }

    @Test(
        "What is no http URL of a host is refused",
        arguments: ["", "http://", "ftp://a", "http://u:p@h", "http://a:0", "http://a b", "a:80"]
    )
    func badPlanes(_ url: String) { #expect(PlaneEndpoint(url) == nil) }
}
