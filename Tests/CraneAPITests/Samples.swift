import CraneAPI
import JSONValue
import KubernetesModel

/// Objects with every field set.
enum Samples {
    static let time = Timestamp(microseconds: 1_767_225_600_000_000)

    static let condition = Condition(
        type: "Ready",
        status: .true,
        observedGeneration: 3,
        lastTransitionTime: time,
        reason: "AllChecksPassed",
        message: "All well"
    )

    static let tenant = Tenant(
        metadata: ObjectMeta(name: "mia", namespace: "team-a"),
        spec: TenantSpec(
            displayName: "Mia",
            email: "mia@corp.test",
            team: "ops",
            openclawImage: "registry.test/openclaw:1",
            openclawVersion: "2026.1.0",
            monthlyBudgetUsd: 40.5,
            resources: ResourceRequests(cpu: "500m", memory: "2Gi"),
            skillAllowlist: ["s1"],
            mcpPolicy: AccessList(allow: ["a"], deny: ["b"]),
            channels: [Channel(adapter: "slack", config: ["room": ["id": 1]], credentialsSecretName: "slack-bot")],
            configOverrides: ["models": ["default": "m"]],
            policyRef: "base",
            clusterTenantRef: "corp",
            suspended: true,
            runtime: TenantRuntime(
                type: .virtualMachine,
                machine: MachineSpec(
                    provider: .gce,
                    machineType: "e2-standard-4",
                    zone: "europe-west1-b",
                    image: "debian-12",
                    diskGb: 50,
                    network: "default",
                    serviceAccount: "crane@project.test"
                )
            ),
            fleet: TenantFleet(
                externalId: "t-1",
                plan: "team",
                organization: "org_1",
                template: "seven",
                repos: ["https://git.test/a.git"],
                agents: [
                    AgentSpec(
                        name: "qa",
                        role: "Tests",
                        identity: "# QA",
                        soul: "Calm.",
                        heartbeat: AgentHeartbeat(every: "10m", target: "last")
                    )
                ],
                maxAgents: 12
            )
        ),
        status: TenantStatus(
            observedGeneration: 3,
            phase: .running,
            conditions: [condition],
            podName: "openclaw-mia",
            ingressHost: "mia.corp.test",
            message: "m",
            lastReconciled: time,
            effectivePolicyRef: "base",
            policyResolutionSource: .policyRef,
            policyResolutionState: .resolved,
            targetNamespace: "opencrane-corp",
            machine: MachineStatus(
                provider: "gce",
                id: "i-1",
                zone: "z",
                address: "10.0.0.4",
                state: "RUNNING",
                operation: "op-1",
                port: 18_789,
                userDataHash: "0a",
                filesDigest: "0b",
                credentialHash: "0c"
            ),
            gateway: GatewayStatus(url: "wss://mia.corp.test", version: "2026.1.0", protocol: 3),
            provisioning: ProvisioningStatus(
                run: 1,
                steps: [
                    ProvisioningStep(
                        name: "vm_create",
                        status: .succeeded,
                        message: "done",
                        startedAt: time,
                        finishedAt: time,
                        attempt: 1
                    )
                ]
            ),
            bootstrap: BootstrapStatus(
                seq: 3,
                stage: "files",
                level: "info",
                message: "0b",
                credentialHash: "0c",
                reportedAt: time,
                filesDigest: "0b"
            )
        )
    )

    static let policy = AccessPolicy(
        metadata: ObjectMeta(name: "base", namespace: "team-a"),
        spec: AccessPolicySpec(
            description: "d",
            tenantSelector: TenantSelector(matchLabels: ["k": "v"], matchTeam: "ops"),
            domains: DomainRules(allow: ["api.test", "*.corp.test", "*"], deny: ["bad.test"], defaultDeny: false),
            egressRules: [EgressRule(cidr: "10.0.0.0/8", ports: [443, 8443], protocol: .udp), EgressRule(cidr: "2001:db8::/32")],
            mcpServers: AccessList(allow: ["a"], deny: ["b"])
        ),
        status: AccessPolicyStatus(
            observedGeneration: 1,
            conditions: [condition],
            lastReconciled: time,
            matchedTenants: 2,
            message: "m"
        )
    )

    static let clusterTenant = ClusterTenant(
        metadata: ObjectMeta(name: "corp"),
        spec: ClusterTenantSpec(
            displayName: "Corp",
            baseDomain: "ai.corp.test",
            isolationTier: .dedicatedNodes,
            compute: ClusterCompute(mode: .dedicated, nodePool: "p1"),
            resources: ClusterResources(quota: ResourceQuotaSpec(cpu: "8", memory: "16Gi", pods: 40, storage: "100Gi", gpu: 1)),
            allowedNamespaces: ["team-a"]
        ),
        status: ClusterTenantStatus(
            observedGeneration: 1,
            phase: .ready,
            conditions: [condition],
            message: "m",
            boundNamespace: "opencrane-corp",
            provisioner: "shared",
            lastReconciled: time,
            tenants: 4
        )
    )
}
