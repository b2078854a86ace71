import CraneAPI
import Crypto
import JSONValue
import KubernetesModel

/// The files a tenant's pod reads: OpenClaw's configuration, the contract with the platform, and the workspace.
struct ConfigurationFiles {
    static let configurationName = "openclaw.json"
    static let contractName = "opencrane-managed-runtime.json"

    /// Text by file name.
    let data: [String: String]
    /// Paths of overrides that were refused, sorted.
    let refused: [String]

    init(plan: TenantPlan) {
        let merged = ConfigMerge.merge(
            plan.tenant.spec.configOverrides ?? [:],
            over: Self.base(plan),
            protecting: ConfigMerge.protectedPaths
        )
        var data = WorkspaceFiles.data(tenant: plan.tenant)
        data[Self.configurationName] = merged.config.text(pretty: true)
        data[Self.contractName] = Self.contract(plan).text(pretty: true)
        self.data = data
        refused = merged.refused.map { $0.joined(separator: ".") }.sorted()
    }

    /// Fingerprint of all files; a change of it replaces the pod, so that configuration always takes effect.
    var checksum: String {
        let text = JSON.object(data.mapValues { .string($0) }).serialized()
        return SHA256.hash(data: text).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// OpenClaw's configuration before the tenant's overrides.
    private static func base(_ plan: TenantPlan) -> JSON {
        var config: JSON = [
            "gateway": ["mode": "local", "port": .integer(Int64(plan.configuration.gatewayPort)), "bind": "lan"],
            "agents": ["defaults": ["workspace": "/data/openclaw/workspace", "skipBootstrap": true]],
        ]
        if let proxy = plan.configuration.planes.modelProxy {
            config["models"] = [
                "mode": "merge",
                "providers": [
                    "litellm-proxy": [
                        "baseUrl": .string(proxy), "apiKey": "${LITELLM_API_KEY}", "api": "openai-completions", "models": [],
                    ]
                ],
            ]
        }
        for channel in plan.tenant.spec.channels ?? [] {
            var settings = channel.config?.objectValue ?? [:]
            if settings["enabled"] == nil { settings["enabled"] = true }
            config[at: ["channels", channel.adapter]] = .object(settings)
        }
        return config
    }

    /// What the platform promises to the pod, and asks of it.
    private static func contract(_ plan: TenantPlan) -> JSON {
        let spec = plan.tenant.spec
        let policy = plan.resolution.policy
        return [
            "version": "opencrane-runtime/v1alpha1",
            "contractVersion": "2.1.0",
            "platform": "opencrane",
            "mode": "managed",
            "tenant": [
                "name": .string(plan.tenant.metadata.name), "team": text(spec.team), "policyRef": text(policy?.metadata.name),
            ],
            "policy": ["effectiveRef": text(policy?.metadata.name), "mcpServers": access(policy?.spec.mcpServers)],
            "mcp": [
                "gateway": .string(plan.configuration.planes.mcpGateway), "servers": [], "tenantPolicy": access(spec.mcpPolicy),
            ],
            "skills": [
                "registry": .string(plan.configuration.planes.skillRegistry), "entitled": [],
                "allowlist": spec.skillAllowlist.map { .array($0.map { .string($0) }) } ?? .null,
            ],
            "capabilities": [
                "liteLlmProxy": .bool(plan.configuration.planes.modelProxy != nil), "hostingProvider": "onprem", "persistentState": true,
                "ephemeralSecrets": true, "autoSuspend": false,
            ],
        ]
    }

    private static func text(_ value: String?) -> JSON { value.map { .string($0) } ?? .null }

    private static func access(_ list: AccessList?) -> JSON {
        ["allow": .array((list?.allow ?? []).map { .string($0) }), "deny": .array((list?.deny ?? []).map { .string($0) })]
    }
}
