import KubernetesModel
import Observability

extension OperatorConfiguration {
    /// Reads the operator's environment.
    ///
    /// - Parameter environment: variables of the process.
    /// - Throws: ``OperatorConfigurationError`` naming every variable that is missing or wrong. A hosting provider, flag or number that
    ///   is not understood is an error, never a silent default.
    public init(environment: [String: String]) throws(OperatorConfigurationError) {
        var reader = EnvironmentReader(environment)
        let platform = reader.text("POD_NAMESPACE") ?? "opencrane"
        self.init(
            defaultImage: reader.required("TENANT_DEFAULT_IMAGE", "the image of tenants, with a tag or a digest"),
            ingressDomain: reader.required("INGRESS_DOMAIN", "the domain under which tenants get their host"),
            platformNamespace: platform
        )
        clusterDomain = reader.text("CLUSTER_DOMAIN") ?? clusterDomain
        readScope(&reader)
        readTenantNamespaces(&reader)
        readTenants(&reader)
        readIngress(&reader)
        readPlanes(&reader)
        readNetwork(&reader)
        readAccess(&reader)
        readMachines(&reader)
        readProcess(&reader)
        if !reader.problems.isEmpty { throw OperatorConfigurationError(problems: reader.problems) }
    }

    private mutating func readScope(_ reader: inout EnvironmentReader) {
        watchNamespace = reader.text("WATCH_NAMESPACE")
        guard reader.flag("REQUIRE_WATCH_NAMESPACE", default: false), watchNamespace == nil else { return }
        // A guarded installation watches its own namespace unless told otherwise, so that the default one starts.
        watchNamespace = reader.text("POD_NAMESPACE")
        if watchNamespace == nil {
            reader.report("WATCH_NAMESPACE", "is blank although REQUIRE_WATCH_NAMESPACE is true, and POD_NAMESPACE is not set either")
        }
    }

    /// Whose Tenants customers take that name no namespaces: those told, else those watched, else those of the control plane.
    private mutating func readTenantNamespaces(_ reader: inout EnvironmentReader) {
        let told = reader.names("TENANT_NAMESPACES")
        if !told.isEmpty {
            tenantNamespaces = told
        } else if watchNamespace == nil {
            tenantNamespaces = reader.text("NAMESPACE").map { [$0] }
        }
    }

    private mutating func readTenants(_ reader: inout EnvironmentReader) {
        if !defaultImage.isEmpty, !reader.flag("ALLOW_MUTABLE_IMAGE_TAGS", default: false), Self.isMutable(image: defaultImage) {
            reader.report(
                "TENANT_DEFAULT_IMAGE",
                "needs a digest or a tag other than latest, so that a restart runs the same (or set ALLOW_MUTABLE_IMAGE_TAGS=true)"
            )
        }
        defaultVersion = reader.text("OPENCLAW_DEFAULT_VERSION") ?? defaultVersion
        gatewayPort = reader.number("GATEWAY_PORT", default: gatewayPort, in: 1024...65535)
        defaultPolicy = reader.text("DEFAULT_TENANT_POLICY_REF")
        organizationSecret = reader.text("ORG_SHARED_SECRET_NAME") ?? organizationSecret
        storage.size = reader.quantity("TENANT_STORAGE_SIZE", default: storage.size)
        storage.className = reader.text("TENANT_STORAGE_CLASS")
        resources.cpuRequest = reader.quantity("TENANT_CPU_REQUEST", default: resources.cpuRequest)
        resources.memoryRequest = reader.quantity("TENANT_MEMORY_REQUEST", default: resources.memoryRequest)
        resources.cpuLimit = reader.quantity("TENANT_CPU_LIMIT", default: resources.cpuLimit)
        resources.memoryLimit = reader.quantity("TENANT_MEMORY_LIMIT", default: resources.memoryLimit)
        switch reader.text("HOSTING_PROVIDER") {
        case nil, "onprem", "on-prem": break
        case "gcp":
            reader.report("HOSTING_PROVIDER", "gcp (bucket per tenant) is not available; use onprem with a storage class of the cluster")
        case let other?: reader.report("HOSTING_PROVIDER", "'\(other)' is unknown; the only provider is onprem")
        }
        if reader.number("IDLE_TIMEOUT_MINUTES", default: 0, in: 0...1_000_000) > 0 {
            notices.append("IDLE_TIMEOUT_MINUTES has no effect: tenants are not suspended when idle")
        }
        if reader.flag("OPENCRANE_AUTO_UPDATE_ENABLED", default: false) {
            notices.append("OPENCRANE_AUTO_UPDATE_ENABLED has no effect: versions change only with the Tenant")
        }
    }

    private mutating func readIngress(_ reader: inout EnvironmentReader) {
        ingress.className = reader.text("INGRESS_CLASS_NAME") ?? ingress.className
        ingress.controllerNamespace = reader.text("INGRESS_CONTROLLER_NAMESPACE") ?? ingress.controllerNamespace
        if reader.flag("INGRESS_TLS_ENABLED", default: false) {
            ingress.clusterIssuer = reader.text("INGRESS_TLS_CLUSTER_ISSUER")
            ingress.wildcardIssuer = reader.text("INGRESS_TLS_WILDCARD_ISSUER")
            ingress.tlsSecretName = reader.text("INGRESS_TLS_SECRET_NAME") ?? "opencrane-wildcard-tls"
        }
    }

    private mutating func readPlanes(_ reader: inout EnvironmentReader) {
        planes = PlaneSettings(namespace: platformNamespace, clusterDomain: clusterDomain)
        planes.mcpGateway = reader.url("MCP_GATEWAY_URL", default: planes.mcpGateway)
        planes.controlPlane = reader.url("CONTROL_PLANE_INTERNAL_URL", default: planes.controlPlane)
        planes.skillRegistry = reader.url("SKILL_REGISTRY_URL", default: planes.controlPlane)
        for plane in Plane.allCases {
            let variable = plane.variable
            var pods = PlanePods()
            let port = reader.number("\(variable)_POD_PORT", default: 0, in: 0...65535)
            pods.port = port == 0 ? nil : port
            pods.labels = reader.labels("\(variable)_POD_LABELS", default: [:])
            planes.pods[plane] = pods
        }
        // Where the control plane delivers skills itself, its pods are the ones to open.
        if planes.skillRegistry == planes.controlPlane { planes.pods[.skillRegistry] = planes.pods[.controlPlane] }
        // The API server refuses projected tokens that live less than ten minutes.
        planes.tokenLifetime = Int64(reader.number("PROJECTED_TOKEN_TTL_SECONDS", default: 600, in: 600...86400))
        if reader.flag("LITELLM_ENABLED", default: false) {
            if reader.text("LITELLM_ENDPOINT") == nil { reader.report("LITELLM_ENDPOINT", "is missing although LITELLM_ENABLED is true") }
            planes.modelProxy = reader.url("LITELLM_ENDPOINT", default: "")
        }
    }

    private mutating func readNetwork(_ reader: inout EnvironmentReader) {
        network.dnsNamespace = reader.text("DNS_NAMESPACE") ?? network.dnsNamespace
        network.dnsLabels = reader.labels("DNS_POD_LABELS", default: network.dnsLabels)
        network.platformLabels = reader.labels("PLATFORM_POD_LABELS", default: network.platformLabels)
        network.clusterBlocks = reader.blocks("CLUSTER_CIDRS")
        network.planeBlocks = reader.blocks("PLANE_CIDRS")
        network.privateBlocks = reader.blocks("EGRESS_PRIVATE_CIDRS")
        if network.clusterBlocks.isEmpty {
            notices.append(
                "CLUSTER_CIDRS is not set: AccessPolicies open private addresses only within EGRESS_PRIVATE_CIDRS, "
                    + "because pods, Services and nodes may have any of them"
            )
        }
    }

    private mutating func readAccess(_ reader: inout EnvironmentReader) {
        let (role, account) = (reader.text("CONTROL_PLANE_TENANTS_ROLE"), reader.text("CONTROL_PLANE_SERVICE_ACCOUNT"))
        switch (role, account) {
        case (let role?, let account?):
            controlPlaneAccess = ControlPlaneAccess(
                role: role,
                account: account,
                namespace: reader.text("CONTROL_PLANE_SERVICE_ACCOUNT_NAMESPACE") ?? platformNamespace
            )
        case (nil, nil): break
        case (nil, _): reader.report("CONTROL_PLANE_TENANTS_ROLE", "is missing although CONTROL_PLANE_SERVICE_ACCOUNT is set")
        case (_, nil): reader.report("CONTROL_PLANE_SERVICE_ACCOUNT", "is missing although CONTROL_PLANE_TENANTS_ROLE is set")
        }
    }

    private mutating func readProcess(_ reader: inout EnvironmentReader) {
        process.workers = reader.number("OPERATOR_WORKERS", default: process.workers, in: 1...256)
        process.leaderElection = reader.flag("LEADER_ELECTION", default: process.leaderElection)
        process.shards = reader.number("OPERATOR_SHARDS", default: process.shards, in: 1...1024)
        if process.shards > 1, !process.leaderElection {
            reader.report("OPERATOR_SHARDS", "needs LEADER_ELECTION=true, by which processes agree on who has which shard")
        }
        process.identity = reader.text("POD_NAME")
        process.healthHost = reader.text("HEALTH_HOST") ?? process.healthHost
        process.healthPort = reader.number("HEALTH_PORT", default: 8081, in: 0...65535)
        databaseURL = reader.text("DATABASE_URL").map { SensitiveString($0) }
    }

    /// Whether an image reference may mean something else tomorrow: no digest, and no tag or the tag `latest`.
    static func isMutable(image: String) -> Bool {
        if image.contains("@sha256:") { return false }
        let name = image.split(separator: "/").last.map(String.init) ?? image
        let parts = name.split(separator: ":", maxSplits: 1)
        return parts.count < 2 || parts[1] == "latest"
    }
}

extension OperatorConfiguration: CustomStringConvertible {
    /// What is logged at start-up; holds no secret.
    public var description: String {
        """
        watchNamespace=\(watchNamespace ?? "*") platformNamespace=\(platformNamespace) image=\(defaultImage) domain=\(ingress.domain) \
        ingressClass=\(ingress.className) tls=\(ingress.tlsSecretName ?? "off") gatewayPort=\(gatewayPort) storage=\(storage.size) \
        defaultPolicy=\(defaultPolicy ?? "none") modelProxy=\(planes.modelProxy ?? "off") workers=\(process.workers) \
        leaderElection=\(process.leaderElection) shards=\(process.shards) database=\(databaseURL.map { "\($0)" } ?? "none")
        """
    }
}
