import CraneAPI
import JSONValue
import KubernetesModel
import Testing

@testable import CraneOperator

/// Defects that operators of this kind are known for, each with the test that ours has it not. Those that need an API server are tested
/// end to end: self-triggered writes (`CrashTests.rest`), rights (`CrashTests.rights`), orphans (`CrashTests.orphans`), moves
/// (`ClusterTenantTests.move`), patches with the wrong type (`TenantLifeTests`).
@Suite("Known weaknesses")
struct WeaknessTests {
    private var pod: CoreV1.PodSpec? { Samples.plan().children.deployment.spec?.template?.spec }
    private var container: CoreV1.Container? { pod?.containers?.first }

    @Test("W-01: a ClusterTenant gets a namespace and says so")
    func w01() {
        var plan = ClusterTenantStatusPlan(clusterTenant: Samples.clusterTenant(), tenants: 0)
        plan.namespace = ClusterTenantPlan(plan.clusterTenant).namespace
        plan.hasDefaultDeny = true
        let status = plan.status(now: Samples.now)
        #expect(status.boundNamespace == "opencrane-corp" && status.phase == .ready && status.provisioner == "namespace")
    }

    @Test("W-02: a status told twice is the same")
    func w02() {
        var tenant = Samples.tenant { $0.spec.policyRef = "nowhere" }
        let first = TenantStatusPlan(tenant: tenant, verdict: TenantVerdict(Samples.situation(tenant)), observation: .init())
        tenant.status = first.status(now: Samples.now)
        let second = TenantStatusPlan(tenant: tenant, verdict: TenantVerdict(Samples.situation(tenant)), observation: .init())
        #expect(second.status(now: Samples.now.advanced(bySeconds: 1)) == tenant.status)
    }

    @Test("W-04: rights are declared without wildcards, and cover what was forgotten elsewhere")
    func w04() {
        for rule in OperatorRBAC.rules { #expect(!(rule.verbs + rule.resources + rule.groups).contains("*")) }
        for (verb, group, resource) in [
            ("patch", "opencrane.io", "accesspolicies/status"), ("get", "opencrane.io", "clustertenants"), ("create", "", "namespaces"),
            ("patch", "", "resourcequotas"), ("patch", "", "limitranges"), ("delete", "", "serviceaccounts"),
        ] { #expect(OperatorRBAC.allows(verb: verb, group: group, resource: resource)) }
        #expect(!OperatorRBAC.allows(verb: "create", group: "rbac.authorization.k8s.io", resource: "roles"))
    }

    @Test("W-08: what has no owner in its namespace is bound by a label that names its Tenant")
    func w08() {
        let plan = Samples.plan { $0.placement = TenantPlacement(namespace: "opencrane-corp", clusterTenant: "corp") }
        let child = plan.children.deployment
        #expect(child.metadata.ownerReferences.isEmpty)
        #expect(OperatorInformers.tenantKey(of: child) == ObjectKey(namespace: "team-a", name: "mia"))
    }

    @Test("W-10: one effective policy a tenant denies by default, and custom labels reach the pods")
    func w10() {
        let tenant = Samples.tenant {
            $0.metadata.labels = ["stage": "prod", "argocd.argoproj.io/instance": "x", "app.kubernetes.io/name": "y"]
        }
        let children = Samples.plan(tenant).children
        #expect(children.networkPolicy.spec?.policyTypes == ["Ingress", "Egress"])
        let labels = children.deployment.spec?.template?.metadata?.labels ?? [:]
        #expect(labels["stage"] == "prod")
        #expect(labels["argocd.argoproj.io/instance"] == nil && labels["app.kubernetes.io/name"] == nil)
        let opens443 = children.networkPolicy.spec?.egress?.contains { rule in
            (rule.to ?? []).isEmpty || rule.to?.contains { $0.ipBlock != nil } == true
        }
        #expect(opens443 == false)
    }

    @Test("W-10: a label of the Tenant cannot take the place of one the platform sets")
    func w10Labels() {
        let tenant = Samples.tenant { $0.metadata.labels = ["opencrane.io/tenant": "leo", "opencrane.io/policy": "open"] }
        let labels = Samples.plan(tenant).children.deployment.spec?.template?.metadata?.labels ?? [:]
        #expect(labels["opencrane.io/tenant"] == "mia" && labels["opencrane.io/policy"] == nil)
    }

    @Test("W-11: planes are addressed by full names, which resolve in every namespace")
    func w11() {
        for address in Samples.configuration.planes.addresses { #expect(address.contains(".opencrane.svc.cluster.local:")) }
    }

    @Test("W-12: one pod at a time, with startup and readiness probes, and no Running before it is ready")
    func w12() {
        #expect(Samples.plan().children.deployment.spec?.strategy?.type == "Recreate")
        #expect(container?.startupProbe != nil && container?.readinessProbe != nil && container?.livenessProbe != nil)
        let tenant = Samples.tenant()
        let status = TenantStatusPlan(tenant: tenant, verdict: TenantVerdict(Samples.situation(tenant)), observation: .init())
        #expect(status.status(now: Samples.now).phase == .pending)
    }

    @Test("W-13: every change of configuration changes the pod template, and nothing else does")
    func w13() {
        func template(_ change: (inout Tenant) -> Void = { _ in }) -> CoreV1.PodTemplateSpec? {
            Samples.plan(Samples.tenant("mia", change)).children.deployment.spec?.template
        }
        #expect(template() == template())
        #expect(template { $0.spec.configOverrides = ["a": 1] } != template())
        #expect(template { $0.spec.openclawVersion = "2026.2.0" } != template())
        #expect(template { $0.spec.skillAllowlist = ["x"] } != template())
        #expect(template { $0.metadata.annotations["opencrane.io/restarted-at"] = "now" } != template())
        #expect(template { $0.metadata.annotations["opencrane.io/model-key-checksum"] = "another" } != template())
        #expect(template { $0.spec.monthlyBudgetUsd = 5 } == template())
    }

    @Test("W-15: the plan of the key Secret holds no key, so that applying it twice cannot replace one")
    func w15() {
        let secret = Samples.plan().children.encryptionKey
        #expect(secret.immutable == true && secret.data == nil && secret.stringData == nil)
    }

    @Test("W-16: the model proxy's block cannot be overridden")
    func w16() {
        let plan = Samples.plan(
            Samples.tenant {
                $0.spec.configOverrides = ["models": ["mode": "replace", "providers": ["litellm-proxy": ["baseUrl": "http://elsewhere"]]]]
            }
        ) { $0.configuration.planes.modelProxy = "http://litellm:4000" }
        #expect(plan.children.configMap.data?["openclaw.json"]?.contains("elsewhere") == false)
        #expect(plan.refusedOverrides == ["models.mode", "models.providers.litellm-proxy"])
    }

    @Test("W-17: a setting to suspend idle tenants is said to have no effect, instead of suspending busy ones")
    func w17() throws {
        let configuration = try OperatorConfiguration(
            environment: ["TENANT_DEFAULT_IMAGE": "a:1", "INGRESS_DOMAIN": "x.test", "IDLE_TIMEOUT_MINUTES": "30"])
        #expect(configuration.notices.contains { $0.contains("IDLE_TIMEOUT_MINUTES") })
    }

    @Test("W-37: a guarded installation without a namespace watches its own, and refuses to start only if it knows none")
    func w37() throws {
        let base = ["TENANT_DEFAULT_IMAGE": "a:1", "INGRESS_DOMAIN": "x.test", "REQUIRE_WATCH_NAMESPACE": "true", "WATCH_NAMESPACE": ""]
        let own = try OperatorConfiguration(environment: base.merging(["POD_NAMESPACE": "crane"]) { $1 })
        #expect(own.watchNamespace == "crane")
        #expect(throws: OperatorConfigurationError.self) { try OperatorConfiguration(environment: base) }
    }

    @Test("W-38: the platform's services are reached, the metadata service is not")
    func w38() {
        let egress = Samples.plan().children.networkPolicy.spec?.egress ?? []
        let planes = egress.first { $0.to?.first?.namespaceSelector?.matchLabels?["kubernetes.io/metadata.name"] == "opencrane" }
        #expect(planes?.ports?.map(\.port) == [8080])
        let wide = Samples.plan {
            $0.resolution = Samples.resolved(Samples.policy(change: { $0.egressRules = [EgressRule(cidr: "0.0.0.0/0")] }))
        }
        let block = wide.children.networkPolicy.spec?.egress?.last?.to?.first?.ipBlock
        #expect(block?.except?.contains("169.254.0.0/16") == true)
    }

    @Test(
        "W-46: an unknown hosting provider is refused; storage has a class and grows but never shrinks",
        arguments: ["azure", "aws", "gcp", "GCP"]
    )
    func w46(_ provider: String) {
        #expect(throws: OperatorConfigurationError.self) {
            try OperatorConfiguration(
                environment: ["TENANT_DEFAULT_IMAGE": "a:1", "INGRESS_DOMAIN": "x.test", "HOSTING_PROVIDER": provider])
        }
        func claim(_ size: Int64, existing: Int64?) -> CoreV1.PersistentVolumeClaimSpec? {
            Samples.plan {
                $0.configuration.storage.size = Quantity(size)
                $0.configuration.storage.className = "fast"
                $0.existingClaim = existing.map {
                    .init(
                        metadata: ObjectMeta(name: "x"),
                        spec: .init(resources: .init(requests: ["storage": Quantity($0)]), storageClassName: "slow")
                    )
                }
            }.children.stateClaim.spec
        }
        #expect(claim(10, existing: nil)?.storageClassName == "fast")
        #expect(claim(10, existing: 5)?.resources?.requests?["storage"] == Quantity(10))
        #expect(claim(10, existing: 20)?.resources?.requests?["storage"] == Quantity(20))
        #expect(claim(10, existing: 20)?.storageClassName == "slow")
    }

    @Test("W-47: no API token, limits on every container, and no default image that may change by itself")
    func w47() {
        #expect(pod?.automountServiceAccountToken == false)
        #expect(Samples.plan().children.serviceAccount.automountServiceAccountToken == false)
        #expect(container?.resources?.limits?["cpu"] != nil && container?.resources?.limits?["memory"] != nil)
        for image in ["openclaw", "ghcr.io/a/b:latest", "localhost:5000/a"] {
            #expect(OperatorConfiguration.isMutable(image: image))
        }
        for image in ["a:1", "localhost:5000/a:1", "a@sha256:\(String(repeating: "0", count: 64))"] {
            #expect(!OperatorConfiguration.isMutable(image: image))
        }
    }
}
