import CraneAPI
import JSONValue
import KubernetesModel
import Testing

@testable import CraneOperator

@Suite("Child objects of a tenant")
struct TenantPlanTests {
    private func container(_ plan: TenantPlan) throws -> CoreV1.Container {
        try #require(plan.children.deployment.spec?.template?.spec?.containers?.first)
    }

    private func file(_ plan: TenantPlan, _ name: String) throws -> JSON {
        try JSON(parsing: try #require(plan.children.configMap.data?[name]))
    }

    @Test("Names, namespace, labels and owner of every child")
    func metadata() throws {
        let children = Samples.plan().children
        let all: [ObjectMeta] = [
            children.networkPolicy.metadata, children.serviceAccount.metadata, children.encryptionKey.metadata, children.configMap.metadata,
            children.stateClaim.metadata, children.deployment.metadata, children.service.metadata, children.ingress.metadata,
        ]
        #expect(
            all.map(\.name) == [
                "openclaw-mia", "openclaw-mia", "openclaw-mia-encryption-key", "openclaw-mia-config", "openclaw-mia-state", "openclaw-mia",
                "openclaw-mia", "openclaw-mia",
            ]
        )
        for metadata in all {
            #expect(metadata.namespace == "team-a")
            #expect(metadata.labels["app.kubernetes.io/managed-by"] == "opencrane-operator")
            #expect(metadata.labels["opencrane.io/tenant"] == "mia")
            #expect(metadata.labels["opencrane.io/tenant-namespace"] == "team-a")
            #expect(metadata.ownerReferences.map(\.uid) == ["uid-team-a-mia"])
        }
    }

    @Test("No owner reference crosses namespaces")
    func foreignNamespace() {
        let plan = Samples.plan { $0.placement = TenantPlacement(namespace: "opencrane-corp", clusterTenant: "corp") }
        #expect(plan.children.deployment.metadata.ownerReferences.isEmpty)
        #expect(plan.children.deployment.metadata.labels["opencrane.io/cluster-tenant"] == "corp")
    }

    @Test("The same input gives the same bytes")
    func stable() throws {
        let tenant = Samples.tenant {
            $0.spec.configOverrides = ["z": 1, "a": ["b": 2]]
            $0.metadata.labels = ["b": "1", "a": "2"]
        }
        let first = try JSON(encoding: Samples.plan(tenant).children.deployment)
        let second = try JSON(encoding: Samples.plan(tenant).children.deployment)
        #expect(first.text() == second.text())
    }

    @Test("The pod satisfies the restricted Pod Security level")
    func restricted() throws {
        let plan = Samples.plan()
        let pod = try #require(plan.children.deployment.spec?.template?.spec)
        let security = try #require(try container(plan).securityContext)
        #expect(pod.securityContext?.runAsNonRoot == true && pod.securityContext?.seccompProfile?.type == "RuntimeDefault")
        #expect(security.allowPrivilegeEscalation == false && security.readOnlyRootFilesystem == true)
        #expect(security.capabilities?.drop == ["ALL"])
        #expect(pod.hostNetwork == false && pod.hostPID == false && pod.hostIPC == false && security.privileged == false)
    }

    @Test("Requests come from the Tenant or the settings, and limits are never below them")
    func resources() throws {
        let defaults = try #require(try container(Samples.plan()).resources)
        #expect(defaults.requests?["cpu"] == Quantity(milli: 250) && defaults.limits?["cpu"] == Quantity(2))
        let big = Samples.plan(Samples.tenant { $0.spec.resources = ResourceRequests(cpu: "4", memory: "8Gi") })
        let resources = try #require(try container(big).resources)
        #expect(resources.requests == resources.limits)
    }

    @Test("Each plane gets a token of its own, and the API server none")
    func tokens() throws {
        let pod = try #require(Samples.plan().children.deployment.spec?.template?.spec)
        let sources = try #require(pod.volumes?.first { $0.name == "projected-identity" }?.projected?.sources)
        #expect(sources.compactMap { $0.serviceAccountToken?.audience } == ["obot-gateway", "skill-registry", "control-plane"])
        #expect(sources.allSatisfy { $0.serviceAccountToken?.expirationSeconds == 600 })
        #expect(pod.automountServiceAccountToken == false)
    }

    @Test("Environment of the container")
    func environment() throws {
        let plan = Samples.plan(
            Samples.tenant {
                $0.spec.team = "ops"
                $0.spec.openclawVersion = "2026.1.0"
            }
        ) {
            $0.resolution = Samples.resolved(Samples.policy("base"))
            $0.configuration.planes.modelProxy = "http://litellm.opencrane.svc.cluster.local:4000"
        }
        let variables = try #require(try container(plan).env)
        let values = Dictionary(uniqueKeysWithValues: variables.compactMap { variable in variable.value.map { (variable.name ?? "", $0) } })
        #expect(values["OPENCLAW_TENANT_NAME"] == "mia")
        #expect(values["OPENCLAW_VERSION"] == "2026.1.0")
        #expect(values["OPENCRANE_TEAM"] == "ops")
        #expect(values["OPENCRANE_POLICY_REF"] == "base")
        #expect(values["OPENCRANE_CONTROL_PLANE_URL"] == "http://opencrane-control-plane.opencrane.svc.cluster.local:8080")
        #expect(values["OPENCRANE_CONTRACT_TOKEN_PATH"] == "/var/run/opencrane/tokens/control-plane.token")
        #expect(variables.first { $0.name == "LITELLM_API_KEY" }?.valueFrom?.secretKeyRef?.name == "openclaw-mia-litellm-key")
    }

    @Test("Overrides are merged deeply and never reach what the platform owns")
    func overrides() throws {
        let plan = Samples.plan(
            Samples.tenant {
                $0.spec.configOverrides = [
                    "gateway": ["bind": "loopback", "reload": "hot"], "agents": ["defaults": ["workspace": "/etc", "model": "m"]],
                ]
            }
        )
        let config = try file(plan, "openclaw.json")
        #expect(config[at: ["gateway", "bind"]] == "lan")
        #expect(config[at: ["gateway", "reload"]] == "hot")
        #expect(config[at: ["gateway", "port"]] == 18789)
        #expect(config[at: ["agents", "defaults", "workspace"]] == "/data/openclaw/workspace")
        #expect(config[at: ["agents", "defaults", "model"]] == "m")
        #expect(plan.refusedOverrides == ["agents.defaults.workspace", "gateway.bind"])
    }

    @Test("The contract carries the policy's and the tenant's MCP lists, and the skills")
    func contract() throws {
        let tenant = Samples.tenant {
            $0.spec.mcpPolicy = AccessList(allow: ["jira"], deny: ["shell"])
            $0.spec.skillAllowlist = ["triage"]
        }
        let plan = Samples.plan(tenant) {
            $0.resolution = Samples.resolved(Samples.policy("base", change: { $0.mcpServers = AccessList(deny: ["web"]) }))
        }
        let contract = try file(plan, "opencrane-managed-runtime.json")
        #expect(contract["version"] == "opencrane-runtime/v1alpha1")
        #expect(contract[at: ["policy", "effectiveRef"]] == "base")
        #expect(contract[at: ["policy", "mcpServers", "deny"]] == ["web"])
        #expect(contract[at: ["mcp", "tenantPolicy", "allow"]] == ["jira"])
        #expect(contract[at: ["skills", "allowlist"]] == ["triage"])
    }

    @Test("Channels reach the configuration, and their credentials the environment")
    func channels() throws {
        let plan = Samples.plan(
            Samples.tenant {
                $0.spec.channels = [Channel(adapter: "telegram", config: ["dmPolicy": "pairing"], credentialsSecretName: "telegram-bot")]
            }
        )
        let config = try file(plan, "openclaw.json")
        #expect(config[at: ["channels", "telegram"]] == ["dmPolicy": "pairing", "enabled": true])
        #expect(try container(plan).envFrom?.map { $0.secretRef?.name } == ["org-shared-secrets", "telegram-bot"])
    }

    @Test("The host lies under the customer's domain, else the platform's; TLS when there is a certificate")
    func host() throws {
        #expect(Samples.plan().children.ingress.spec?.rules?.map(\.host) == ["mia.crane.test"])
        let plan = Samples.plan {
            $0.placement.baseDomain = "ai.corp.test"
            $0.configuration.ingress.tlsSecretName = "wildcard"
        }
        let ingress = plan.children.ingress
        #expect(ingress.spec?.rules?.map(\.host) == ["mia.ai.corp.test"])
        #expect(ingress.spec?.tls == [.init(hosts: ["mia.ai.corp.test"], secretName: "wildcard")])
        #expect(Samples.plan().children.ingress.spec?.tls == nil)
        let issued = Samples.plan {
            $0.configuration.ingress.tlsSecretName = "wildcard"
            $0.configuration.ingress.clusterIssuer = "letsencrypt"
        }.children.ingress
        #expect(issued.spec?.tls?.map(\.secretName) == ["openclaw-mia-tls"])
        #expect(issued.metadata.annotations["cert-manager.io/cluster-issuer"] == "letsencrypt")
    }

    @Test("A customer's node pool is selected and its taint accepted")
    func nodePool() {
        let pod = Samples.plan { $0.placement.nodePool = "p1" }.children.deployment.spec?.template?.spec
        #expect(pod?.nodeSelector == ["opencrane.io/node-pool": "p1"])
        #expect(pod?.tolerations == [.init(key: "opencrane.io/dedicated", operator: "Equal", value: "p1", effect: "NoSchedule")])
        #expect(Samples.plan().children.deployment.spec?.template?.spec?.nodeSelector == nil)
    }

    @Test("Suspension keeps everything but the pod")
    func suspension() {
        let running = Samples.plan().children
        let suspended = Samples.plan(Samples.tenant { $0.spec.suspended = true }).children
        #expect(suspended.deployment.spec?.replicas == 0)
        #expect(suspended.identities == running.identities)
        #expect(suspended.deployment.spec?.template == running.deployment.spec?.template)
    }

    @Test("Every volume that is mounted exists, and every child that the pod names is a child")
    func references() throws {
        let children = Samples.plan().children
        let pod = try #require(children.deployment.spec?.template?.spec)
        let container = try container(Samples.plan())
        #expect(Set(container.volumeMounts?.compactMap(\.name) ?? []) == Set(pod.volumes?.compactMap(\.name) ?? []))
        #expect(pod.serviceAccountName == children.serviceAccount.metadata.name)
        #expect(pod.volumes?.compactMap { $0.persistentVolumeClaim?.claimName } == [children.stateClaim.metadata.name])
        #expect(pod.volumes?.compactMap { $0.secret?.secretName } == [children.encryptionKey.metadata.name])
        #expect(pod.volumes?.compactMap { $0.configMap?.name } == [children.configMap.metadata.name])
        #expect(children.service.spec?.selector == children.deployment.spec?.selector?.matchLabels)
    }
}
