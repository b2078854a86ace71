import CraneAPI
import KubernetesModel

/// Environment variables of a tenant's container.
struct PodEnvironment {
    let plan: TenantPlan

    /// Services of the platform that accept a token of the pod; each gets one of its own.
    static let audiences = PodAudiences.all
    /// Where those tokens are.
    static let tokenDirectory = "/var/run/opencrane/tokens"

    var variables: [CoreV1.EnvVar] {
        let configuration = plan.configuration
        let planes = configuration.planes
        var list: [(String, String)] = [
            ("OPENCLAW_STATE_DIR", "/data/openclaw"),
            ("OPENCLAW_SECRETS_DIR", "/data/secrets"),
            ("OPENCLAW_ENCRYPTION_KEY_PATH", "/etc/openclaw/encryption-key/key"),
            ("OPENCLAW_TENANT_NAME", plan.tenant.metadata.name),
            ("OPENCLAW_VERSION", plan.tenant.spec.openclawVersion ?? configuration.defaultVersion),
            ("OPENCLAW_GATEWAY_PORT", String(configuration.gatewayPort)),
            ("OPENCRANE_RUNTIME_MODE", "managed"),
            ("OPENCRANE_RUNTIME_CONTRACT_PATH", "/config/\(ConfigurationFiles.contractName)"),
            ("OPENCRANE_MCP_GATEWAY_URL", planes.mcpGateway),
            ("OPENCRANE_MCP_GATEWAY_TOKEN_PATH", token("obot-gateway")),
            ("OPENCRANE_SKILL_REGISTRY_URL", planes.skillRegistry),
            ("OPENCRANE_SKILL_REGISTRY_TOKEN_PATH", token(PodAudiences.skillRegistry)),
            ("OPENCRANE_CONTROL_PLANE_URL", planes.controlPlane),
            ("OPENCRANE_CONTRACT_TOKEN_PATH", token("control-plane")),
            ("HOME", "/tmp/opencrane-home"),
            ("TMPDIR", "/tmp"),
            ("NPM_CONFIG_CACHE", "/tmp/npm-cache"),
        ]
        if let team = plan.tenant.spec.team { list.append(("OPENCRANE_TEAM", team)) }
        if let policy = plan.resolution.policy { list.append(("OPENCRANE_POLICY_REF", policy.metadata.name)) }
        var variables = list.map { CoreV1.EnvVar(name: $0.0, value: $0.1) }
        if let proxy = planes.modelProxy {
            variables.append(.init(name: "LITELLM_ENDPOINT", value: proxy))
            let key = CoreV1.KeySelector(name: plan.names.modelKeySecret, key: "apiKey", optional: true)
            variables.append(.init(name: "LITELLM_API_KEY", valueFrom: .init(secretKeyRef: key)))
        }
        return variables
    }

    private func token(_ audience: String) -> String { "\(Self.tokenDirectory)/\(audience).token" }
}
