import CraneAPI
import JSONValue
import KubernetesClient
import KubernetesModel

/// The tenants that are measured with: as large as real ones, the same in each run.
struct Fleet: Sendable {
    /// How many there are.
    let count: Int

    /// Who applied them.
    static let fieldManager = "enginebench"
    /// The annotation that says when a change was due and when it was sent, in nanoseconds.
    static let stamp = "bench.opencrane.io/sent"
    private static let namespaces = 10

    /// The key of a tenant.
    func key(_ number: Int) -> ObjectKey {
        let digits = String(number)
        let padded = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
        return ObjectKey(namespace: "customer-\(number % Self.namespaces)", name: "tenant-\(padded)")
    }

    /// A tenant as its owner applies it.
    func tenant(_ number: Int) -> Tenant {
        let key = key(number)
        return Tenant(
            metadata: ObjectMeta(
                name: key.name,
                namespace: key.namespace,
                labels: ["team": "team-\(number % 40)", "tier": number % 3 == 0 ? "gold" : "standard", "region": "eu-central"],
                annotations: ["opencrane.io/order": "order-\(1_000_000 + number)"]
            ),
            spec: TenantSpec(
                displayName: "Assistant of person \(number)",
                email: "person.\(number)@customer-\(number % Self.namespaces).example.com",
                team: "team-\(number % 40)",
                openclawVersion: "2026.11.\(number % 5)",
                monthlyBudgetUsd: Double(50 + number % 200),
                resources: ResourceRequests(cpu: "500m", memory: "2Gi"),
                skillAllowlist: ["calendar", "mail", "search", "documents-\(number % 7)"],
                mcpPolicy: AccessList(allow: ["github", "jira", "wiki-\(number % 9)"], deny: ["shell"]),
                channels: [
                    Channel(adapter: "slack", config: ["workspace": "w\(number % 100)", "threads": true], credentialsSecretName: "slack")
                ],
                configOverrides: ["agents": ["defaults": ["model": "large", "timeoutSeconds": 120]], "log": ["level": "info"]],
                policyRef: "standard"
            )
        )
    }

    /// What an operator says of a tenant that runs.
    private func status(_ number: Int) -> TenantStatus {
        let since = Timestamp(microseconds: 1_760_000_000_000_000)
        let conditions = ["Ready", "PolicyResolved", "StorageReady", "ConfigurationReady", "WorkloadReady", "GatewayReady"].map {
            Condition(
                type: $0,
                status: .true,
                observedGeneration: 1,
                lastTransitionTime: since,
                reason: "AsWanted",
                message: "As it should be"
            )
        }
        return TenantStatus(
            observedGeneration: 1,
            phase: .running,
            conditions: conditions,
            podName: "\(key(number).name)-gateway",
            ingressHost: "\(key(number).name).bench.example.com",
            effectivePolicyRef: "standard",
            policyResolutionSource: .policyRef,
            policyResolutionState: .resolved,
            targetNamespace: key(number).namespace,
            gateway: GatewayStatus(url: "ws://\(key(number).name):18789", version: "2026.11.1", protocol: 3)
        )
    }

    /// Installs the definitions and makes all tenants, over several connections.
    func create(_ client: KubernetesClient) async throws {
        try await installDefinitions(client)
        for number in 0..<Self.namespaces {
            let namespace: JSON = ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string("customer-\(number)")]]
            _ = try await client.dynamic(Self.namespaceType).create(DynamicObject(namespace))
        }
        let connections = 16
        try await withThrowingTaskGroup(of: Void.self) { group in
            for first in 0..<connections {
                group.addTask {
                    for number in stride(from: first, to: count, by: connections) {
                        var tenant = tenant(number)
                        let api = client.resource(Tenant.self, namespace: tenant.metadata.namespace)
                        _ = try await api.apply(tenant, fieldManager: Self.fieldManager)
                        tenant.status = status(number)
                        _ = try await api.applyStatus(tenant, fieldManager: "\(Self.fieldManager)-status")
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private static let namespaceType = ResourceType(group: "", version: "v1", kind: "Namespace", plural: "namespaces", isNamespaced: false)

    private func installDefinitions(_ client: KubernetesClient) async throws {
        let type = ResourceType(
            group: "apiextensions.k8s.io",
            version: "v1",
            kind: "CustomResourceDefinition",
            plural: "customresourcedefinitions",
            isNamespaced: false
        )
        for definition in CraneCRDs.all {
            _ = try await client.dynamic(type).apply(DynamicObject(definition), fieldManager: Self.fieldManager)
        }
        let deadline = ContinuousClock.now + .seconds(30)
        while true {
            do {
                _ = try await client.resource(Tenant.self).list(ListOptions(limit: 1))
                return
            } catch let error as KubernetesError where error.isNotFound && ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }
}
